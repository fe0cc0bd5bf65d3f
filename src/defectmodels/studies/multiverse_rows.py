"""The table of a multiverse: a row for each variant that was fitted, weights among those of the same rows.

Invariant: weights are those that ArviZ gives the same fits, and add to 1 among the variants of the same rows
that pass their checks. Shown by ``tests/test_multiverse.py``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from defectmodels.estimands.checks import PARETO_K
from defectmodels.estimands.loo import stacked
from defectmodels.estimands.tables import EVENTS
from defectmodels.studies.multiverse_run import elpd_of
from defectmodels.studies.variants import SHIPPED

_LOO = ("elpd", "se", "p", "elpd_diff", "dse", "weight", "high_k")
_RATIO = ("median", "low", "high", "mcse", "mcse_low", "mcse_high")


def about(table: pd.DataFrame) -> str:
    """What the headline is about: share, or count where there is a single group."""
    return "share" if "share_up" in table else "count"


def answer(table: pd.DataFrame) -> str:
    """Verdict on 'it rose' of the model file's own variant; 'withheld' where that fails its checks."""
    own = table[(table["variant"] == SHIPPED) & (table["gate"] != "fail")]
    return str(own[f"{about(table)}_up_verdict"].iloc[0]) if len(own) else "withheld"


def variant_table(fitted: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Columns as in `Multiverse.table`; results of `tried`, by variant."""
    weighed = _weighed(fitted)
    table = pd.DataFrame([_row(name, one) | weighed[name] for name, one in fitted.items()])
    same = table[f"{about(table)}_up_verdict"] == answer(table)
    return table.assign(supports=same & (table["gate"] != "fail"))


def _row(name: str, one: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"variant": name} | one["choices"]
    row |= {"seed": one["seed"], "draws": one["settings"]["draws"], "gate": one["gate"]}
    row["failed"] = ", ".join(one["failed"])
    row |= {key: one[key] for key in ("diverging", "gradients", "rows", "evidence")}
    for number, found in one["numbers"].items():
        if number in EVENTS:
            row |= {number: found["value"], f"{number}_mcse": found["mcse"]}
            row |= {f"{number}_verdict": found["verdict"], f"{number}_prior": found["prior"]}
            continue
        key = number.replace(" ", "_")
        for part in _RATIO:
            value = found[part]
            column = key if part == "median" else f"{key}_{part}"
            row[column] = math.nan if value is None else value
    return row


def _weighed(fitted: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Leave-one-out of every variant, and its weight among those of the same rows that pass."""
    by: dict[str, list[str]] = {}
    for name, one in fitted.items():
        if one["gate"] != "fail":
            by.setdefault(one["evidence"], []).append(name)
    found: dict[str, dict[str, float]] = {}
    for own in by.values():
        found |= _stacked({name: fitted[name] for name in own})
    for name, one in fitted.items():
        if name not in found:
            loo = elpd_of(one["loo"])
            bare = {"elpd": loo.elpd, "se": loo.se, "p": loo.p, "high_k": _high(loo)}
            found[name] = {key: bare.get(key, math.nan) for key in _LOO}
    return found


def _stacked(of: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Weights of variants of the same rows; one alone has all of it."""
    found = {name: elpd_of(one["loo"]) for name, one in of.items()}
    if len(found) == 1:
        ((name, loo),) = found.items()
        sole = {"elpd_diff": 0.0, "dse": 0.0, "weight": 1.0, "high_k": _high(loo)}
        return {name: {"elpd": loo.elpd, "se": loo.se, "p": loo.p} | sole}
    table = stacked(found).table.set_index("fit")[list(_LOO)].astype(float)
    return {
        str(name): {column: float(table.loc[name, column]) for column in _LOO}
        for name in table.index
    }


def _high(loo: Any) -> float:
    return float((~(loo.pareto_k.values <= PARETO_K)).sum())
