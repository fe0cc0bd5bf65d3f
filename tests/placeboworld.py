"""Thirty years of one group, exact totals; in the last year something happened, or nothing did."""

from __future__ import annotations

import numpy as np

from country import prior
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.scenario import Level, Scenario
from defectmodels.model.spec import ModelSpec
from smallworld import make_dataset, make_series, make_spec

FIRST, LAST = 1990, 2016
NOTHING = Scenario(
    name="nothing",
    title="Nothing happened in 2016",
    assumption="that all else would have been the same.",
    change=(Level(series="wall", from_=f"{LAST}-01-01", to=f"{LAST}-12-31", value=0.0),),
)
WALL = make_series("wall", {f"{FIRST}..{LAST - 1}": 0.0, str(LAST): 1.0}, minimum=0.0, maximum=1.0)
ERAS = {"name": "eras", "title": "Eras", "unit": "label", "description": "", "role": "labels"}


def wall_dataset(ratio: float) -> Dataset:
    """Totals near 200 a year, and `ratio` times as many in the last."""
    rng = np.random.default_rng(3)
    persons = rng.poisson(200 * np.r_[np.ones(LAST - FIRST), ratio])
    rows = [("all", str(FIRST + at), int(count)) for at, count in enumerate(persons)]
    return make_dataset(*rows, groups=("all",), series=[WALL])


def wall_spec() -> ModelSpec:
    """A rate, the wall, and frailty."""
    effect = {"series": "wall", "ratio": prior(1.0, 4.0)}
    return make_spec(
        str(FIRST),
        str(LAST),
        "year",
        groups=("all",),
        baseline={"all": {"rate": prior(200.0, 5.0) | {"dist": "lognormal"}}},
        term=[{"kind": "covariates", "effect": [effect]}],
        frailty=prior(0.1, 2.0),
    )
