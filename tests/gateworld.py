"""A small world for the publication gate, whose fits take seconds.

Twelve years and two groups: some 500 commoners a year, who fall to three in ten when the border
closes in 2019, and some 40 elites. `simulated` is that world as its own model draws it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import xarray as xr

from country import prior
from defectmodels import names
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.fit import Fit
from defectmodels.inference.sampling import fit
from defectmodels.model.spec import ModelSpec
from smallworld import make_dataset, make_series, make_spec

Rows = list[tuple[Any, ...]]
FIRST, LAST, CLOSED = 2010, 2021, 2019
YEARS = range(FIRST, LAST + 1)
SERIES = (
    make_series("closure", {"2010..2018": 0.0, "2019..2021": 1.0}),
    make_series("at_risk", {"2010..2015": 1.0, "2016..2021": 4.0}),
    make_series("in_thousands", {"2010..2021": 0.001}),
)


def world(*axis: str, **changes: Any) -> ModelSpec:
    """The model of the world; without frailty where `frailty` is None."""
    effect = {"series": "closure", "ratio": prior(0.7, 4.0)}
    content: dict[str, Any] = {
        "baseline": {"elite": rate(30.0), "commoner": rate(400.0)},
        "term": [{"kind": "covariates", "effect": [effect]}],
        "frailty": prior(0.1, 2.0),
        "headline": {"of": "elite", "before": "2018", "after": "2021"},
    } | changes
    kept = {key: value for key, value in content.items() if value is not None}
    return make_spec(*(axis or (str(FIRST), str(LAST), "year")), **kept)


def rate(median: float, factor: float = 3.0, **more: Any) -> dict[str, Any]:
    return {"rate": prior(median, factor) | {"dist": "lognormal"}, **more}


def persons(frailty: float = 0.1, seed: int = 1, elite: float = 40.0) -> np.ndarray:
    """Elites and commoners of every year: np.ndarray (group, year)."""
    rng = np.random.default_rng([seed, 7])
    lift = rng.gamma(1 / frailty**2, frailty**2, len(YEARS)) if frailty else np.ones(len(YEARS))
    closed = np.array(YEARS) >= CLOSED
    mean = np.array([np.full(len(YEARS), elite), 500.0 * np.where(closed, 0.3, 1.0)])
    return rng.poisson(mean * lift)


def rows(counts: np.ndarray, years: Sequence[int] = YEARS) -> Rows:
    """A total and the elites of every year."""
    found: Rows = []
    for year, (elite, commoner) in zip(years, counts.T, strict=True):
        found += [("everyone", str(year), int(elite + commoner)), ("elite", str(year), int(elite))]
    return found


def sampled(spec: ModelSpec, data: Dataset | Rows, seed: int = 3, **more: int) -> Fit:
    """A real fit of few draws."""
    made = data if isinstance(data, Dataset) else make_dataset(*data, series=SERIES)
    settings = {"draws": 400, "tune": 300, "chains": 4} | more
    return fit(spec, made, random_seed=seed, progress=False, **settings)  # type: ignore[arg-type]


@cache
def sound() -> Fit:
    """A real fit of the world with nothing wrong in it."""
    return sampled(world(), rows(persons()))


@cache
def believed() -> xr.Dataset:
    """Prior draws of the world's model: what it holds possible before any evidence."""
    return sound().group("prior").isel(chain=0)


def simulated(number: int) -> Fit:
    """A fit to evidence that its own model made: parameters of one prior draw, then persons."""
    one = believed().isel(draw=number)
    rng = np.random.default_rng([number, 8])
    size = 1.0 / float(one[names.FRAILTY]) ** 2
    expected = one[names.EXPECTED].transpose(names.GROUP, names.PERIOD).values
    counts = rng.poisson(expected * rng.gamma(size, 1.0 / size, len(YEARS)))
    return sampled(world(), rows(counts), seed=number)
