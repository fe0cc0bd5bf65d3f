"""Files are written whole or not at all, and an error says the file, the key and what to do."""

import os
import stat
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field, TypeAdapter

from defectmodels.errors import SpecError
from defectmodels.evidence.files import (
    FileModel,
    digest,
    read_text,
    read_toml,
    write_text,
    write_whole,
)


class Level(FileModel):
    from_: Annotated[int, Field(alias="from")]
    kind: Literal["low", "high"] = "low"


class Record(FileModel):
    name: str
    value: float = 0.0
    level: tuple[Level, ...] = ()


class Circle(FileModel):
    kind: Literal["circle"]


class Square(FileModel):
    kind: Literal["square"]
    side: float


SHAPE = TypeAdapter(Annotated[Circle | Square, Field(discriminator="kind")])


def _file(folder: Path, text: str) -> Path:
    path = folder / "record.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _error(path: Path, kind: object = Record) -> str:
    with pytest.raises(SpecError) as caught:
        read_toml(path, kind)  # type: ignore[arg-type]
    return str(caught.value)


# ---------------------------------------------------------------- writing


def test_writing_makes_folders_and_replaces(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.txt"
    write_text(path, "old\n")
    write_text(path, "新しい\n")
    assert path.read_bytes() == "新しい\n".encode()
    assert os.listdir(path.parent) == ["file.txt"]


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt])
def test_failure_or_interrupt_leaves_the_old_file_whole(
    tmp_path: Path, fault: type[BaseException]
) -> None:
    path = _file(tmp_path, "old")

    def half(temporary: Path) -> None:
        temporary.write_text("half of the n")
        raise fault

    with pytest.raises(fault):
        write_whole(path, half)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == [path.name]


def test_interrupt_before_the_rename_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _file(tmp_path, "old")

    def interrupted(self: Path, target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == [path.name]


def test_written_file_can_be_read_by_others(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_text(tmp_path / "report.html", "x")
        assert stat.S_IMODE((tmp_path / "report.html").stat().st_mode) == 0o644
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)


# ---------------------------------------------------------------- reading


def test_byte_order_mark_is_not_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "bom.txt"
    path.write_bytes(b"\xef\xbb\xbfname")
    assert read_text(path) == "name"


def test_other_encoding_is_refused_with_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "record.toml"
    path.write_bytes('name = "José"'.encode("latin-1"))
    assert _error(path) == f"{path}: byte 11 is not UTF-8; save the file in the UTF-8 encoding"


def test_missing_file_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "absent.toml"
    assert _error(path).startswith(f"{path}: cannot be read (No such file")
    assert "check the path" in _error(path)


def test_broken_toml_names_the_line(tmp_path: Path) -> None:
    path = _file(tmp_path, 'name = "a"\nvalue = \n')
    text = _error(path)
    assert text.startswith(f"{path}: is not TOML: ")
    assert "line 2" in text
    assert text.endswith("correct that line")


def test_unknown_key_is_suggested(tmp_path: Path) -> None:
    path = _file(tmp_path, 'name = "a"\nvalu = 1\n')
    assert _error(path) == (
        f"{path}: unknown key 'valu'. Known: level, name, value. Did you mean 'value'?"
    )


def test_unknown_key_inside_shows_the_path_and_the_words_of_the_file(tmp_path: Path) -> None:
    path = _file(tmp_path, 'name = "a"\n[[level]]\nfrom = 1\n[[level]]\nfrm = 1\n')
    assert _error(path) == (
        f"{path}: level[1]: unknown key 'frm'. Known: from, kind. Did you mean 'from'?"
    )


def test_all_faults_of_a_file_are_told_one_a_line(tmp_path: Path) -> None:
    path = _file(tmp_path, 'value = "x"\n[[level]]\nfrom = 1\nkind = "middle"\n')
    assert _error(path).splitlines() == [
        f"{path}: name: this key is missing; add it",
        f"{path}: value: Input should be a valid number, unable to parse string as a number "
        "(found 'x')",
        f"{path}: level[0].kind: 'middle' is not allowed; allowed: 'low' or 'high'",
    ]


def test_unknown_kind_of_a_union_is_suggested(tmp_path: Path) -> None:
    path = _file(tmp_path, 'kind = "squar"\n')
    assert _error(path, SHAPE) == (
        f"{path}: unknown kind 'squar'. Known: circle, square. Did you mean 'square'?"
    )


def test_added_values_join_the_file(tmp_path: Path) -> None:
    path = _file(tmp_path, 'name = "a"\n')
    record = read_toml(path, Record, level=[{"from": 3}])
    assert record == Record(name="a", level=(Level(from_=3),))


def test_records_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Record(name="a").name = "b"


def test_digest_ignores_the_order_of_keys_and_sees_every_value() -> None:
    assert digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1})
    assert digest({"a": 1, "b": [2]}) != digest({"a": 1, "b": [3]})
    assert digest([1, 2]) != digest([2, 1])
    assert len(digest("")) == 64
