"""Reading and writing files so that nothing is lost and every error says where.

Invariant: a file class refuses unknown keys by name, and `write_text` leaves either the old file or
the whole new one. Shown by ``tests/test_files.py``.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator

from defectmodels.errors import SpecError, known


class FileModel(BaseModel):
    """A frozen record whose fields are the keys of a file; other keys are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False
    )

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, data: Any) -> Any:
        if isinstance(data, dict):
            names = {field.alias or name for name, field in cls.model_fields.items()}
            names |= set(cls.model_fields)
            unknown = sorted(set(data) - names)
            if unknown:
                shown = [field.alias or name for name, field in cls.model_fields.items()]
                raise ValueError(
                    " ".join(f"unknown key '{key}'. {known(key, shown)}" for key in unknown)
                )
        return data

    def __copy__(self) -> Self:
        """Copy the fields alone: what was worked out from them may not hold of a changed copy."""
        copy = super().__copy__()
        for name in set(copy.__dict__) - set(type(self).model_fields):
            del copy.__dict__[name]
        return copy


def _where(location: tuple[int | str, ...], content: Any) -> str:
    """Path of a key as the file has it: pydantic adds the kind of a union's member, which is no key."""
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
            content = content[part] if isinstance(content, list | tuple) else None
            continue
        if isinstance(content, dict) and part in (content.get("kind"), content.get("dist")):
            continue
        text += f".{part}"
        content = content.get(part) if isinstance(content, dict) else None
    return text.lstrip(".")


def explain(error: ValidationError, content: Any = None) -> list[tuple[str, str]]:
    """Turn a pydantic error about `content` into pairs of a key's path and what is wrong with it."""
    found = []
    for item in error.errors(include_url=False):
        context = item.get("ctx", {})
        message = item["msg"].removeprefix("Value error, ")
        if item["type"] == "union_tag_invalid":
            choices = [tag.strip(" '") for tag in str(context["expected_tags"]).split(",")]
            key, tag = str(context["discriminator"]).strip("'"), context["tag"]
            message = f"unknown {key} '{tag}'. {known(tag, choices)}"
        elif item["type"] == "literal_error":
            message = f"'{item['input']}' is not allowed; allowed: {context['expected']}"
        elif item["type"] == "missing":
            message = "this key is missing; add it"
        elif not message.startswith("unknown") and item["type"] != "value_error":
            message = f"{message} (found {item['input']!r})"
        found.append((_where(item["loc"], content), message))
    return found


def read_text(path: Path) -> str:
    """Read a UTF-8 file.

    Raises
    ------
    SpecError
        When the file is missing, unreadable or in another encoding.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SpecError(
            f"{path}: byte {error.start} is not UTF-8; save the file in the UTF-8 encoding"
        ) from None
    except OSError as error:
        raise SpecError(
            f"{path}: cannot be read ({error.strerror}); check the path and its permissions"
        ) from None


def read_toml[T](path: Path, kind: type[T] | TypeAdapter[T], **added: object) -> T:
    """Read a TOML file into its file class.

    Parameters
    ----------
    path : Path
        The file.
    kind : type or TypeAdapter
        The class whose fields are the file's keys.
    **added
        Values that do not stand in the file.

    Raises
    ------
    SpecError
        With the file, the path of every wrong key and what is allowed.
    """
    try:
        content = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"{path}: is not TOML: {error}; correct that line") from None
    adapter = kind if isinstance(kind, TypeAdapter) else TypeAdapter(kind)
    try:
        return adapter.validate_python(content | added)
    except ValidationError as error:
        lines = [
            f"{path}: {where}: {text}" if where else f"{path}: {text}"
            for where, text in explain(error, content)
        ]
        raise SpecError("\n".join(lines)) from None


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a temporary path beside `path`, then rename it into place.

    A failure or an interrupt leaves what stood at `path` as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        # mkstemp makes private files; a report is meant to be read by others.
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_folder(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` make a folder beside `path`, then swap it in; what stood at `path` is removed.

    A failure or an interrupt leaves what stood at `path` as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{path.stem}-", dir=path.parent))
    try:
        write(work / "new")
        if path.exists():
            path.rename(work / "old")
        (work / "new").rename(path)
    finally:
        # Between the two renames the earlier folder has no other home.
        if (work / "old").exists() and not path.exists():
            (work / "old").rename(path)
        shutil.rmtree(work, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file whole or not at all."""
    write_whole(path, lambda temporary: _write(temporary, text))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def digest(content: object) -> str:
    """SHA-256 of anything JSON can write, with sorted keys; the same content, the same digest."""
    text = json.dumps(content, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
