"""The posteriors that are sampled: every shipped model, and two small ones that other tools can express."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from pydantic import TypeAdapter

from defectmodels.evidence.dataset import Dataset, Header, load_dataset
from defectmodels.evidence.series import Series
from defectmodels.evidence.statements import AnyStatement
from defectmodels.model.spec import ModelSpec, load_model

SHIPPED = (
    "escape_rates",
    "escape_rates_all_effects",
    "escape_rates_by_sex",
    "escape_rates_contained",
    "escape_rates_no_trend",
)
SMALL = ("random_walk", "regression")
WHY = "made up for the benchmark"
_STATEMENT: TypeAdapter[Any] = TypeAdapter(AnyStatement)


class Case(NamedTuple):
    """A posterior: a model and its evidence."""

    name: str
    spec: ModelSpec
    data: Dataset


def _series(name: str, values: np.ndarray, spans: list[tuple[str, str]]) -> Series:
    steps = [
        {"from": first, "to": last, "value": float(value), "status": "P"}
        for (first, last), value in zip(spans, values, strict=True)
    ]
    content = {"name": name, "title": name, "unit": "1", "description": "", "role": "both"}
    return Series.model_validate(content | {"step": steps, "interpolation": "span"})


def made_up(
    name: str, counts: np.ndarray, every: str, start: int, covariates: np.ndarray, **more: Any
) -> Case:
    """A model and a dataset of exact totals, one for each period.

    Parameters
    ----------
    counts : np.ndarray (group, period)
    covariates : np.ndarray (period, covariate)
    more : further keys of the model file
    """
    groups = [f"group_{g}" for g in range(len(counts))]
    periods = _periods(start, counts.shape[1], every)
    header = {
        "name": name,
        "title": WHY,
        "group": [{"name": group, "label": group} for group in groups],
        "definition": [{"name": group, "label": group, "groups": [group]} for group in groups],
    }
    rows = [
        {"id": f"{group}-{t}", "definition": group, "kind": "exact", "status": "current",
         "start": periods[t][0], "end": periods[t][1], "low": int(n), "high": int(n)}
        for group, own in zip(groups, counts, strict=True) for t, n in enumerate(own)
    ]  # fmt: skip
    level = float(np.log(counts.mean() * {"year": 1, "quarter": 4, "month": 12}[every]))
    content = {
        "name": name,
        "title": WHY,
        "description": WHY,
        "groups": groups,
        "axis": {"start": periods[0][0], "end": periods[-1][1], "every": every},
        "baseline": {
            group: {"rate": {"dist": "lognormal", "median": np.exp(level), "factor": 5, "why": WHY}}
            for group in groups
        },
    }
    series = covariate_series(covariates, every, start)
    statements = tuple(_STATEMENT.validate_python(row) for row in rows)
    dataset = Dataset(Header.model_validate(header), statements, series)
    return Case(name, ModelSpec.model_validate(content | more), dataset)


def covariate_series(covariates: np.ndarray, every: str, start: int) -> dict[str, Series]:
    """Series x0, x1, ... of np.ndarray (period, covariate)."""
    periods = _periods(start, len(covariates), every)
    return {f"x{k}": _series(f"x{k}", one, periods) for k, one in enumerate(covariates.T)}


def _periods(start: int, count: int, every: str) -> list[tuple[str, str]]:
    months = {"year": 12, "quarter": 3, "month": 1}[every]
    first = np.datetime64(f"{start}-01", "M") + np.arange(count + 1) * np.timedelta64(months, "M")
    days = first.astype("datetime64[D]")
    return [(str(a), str(b - np.timedelta64(1, "D"))) for a, b in pairwise(days)]


def random_walk(periods: int = 48) -> Case:
    """Counts of quarters around a random walk: as many coordinates as quarters, and one more."""
    rng = np.random.default_rng(48)
    walk = np.cumsum(rng.normal(0.0, 0.15, periods))
    counts = rng.poisson(40 * np.exp(walk - walk.mean()))[None]
    trend = {"kind": "trend", "every": "quarter", "scale": {"median": 0.3, "factor": 3, "why": WHY}}
    return made_up("random_walk", counts, "quarter", 2000, np.zeros((periods, 0)), term=[trend])


def regression(periods: int = 80) -> Case:
    """A negative-binomial regression on five covariates: seven parameters."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(periods, 5))
    mean = 60 * np.exp(x @ np.array([0.3, -0.2, 0.1, 0.0, 0.25]))
    counts = rng.poisson(rng.gamma(25.0, mean / 25.0))[None]
    effects = [
        {"series": f"x{k}", "ratio": {"median": 1.0, "factor": 3, "why": WHY}} for k in range(5)
    ]
    more = {
        "term": [{"kind": "covariates", "effect": effects}],
        "frailty": {"median": 0.2, "factor": 4, "why": WHY},
    }
    return made_up("regression", counts, "quarter", 2000, x, **more)


def case(name: str) -> Case:
    """Look a case up."""
    if name in SMALL:
        return {"random_walk": random_walk, "regression": regression}[name]()
    return Case(name, load_model(name), load_dataset("arrivals"))
