"""The model and the dataset that are really sampled in a test run."""

from __future__ import annotations

import numpy as np

from country import prior
from defectmodels.evidence.dataset import Dataset
from defectmodels.model.spec import ModelSpec
from smallworld import make_dataset, make_series, make_spec


def small_dataset() -> Dataset:
    """Ten years; from 2019 on the border is closed and arrivals fall to a third."""
    rng = np.random.default_rng(1)
    rows: list[tuple[object, ...]] = []
    for i, year in enumerate(range(2012, 2022)):
        commoners = int(rng.poisson(900 * (0.3 if year >= 2019 else 1.0)))
        elites = int(rng.poisson(12))
        rows.append(("everyone", str(year), commoners + elites))
        bounds = (elites,) if i % 2 else (max(elites - 3, 0), elites + 3)
        rows.append(("elite", str(year), *bounds))
    levels = {"2012..2018": 0.0, "2019..2021": 1.0}
    return make_dataset(*rows, series=[make_series("closure", levels, per="a closed border")])


def small_spec() -> ModelSpec:
    """Two groups, one covariate that acts on both, a trend and frailty."""
    effect = {"series": "closure", "ratio": prior(0.7, 4.0)}
    return make_spec(
        "2012",
        "2021",
        "year",
        baseline={
            "elite": {"rate": prior(10.0, 10.0) | {"dist": "lognormal"}},
            "commoner": {"rate": prior(500.0, 10.0) | {"dist": "lognormal"}},
        },
        term=[
            {"kind": "covariates", "effect": [effect]},
            {"kind": "trend", "scale": prior(0.2, 3.0)},
        ],
        frailty=prior(0.15, 3.0),
    )
