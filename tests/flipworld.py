"""A headline small enough for every value of an assumption to be fitted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from country import prior
from defectmodels.evidence.dataset import Dataset
from defectmodels.model.spec import ModelSpec
from smallworld import make_dataset, make_spec

YEARS = ("2019", "2020", "2021", "2022")
TOTALS = (400, 380, 200, 190)


def flip_dataset(elites: Sequence[int | None] = (6, 7, 6, 14)) -> Dataset:
    """Four years; rows S0, S1, ... are a year's total and then its elites, where they are known."""
    rows: list[tuple[Any, ...]] = []
    for year, own, total in zip(YEARS, elites, TOTALS, strict=True):
        rows.append(("everyone", year, total))
        if own is not None:
            rows.append(("elite", year, own))
    return make_dataset(*rows)


def flip_spec(**more: Any) -> ModelSpec:
    """Two groups that each follow a trend."""
    content: dict[str, Any] = {
        "baseline": {
            "elite": {"rate": prior(10.0, 3.0) | {"dist": "lognormal"}},
            "commoner": {"rate": prior(300.0, 3.0) | {"dist": "lognormal"}},
        },
        "term": [{"kind": "trend", "scale": prior(0.5, 1.5)}],
        "headline": {"of": "elite", "before": "2019", "after": "2022"},
    }
    return make_spec(YEARS[0], YEARS[-1], "year", **(content | more))
