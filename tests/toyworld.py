"""Small worlds in which a number cannot be known from the rows, and small worlds in which it can."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from country import prior
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.fit import Fit
from defectmodels.inference.sampling import fit
from defectmodels.model.spec import ModelSpec
from smallworld import make_dataset, make_series, make_spec

FIRST, LAST, CLOSED = 2010, 2019, 2016
YEARS = range(FIRST, LAST + 1)
AXIS = (str(FIRST), str(LAST), "year")
CLOSURE = make_series("closure", {f"{FIRST}..{CLOSED - 1}": 0.0, f"{CLOSED}..{LAST}": 1.0})
SHUT = make_series("shut", {f"{FIRST}..{CLOSED - 1}": 0.0, f"{CLOSED}..{LAST}": 1.0})
ABROAD = make_series(
    "abroad", {f"{FIRST}..{LAST}": 500.0}, uncertainty={"factor": 3.0, "why": "a test"}
)
SERIES = (CLOSURE, SHUT, ABROAD)
ELITES, COMMONERS = 40, 400

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Toy:
    """A world, the numbers in it that the rows leave open, and the priors that answer instead."""

    what: str
    numbers: tuple[str, ...]
    priors: tuple[str, ...]
    spec: ModelSpec
    data: Dataset

    def fit(self, seed: int = 1, **more: int) -> Fit:
        """A real fit."""
        return sampled(self.spec, self.data, seed, **more)


def sampled(spec: ModelSpec, data: Dataset, seed: int, **more: int) -> Fit:
    settings = {"draws": 500, "tune": 300, "chains": 2} | more
    return fit(spec, data, random_seed=seed, progress=False, **settings)  # type: ignore[arg-type]


def rate(median: float, factor: float = 5.0) -> dict[str, Any]:
    return {"rate": prior(median, factor) | {"dist": "lognormal"}}


def spec(*axis: str, **changes: Any) -> ModelSpec:
    content: dict[str, Any] = {
        "baseline": {"elite": rate(30.0), "commoner": rate(300.0)},
        "headline": {"of": "elite", "before": "2012", "after": "2018"},
    }
    return make_spec(*(axis or AXIS), **(content | changes))


def alone(*axis: str, **changes: Any) -> ModelSpec:
    """A model of one group."""
    content = {"groups": ["elite"], "baseline": {"elite": rate(30.0)}}
    return spec(*axis, **(content | changes))


def acting(*effects: tuple[str, Sequence[str]], factor: float = 4.0) -> dict[str, Any]:
    told = [{"series": s, "groups": list(g), "ratio": prior(1.0, factor)} for s, g in effects]
    return {"kind": "covariates", "effect": told}


def elites(years: Sequence[int] = YEARS, definition: str = "elite", count: int = ELITES) -> Rows:
    return [(definition, str(year), count + (year * 7) % 5) for year in years]


def both(years: Sequence[int] = YEARS) -> Rows:
    """Everyone and the elites of each year."""
    totals = [("everyone", str(year), COMMONERS + ELITES + (year * 3) % 7) for year in years]
    return totals + elites(years)


def data(rows: Rows, groups: Sequence[str] = ("elite", "commoner"), **more: Any) -> Dataset:
    return make_dataset(*rows, groups=groups, series=SERIES, **more)


def graded(rows: Rows, grade: str, **more: Any) -> Dataset:
    """Rows of which the last has a grade."""
    made = data(rows, **more)
    last = made.statements[-1].model_copy(update={"grade": grade})
    return replace(made, statements=(*made.statements[:-1], last))


def hidden() -> tuple[Toy, ...]:
    """Worlds in which a number is not known from the rows."""
    press: Mapping[str, Sequence[str]] = {"press": ["elite"]}
    factor = {"elite": {}, "press": {"factor": prior(1.0, 2.0)}}
    trend = {"kind": "trend", "scale": prior(0.2, 2.0)}
    early, two = range(FIRST, CLOSED), [("closure", ["elite"]), ("shut", ["elite"])]
    pair = {"of": "elite", "before": "2012Q1", "after": "2012Q3"}
    one = ("elite",)
    return (
        Toy(
            "two covariates that move as one",
            ("effect[elite, closure]", "effect[elite, shut]"),
            ("effect.closure", "effect.shut"),
            alone(term=[acting(*two)]),
            data(elites(range(FIRST, CLOSED)) + elites(range(CLOSED, LAST + 1), count=20), one),
        ),
        Toy(
            "a factor and the rate that it multiplies",
            ("arrivals a year[elite, 2012]", "definition_factor[press]"),
            ("factor.press",),
            alone(definition=factor),
            data(elites(definition="press"), one, definitions=press),
        ),
        Toy(
            "a definition of which nearly nothing is said",
            ("definition_factor[press]",),
            ("factor.press",),
            alone(definition=factor),
            data([*elites(), ("press", "2019", 1, None)], one, definitions=press),
        ),
        Toy(
            "an effect without a row after its jump",
            ("effect[elite, closure]", "count ratio, elite 2012 -> 2018"),
            ("effect.closure",),
            alone(term=[acting(("closure", ["elite"]))]),
            data(elites(early), one),
        ),
        Toy(
            "totals, and two groups",
            ("share, elite 2012 -> 2018[2012]", "count, elite 2012 -> 2018[2018]"),
            ("baseline.elite",),
            spec(),
            data([row for row in both() if row[0] == "everyone"]),
        ),
        Toy(
            "a rate per person at risk, of whom nobody knows how many there are",
            ("rate[elite, 2012]", "log_exposure_factor[elite]"),
            ("exposure.abroad",),
            alone(
                exposure={"elite": "abroad"},
                baseline={"elite": rate(80.0) | {"per": 1000}},
            ),
            data(elites(), one),
        ),
        Toy(
            "a group's effect, of which only the other group's is known",
            ("effect[elite, closure]",),
            ("pooling.closure",),
            spec(term=[acting(("closure", ["elite", "commoner"]))]),
            data(
                [("commoner", str(year), 400 if year < CLOSED else 130) for year in YEARS]
                + elites(early)
            ),
        ),
        Toy(
            "a season in rows of whole years",
            ("count ratio, elite 2012Q1 -> 2012Q3",),
            ("season",),
            alone(
                "2010Q1", "2014Q4", "quarter",
                term=[{"kind": "season", "size": 1.3, "why": "a test"}], headline=pair,
            ),
            data(elites(range(2010, 2015)), one),
        ),
        Toy(
            "a trend beyond the last row",
            ("count ratio, elite 2012 -> 2018",),
            ("steps.elite", "trend"),
            alone(term=[trend]),
            data(elites(range(FIRST, 2014)), one),
        ),
        Toy(
            "the frailty of one year",
            ("frailty_cv",),
            ("frailty",),
            alone(frailty=prior(0.2, 3.0)),
            data(elites([2012]), one),
        ),
        Toy(
            "the reliability of a single row",
            ("reliability[low]",),
            ("reliability.low",),
            alone(reliability={"low": {"mean": 0.5, "size": 6, "why": "a test"}}),
            graded([*elites(range(FIRST, 2018)), ("elite", "2018", 40)], "low", groups=one),
        ),
        Toy(
            "two levels in one sum",
            ("arrivals a year[elite, 2012]", "arrivals a year[commoner, 2012]"),
            ("baseline.elite", "baseline.commoner"),
            spec(baseline={"elite": rate(200.0, 1.5), "commoner": rate(200.0, 1.5)}),
            data([row for row in both() if row[0] == "everyone"]),
        ),
    )  # fmt: skip


TARGETS = (
    "count, elite 2012 -> 2018[2012]",
    "count, elite 2012 -> 2018[2018]",
    "count ratio, elite 2012 -> 2018",
)
"""Numbers that are known in each of the sound worlds; shares with several groups too."""


def _one(rng: np.random.Generator, plain: bool) -> tuple[ModelSpec, Rows, tuple[str, ...]]:
    """One group with an effect, or none."""
    level, ratio = (
        np.exp(rng.uniform(*np.log([5.0, 90.0]))),
        1.0 if plain else rng.uniform(0.3, 2.0),
    )
    means = {year: level * (ratio if year >= CLOSED else 1.0) for year in YEARS}
    rows: Rows = [("elite", str(year), int(rng.poisson(mean))) for year, mean in means.items()]
    if plain:
        return alone(), rows, TARGETS[:2]
    return alone(term=[acting(("closure", ["elite"]))]), rows, (*TARGETS, "effect[elite, closure]")


def _two(rng: np.random.Generator, frail: bool) -> tuple[ModelSpec, Rows, tuple[str, ...]]:
    """Two groups, the commoners with an effect; what is published is rounded for some years."""
    level, size = np.exp(rng.uniform(*np.log([[5.0, 60.0], [100.0, 600.0]]).T))
    ratio = rng.uniform(0.2, 1.5)
    cv = 0.15 if frail else 0.0
    rows: Rows = []
    for year in YEARS:
        lift = rng.gamma(1 / cv**2, cv**2) if cv else 1.0
        elite = int(rng.poisson(level * lift))
        rest = int(rng.poisson(size * (ratio if year >= CLOSED else 1.0) * lift))
        told = (max(elite - 3, 0), elite + 3) if year % 3 == 0 else (elite,)
        rows += [("everyone", str(year), elite + rest), ("elite", str(year), *told)]
    more = {"frailty": prior(0.15, 2.0)} if frail else {}
    shares = tuple(f"share, elite 2012 -> 2018[{year}]" for year in (2012, 2018))
    wanted = (*TARGETS[:2], *shares, "share ratio, elite 2012 -> 2018", "effect[commoner, closure]")
    return spec(term=[acting(("closure", ["commoner"]))], **more), rows, wanted


SOUND: tuple[Callable[[np.random.Generator], tuple[ModelSpec, Rows, tuple[str, ...]]], ...] = (
    lambda rng: _one(rng, True),
    lambda rng: _one(rng, False),
    lambda rng: _two(rng, False),
    lambda rng: _two(rng, True),
)


def known(number: int) -> Toy:
    """A world whose numbers the rows tell, drawn with parameters of ordinary size."""
    rng = np.random.default_rng([number, 9])
    model, rows, wanted = SOUND[number % len(SOUND)](rng)
    return Toy(f"sound {number}", wanted, (), model, data(rows, model.groups))
