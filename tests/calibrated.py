"""A small world for calibration: three years of quarters, with all that a seeded fault needs."""

from __future__ import annotations

from dataclasses import replace

from country import prior
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.intervals import Reading
from defectmodels.evidence.statements import RoundedNumber
from defectmodels.model.spec import ModelSpec
from smallworld import make_dataset, make_series, make_spec

ABOUT = Reading(name="about", low_times=0.7, low_plus=0, high_times=1.3, high_plus=0)
YEARS = ("2018", "2019", "2020")
QUARTERS = tuple(f"{year}Q{quarter}" for year in YEARS for quarter in (1, 2, 3, 4))


def calibrated_dataset() -> Dataset:
    """A total for every quarter, and of elites a rounded number a quarter; some of it is doubted."""
    rows = [("everyone", span, 120) for span in QUARTERS]
    rows += [("elite", span, 20) for span in QUARTERS]
    series = [
        make_series("officials", {"2018": 250.0, "2019": 300.0, "2020": 360.0}),
        make_series("closure", {"2018": 0.0, "2019": 0.5, "2020": 1.0}),
    ]
    found = make_dataset(*rows, series=series)
    said = []
    for at, one in enumerate(found.statements):
        if one.definition == "elite":
            number = {"kind": "reading", "reading": "about", "low": 20, "high": 20}
            cells = {
                key: getattr(one, key) for key in ("id", "definition", "start", "end", "status")
            }
            grade = {"grade": "medium"} if at >= len(rows) - 2 else {}
            said.append(RoundedNumber.model_validate(cells | number | grade))
        else:
            said.append(one)
    header = found.header.model_copy(update={"reading": (ABOUT,)})
    return replace(found, header=header, statements=tuple(said))


def calibrated_spec() -> ModelSpec:
    """Two groups, a season, an exposure, a covariate, frailty and a doubted grade."""
    return make_spec(
        "2018",
        "2020",
        "quarter",
        baseline={
            "elite": {"rate": prior(100.0, 2.0) | {"dist": "lognormal"}, "per": 1000.0},
            "commoner": {"rate": prior(400.0, 2.0) | {"dist": "lognormal"}},
        },
        exposure={"elite": "officials"},
        term=[
            {"kind": "season", "size": 1.5, "why": "a test"},
            {
                "kind": "covariates",
                "effect": [{"series": "closure", "ratio": prior(0.8, 2.0), "groups": ["elite"]}],
            },
        ],
        frailty=prior(0.15, 4.0),
        reliability={"medium": prior_of_truth()},
        headline={"of": "elite", "before": "2018", "after": "2020"},
    )


def prior_of_truth() -> dict[str, object]:
    return {"dist": "beta", "mean": 0.8, "size": 10.0, "why": "a test"}
