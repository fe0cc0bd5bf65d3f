"""A study in one file: what made it, and its tables.

The file is JSON: ``format``, ``kind`` ('sbc', 'sensitivity', ...), ``made`` (digests, versions, settings and
seed, from `defectmodels.inference.store.recipe`), ``tables`` and ``facts``. A study's module turns its result
into a `Saved` and back; the report and the command line read the file with `load`.

Invariant: a study read back equals the one that was written, numbers to the last bit, and nothing in the file
is ever executed. Shown by ``tests/test_saved.py``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api import types

from defectmodels.errors import FitError, SpecError
from defectmodels.evidence.files import read_text, write_text
from defectmodels.inference.core import core_digest

FORMAT = "defectmodels saved study 1"
_DIGESTS = {"model_digest": "model", "dataset_digest": "dataset", "as_of": "date"}
_KINDS: dict[str, Callable[[Any], bool]] = {
    "flag": types.is_bool_dtype,
    "whole": types.is_integer_dtype,
    "number": types.is_float_dtype,
}
_READ: dict[str, Callable[[Any], Any]] = {"flag": bool, "whole": int, "number": float, "text": str}
_DTYPES: dict[str, Any] = {"flag": "bool", "whole": "int64", "number": "float64"}
# From one version of pandas to the next another one.
_DTYPES["text"] = pd.Series(["a"]).dtype


@dataclass(frozen=True)
class Saved:
    """A study as it stands in its file.

    Attributes
    ----------
    kind : str
        Of study: 'sbc', 'sensitivity', 'flip', 'multiverse'.
    made : dict
        What made it, as in `recipe`: model, model_digest, dataset, dataset_digest, as_of, settings,
        random_seed, versions, code; a study adds its own settings under other keys.
    tables : dict of str to pd.DataFrame
        Columns of text, flags, whole numbers or numbers; what is missing is NaN. The
        index is not kept: reset it where it says something.
    facts : dict
        Anything else that JSON can hold.
    """

    kind: str
    made: dict[str, Any]
    tables: dict[str, pd.DataFrame] = field(compare=False)
    facts: dict[str, Any] = field(default_factory=dict)

    def save(self, path: str | Path) -> Path:
        """Write the study to a file, whole or not at all; `load` reads it."""
        return save(self, path)

    def moved(self, made: Mapping[str, Any]) -> tuple[str, ...]:
        """What has changed between the study and a fit: of 'model', 'dataset', 'date', 'code'.

        Parameters
        ----------
        made : mapping
            What made the fit (`Fit.made`).
        """
        found = [word for key, word in _DIGESTS.items() if self.made.get(key) != made.get(key)]
        return (*found, *(("code",) if self.made.get("core") != core_digest() else ()))


def save(study: Saved, path: str | Path) -> Path:
    """Write a study to a file, whole or not at all.

    Raises
    ------
    FitError
        When it does not end in .json, or cannot be written.
    """
    path = Path(path)
    if path.suffix != ".json" or path.is_dir():
        raise FitError(f"{path}: a study is written to one file that ends in .json; name another")
    content = {
        "format": FORMAT,
        "kind": study.kind,
        "made": study.made | {"core": study.made.get("core", core_digest())},
        "facts": study.facts,
        "tables": {name: _packed(table) for name, table in study.tables.items()},
    }
    try:
        write_text(path, json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    except OSError as error:
        raise FitError(
            f"{path}: cannot be written ({error.strerror}); choose another place"
        ) from None
    return path


def load(path: str | Path, kind: str | None = None) -> Saved:
    """Read a study from its file.

    Parameters
    ----------
    kind : str, optional
        Refuse studies of other kinds.

    Raises
    ------
    FitError
        When there is no such file, or it holds no study, another format or another kind.
    """
    path = Path(path)
    try:
        content = json.loads(read_text(path))
        version = content.get("format")
    except SpecError as error:
        raise FitError(f"{error}; make it with: defectmodels study") from None
    except (ValueError, AttributeError):
        version, content = None, {}
    if version != FORMAT:
        raise FitError(
            f"{path}: is no study that this version reads; make it again with: defectmodels study"
        )
    if kind is not None and content["kind"] != kind:
        raise FitError(f"{path}: holds a study of kind '{content['kind']}'; give one of '{kind}'")
    try:
        tables = {name: _unpacked(one) for name, one in content["tables"].items()}
        return Saved(str(content["kind"]), dict(content["made"]), tables, dict(content["facts"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise FitError(f"{path}: is damaged ({reason}); make the study again") from None


def _packed(table: pd.DataFrame) -> dict[str, Any]:
    """Names, kinds and cells of a table, column by column."""
    columns = []
    for name, column in table.items():
        kind = next((kind for kind, holds in _KINDS.items() if holds(column.dtype)), "text")
        cells = [_cell(one, kind) for one in column]
        columns.append({"name": str(name), "kind": kind, "cells": cells})
    return {"rows": len(table), "columns": columns}


def _cell(value: Any, kind: str) -> Any:
    if kind == "text":
        return None if value is None or value is pd.NA or value != value else str(value)
    found = _READ[kind](value)
    # JSON knows neither.
    if isinstance(found, float) and not math.isfinite(found):
        return None if math.isnan(found) else repr(found)
    return found


def _unpacked(packed: Mapping[str, Any]) -> pd.DataFrame:
    made = {}
    for column in packed["columns"]:
        kind = column["kind"]
        cells = [_read(one, kind) for one in column["cells"]]
        made[column["name"]] = pd.Series(cells, dtype=_DTYPES[kind])
    return pd.DataFrame(made, index=range(packed["rows"]))


def _read(cell: Any, kind: str) -> Any:
    if cell is None:
        return math.nan if kind == "number" else None
    return _READ[kind](cell)
