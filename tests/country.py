"""A small country for fits: four years of quarters, two groups, everything a model can have."""

from __future__ import annotations

from typing import Any

from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.series import Series
from defectmodels.model.spec import ModelSpec
from smallworld import make_dataset, make_series, make_spec

WHY = "a test"


def prior(median: float, factor: float) -> dict[str, Any]:
    return {"median": median, "factor": factor, "why": WHY}


CLOSURE = make_series("closure", {"2018..2019": 0.0, "2020Q1": 0.6, "2020Q2..2023": 1.0})
SANCTIONS = make_series("sanctions", {"2018..2020": 0.0, "2021..2023": 1.0}, per="all of them")
OFFICIALS = make_series(
    "officials",
    {"2018..2020": 500.0, "2021": 460.0, "2022..2023": 420.0},
    uncertainty={"factor": 2.0, "why": WHY},
)
BORDER = make_series("border", {"2018..2020": 9000.0, "2021..2023": 9900.0})
PRESIDENTS = Series.model_validate(
    {
        "name": "presidents",
        "title": "Presidents",
        "unit": "label",
        "description": "",
        "role": "labels",
        "span": [
            {"name": "First", "from": "2015-01-01", "to": "2020-08-15"},
            {"name": "Second", "from": "2020-08-16", "to": "2022-12-31"},
            {"name": "Third", "from": "2030-01-01", "to": "2031-12-31"},
        ],
    }
)
SERIES = (CLOSURE, SANCTIONS, OFFICIALS, BORDER, PRESIDENTS)

ROWS: tuple[tuple[Any, ...], ...] = (
    ("everyone", "2019", 420),
    ("everyone", "2020", 260),
    ("everyone", "2021H1", 90),
    ("everyone", "2021H2", 80),
    ("everyone", "2022Q1", 45),
    ("everyone", "2022Q2", 40),
    ("everyone", "2022H2", 85),
    ("elite", "2019", 40),
    ("elite", "2020", 22, 34),
    ("elite", "2021-02-10..2021-05-20", 6, 14),
    ("elite", "2021-08-01..2022-02-10", 8, 30),
    ("elite", "2022H2", 3, None),
    ("press", "2021", 20, None),
)


def country(*rows: tuple[Any, ...], **more: Any) -> Dataset:
    """Dataset of the country; its own rows unless others are given."""
    return make_dataset(*(rows or ROWS), definitions={"press": ["elite"]}, series=SERIES, **more)


def country_spec(*axis: str, **changes: Any) -> ModelSpec:
    """Model of the country with every term, an exposure of each group, frailty and a press word."""
    effects = [
        {"series": "closure", "ratio": prior(0.5, 3.0)},
        {"series": "sanctions", "groups": ["elite"], "ratio": prior(1.2, 2.0)},
    ]
    content: dict[str, Any] = {
        "baseline": {
            "elite": {"rate": prior(80.0, 5.0) | {"dist": "lognormal"}, "per": 1000},
            "commoner": {"rate": prior(40.0, 5.0) | {"dist": "lognormal"}, "per": 1000},
        },
        "exposure": {"elite": "officials", "commoner": "border"},
        "term": [
            {"kind": "covariates", "effect": effects, "spread": prior(0.25, 3.0)},
            {"kind": "season", "size": 1.2, "why": WHY},
            {"kind": "trend", "scale": prior(0.2, 3.0)},
        ],
        "frailty": prior(0.15, 2.0),
        "definition": {"everyone": {}, "elite": {}, "press": {"factor": prior(1.3, 2.0)}},
        "headline": {"of": "elite", "before": "2019", "after": "2022"},
    }
    return make_spec(*(axis or ("2019Q1", "2022Q4", "quarter")), **(content | changes))
