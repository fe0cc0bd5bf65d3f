"""Tables of the checks in the fit file, so that a report need not work them out again.

Beside them stands a digest of what they were worked out of: the model, the evidence, the record of what made the
fit, every draw, the versions of the packages and this package's code; and of the tables. They are believed only
where it is that of the fit at hand.

Invariant: tables read back equal those that would be worked out, to the last bit; of altered draws, altered tables or
other code none are read. Shown by ``tests/test_checked.py``.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from defectmodels.inference.fit import Fit, pack_evidence
from defectmodels.inference.store import here

ROW = "row"


class Tables(NamedTuple):
    """What is kept; the fields as in `defectmodels.estimands.checks.Checks`."""

    quantities: pd.DataFrame
    rows: xr.Dataset
    informed: pd.DataFrame


def pack(fit: Fit, tables: Tables) -> xr.Dataset:
    """Tables as they stand in a fit file: UTF-8 JSON, and the digest as an attribute."""
    content = {
        "quantities": _columns(tables.quantities),
        "rows": _columns(tables.rows.to_dataframe().reset_index()),
        "informed": _columns(tables.informed),
    }
    text = json.dumps(content).encode()
    return xr.Dataset(
        {"tables": ("tables_byte", np.frombuffer(text, dtype=np.uint8))},
        attrs={
            "description": "UTF-8 JSON of the tables of the checks, and the digest of what they are of",
            "of": _digest(fit, text),
        },
    )


def read(fit: Fit) -> Tables | None:
    """Tables that the file of a fit kept; None where it kept none, or they are not of this fit."""
    packed = fit.kept
    if packed is None or "tables" not in packed:
        return None
    text = packed["tables"].values.tobytes()
    if packed.attrs.get("of") != _digest(fit, text):
        return None
    found = {name: _frame(columns) for name, columns in json.loads(text).items()}
    rows = found["rows"]
    table = {name: (ROW, rows[name].to_numpy()) for name in rows.columns if name != ROW}
    ids = np.array(rows[ROW].to_list(), dtype=str)
    return Tables(found["quantities"], xr.Dataset(table, {ROW: ids}), found["informed"])


def _columns(frame: pd.DataFrame) -> dict[str, Any]:
    """Columns by name, each with its type, since a list does not tell it."""
    return {str(name): [str(one.dtype), one.tolist()] for name, one in frame.items()}


def _frame(columns: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(
        {name: pd.Series(values, dtype=kind) for name, (kind, values) in columns.items()}
    )


def _digest(fit: Fit, text: bytes) -> str:
    """Digest of all that the tables follow from, and of their text."""
    found = hashlib.blake2b(text, digest_size=16)
    found.update(json.dumps([fit.made, here()], sort_keys=True).encode())
    groups = {str(name): node.to_dataset() for name, node in fit.tree.children.items()}
    # The model and the evidence are those that the fit works with.
    for name, group in sorted(
        (groups | {"evidence": pack_evidence(fit.spec, fit.dataset)}).items()
    ):
        for key, one in sorted(group.variables.items(), key=lambda item: str(item[0])):
            found.update(f"{name} {key} {one.dims} {one.shape} {one.dtype.kind in 'biuf'}".encode())
            found.update(_plain(one.values))
    return found.hexdigest()


def _plain(values: np.ndarray) -> bytes | memoryview:
    """Values as bytes that are the same before a file is written and after it is read."""
    if values.dtype.kind in "biuf":
        return memoryview(np.ascontiguousarray(values)).cast("B")
    # Text and times may be read back in another width or unit.
    text = values.astype("datetime64[s]") if values.dtype.kind == "M" else values
    return "\0".join(map(str, text.ravel().tolist())).encode()
