"""Whatever is shipped loads, fits together and gives its reasons."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pydantic import BaseModel

from defectmodels import catalog
from defectmodels.errors import SpecError
from defectmodels.estimands.courses import Reckoner
from defectmodels.evidence.dataset import Dataset, load_dataset
from defectmodels.evidence.paths import daily_path
from defectmodels.evidence.periods import parse_span
from defectmodels.evidence.scenario import load_scenario
from defectmodels.evidence.series import read_series
from defectmodels.evidence.statements import Comparison
from defectmodels.evidence.validation import validate
from defectmodels.inference.fit import Fit
from defectmodels.model.design import dataset_problems, fit_problems, make_design
from defectmodels.model.priors import Gamma, LogNormal
from defectmodels.model.spec import ModelSpec, load_model
from defectmodels.model.terms import Covariates, Season
from fabricate import fabricate

every_model = pytest.mark.parametrize("name", sorted(catalog.models()))


def priors(model: BaseModel, path: str = "") -> Iterator[tuple[str, LogNormal | Gamma | Season]]:
    """Every prior of a model, and where it stands."""
    if isinstance(model, LogNormal | Gamma | Season):
        yield path, model
    for name in type(model).model_fields:
        value = getattr(model, name)
        items = (
            value.items()
            if isinstance(value, dict)
            else enumerate(value)
            if isinstance(value, tuple)
            else [("", value)]
        )
        for key, item in items:
            if isinstance(item, BaseModel):
                yield from priors(item, f"{path}.{name}[{key}]")


def test_something_is_shipped() -> None:
    assert {"escape_rates", "constant_rate", "escape_rates_by_sex"} <= set(catalog.models())
    assert "arrivals" in catalog.datasets()


@every_model
def test_a_model_loads_under_its_files_name(name: str) -> None:
    spec = load_model(name)
    assert spec.name == name
    assert spec.title and len(spec.description) > 80


@every_model
def test_a_model_fits_the_shipped_dataset(name: str, shipped: Dataset) -> None:
    spec = load_model(name)
    assert fit_problems(spec, shipped) == [] == dataset_problems(spec, "arrivals")
    design = make_design(spec, shipped)
    assert len(design.selection.direct) + len(design.selection.nested) >= 10
    # Of the sexes those whose span has several totals.
    joint = {"constant_rate": 0, "escape_rates_by_sex": 6}
    assert len(design.selection.joint) == joint.get(name, 27)
    assert np.isfinite(design.covariates).all() and np.isfinite(design.exposure).all()
    assert (design.exposure > 0).all()
    assert design.covariates.shape == (len(spec.periods), len(spec.covariates))
    # A covariate that never moves would only blur the baseline.
    assert (np.ptp(design.covariates, axis=0) > 0).all()
    # Every definition that the model names is one of the dataset's, and is used.
    used = {row.statement.definition for row in design.selection.rows}
    assert set(design.scaled) <= used


@every_model
def test_every_prior_has_a_reason(name: str) -> None:
    found = dict(priors(load_model(name)))
    assert len(found) >= 1
    for place, prior in found.items():
        assert len(prior.why.split()) >= 4, f"{name}{place}: {prior.why!r}"


def test_no_prior_is_overlooked(escape_rates: ModelSpec) -> None:
    """2 baselines, 7 effects and their spread, season, trend, frailty, 5 factors."""
    assert len(list(priors(escape_rates))) == 2 + 8 + 1 + 1 + 1 + 5


@every_model
def test_every_covariate_says_what_one_unit_is(name: str, shipped: Dataset) -> None:
    spec = load_model(name)
    for term in spec.term:
        if isinstance(term, Covariates):
            for effect in term.effect:
                series = shipped.one_series(effect.series)
                assert series.per and series.role in ("covariate", "both"), effect.series
    for series_name in spec.exposure.values():
        assert shipped.one_series(series_name).role in ("exposure", "both")


@every_model
def test_the_headline_lies_inside_the_fitted_periods(name: str) -> None:
    spec = load_model(name)
    if spec.headline is not None:
        pairs = ((spec.headline.before, spec.headline.after), *spec.headline.also)
        for text in (text for pair in pairs for text in pair):
            assert spec.periods.weights(parse_span(text)).sum() > 0
    else:
        assert name == "constant_rate"


@pytest.mark.parametrize(
    "path", sorted(catalog.series_folder().glob("*.toml")), ids=lambda path: path.stem
)
def test_a_series_loads_under_its_files_name(path: Path) -> None:
    series = read_series(path)
    assert series.name == path.stem and series.description.strip()
    assert bool(series.step) != bool(series.span)


@pytest.mark.parametrize("name", sorted(catalog.datasets()))
def test_a_dataset_has_no_error(name: str) -> None:
    assert [str(problem) for problem in validate(name) if problem.severity == "error"] == []
    assert load_dataset(name).name == name


# ---------------------------------------------------------------- the shipped statements

# Certain figures of officials; one newspaper or one official; a secondary text or one estimate.
GRADES = {
    "high": "E001 E002 E004 E005 E031 E032 E043 E048 E049 E050 E069",
    "medium": "E014 E015a E015b E015c E017 E018 E021 E027 E040 E055 E056 E057 E058 E061 E064 "
    "E072 E090",
    "low": "E009 E010 E019 E065 E067",
}


def test_grades_are_those_that_were_given(shipped: Dataset) -> None:
    for grade, ids in GRADES.items():
        assert [row.id for row in shipped.statements if row.grade == grade] == ids.split()
    graded = {row.id for row in shipped.statements if row.grade}
    assert all(row[0] == "E" for row in graded)
    fitted = ("current", "variant", "conflicting")
    assert {row.status for row in shipped.statements if row.id in graded} == set(fitted)


def test_conflicts_are_graded_below_high_or_left_out(shipped: Dataset) -> None:
    rows = {row.id: row for row in shipped.statements if row.status == "conflicting"}
    assert {name for name, row in rows.items() if row.grade} == {"E019", "E065", "E067"}
    assert {rows[name].grade for name in ("E019", "E065", "E067")} <= {"low", "medium"}
    # Of the others one cannot be counted, and three are official figures of another vintage.
    left = {name for name, row in rows.items() if not row.grade}
    assert left == {"E066", "T2018H1v2019-07", "M2017Q4v2018-01", "W2017Q4v2018-01"}
    assert not shipped.definitions[rows["E066"].definition].countable


def test_variants_compete_with_a_current_row_of_their_origin(shipped: Dataset) -> None:
    current = {
        (row.origin, row.definition, row.span)
        for row in shipped.statements
        if row.status == "current" and row.interval(shipped.readings) is not None
    }
    rows = [row for row in shipped.statements if row.status == "variant"]
    alone = [row for row in rows if (row.origin, row.definition, row.span) not in current]
    assert {row.id for row in rows} == {"E004", "E005", "E014", "E058"}
    # The same persons as E001, heard a day before under another definition.
    assert [row.id for row in alone] == ["E014"]


# What each comparison that can enter a fit says of its count.
COMPARED = {
    "E002": "no fewer than in each of 2018, 2019, 2020, 2021, 2022",
    "E009": "more than in each of 2018, 2019, 2020, 2021",
    "E010": "as many as in 2023, give or take the reading 'about'",
    "E017": "more than in 2019",
    "E018": "more than in 2023-01-01..2023-06-30",
    "E040": "more than in 2015",
    "E090": "more than in 2015",
}
COPIES = {
    "E006": "no fewer than in each of 2018, 2019, 2020, 2021, 2022",
    "E033": "0.00225 to 0.00235 times 1997-07-14..2011-12-31, counted as 'arrivals'",
    "E034": "0.01215 to 0.01225 times 2012-01-01..2024-06-30, counted as 'arrivals'",
    "E035": "5.25 to 5.35 times 1997-07-14..2011-12-31",
    "E036": "2.5 times 1997-07-14..2011-12-31 or more",
    "E100": "no fewer than in each of 2018, 2019, 2020, 2021, 2022",
}
CONTEXT = {"E029": "0.0245 to 0.0255 times a span that is not named"}


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        (("current", "variant", "conflicting"), COMPARED),
        (("copy",), COPIES),
        (("context",), CONTEXT),
    ],
)
def test_comparisons_say_what_was_published(
    shipped: Dataset, statuses: tuple[str, ...], said: dict[str, str]
) -> None:
    rows = [row for row in shipped.statements if isinstance(row, Comparison)]
    found = {row.id: row.says(shipped.readings) for row in rows if row.status in statuses}
    assert found == said


def test_the_shares_that_were_worked_out_agree_with_their_counts(shipped: Dataset) -> None:
    """E033 and E034 repeat E031 and E032 over a base of their own, so they add nothing."""
    rows = {row.id: row for row in shipped.statements}
    for share, count, base in (("E033", "E031", 23_027), ("E034", "E032", 10_985)):
        row, stated = rows[share], rows[count].interval(shipped.readings)
        assert isinstance(row, Comparison) and stated is not None
        assert row.against_definition == "arrivals" and row.against_spans == (row.span,)
        low, high = row.allowed(base, shipped.readings)
        assert high is not None and low <= stated.low <= high


def test_every_row_says_something_in_plain_words(shipped: Dataset) -> None:
    assert all(row.says(shipped.readings) for row in shipped.statements)


# ---------------------------------------------------------------- the shipped scenarios

SCENARIOS = {
    "no_closure", "reopening_2022", "sanctions_2006", "sanctions_2015", "sanctions_2017", "trade_2014",
    "missions_53", "closure_forever", "full_reopening", "status_quo",
}  # fmt: skip
every_scenario = pytest.mark.parametrize("name", sorted(catalog.scenarios()))


@pytest.fixture(scope="module")
def reference(escape_rates: ModelSpec, shipped: Dataset) -> Fit:
    """A made-up fit of the reference model."""
    return fabricate(escape_rates, shipped, chains=1, draws=4)


def test_the_shipped_scenarios_are_those_that_are_promised() -> None:
    assert set(catalog.scenarios()) == SCENARIOS


@every_scenario
def test_a_scenario_loads_under_its_files_name(name: str, shipped: Dataset) -> None:
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.title and len(scenario.description) > 80
    # What carries a causal reading is written as the end of a sentence.
    assert scenario.assumption.strip().startswith("that ") and scenario.assumption.strip().endswith(
        "."
    )
    assert set(scenario.series) <= set(shipped.series)
    assert all(len(change.why.split()) >= 2 for change in scenario.change)


@every_scenario
def test_a_scenario_can_be_held_against_the_reference_model(name: str, reference: Fit) -> None:
    scenario = load_scenario(name)
    own = Reckoner(reference, reference.spec.periods, 1)
    course = own.course(scenario)
    assert course.unused == () and np.isfinite(course.covariates).all()
    # Whatever concerns the past changes something, and the rest nothing.
    future = name in ("full_reopening", "status_quo")
    assert own.moved(course).any() != future
    longer = Reckoner(reference, reference.spec.periods.until("2030"), 1)
    if scenario.beyond == "hold":
        ahead = longer.course(scenario)
        assert np.isfinite(ahead.covariates).all() and (ahead.exposure > 0).all()
        np.testing.assert_array_equal(ahead.covariates[:112], course.covariates)
    else:
        with pytest.raises(SpecError, match="has no level on 2026-10-01"):
            longer.course(scenario)


@every_scenario
def test_a_scenario_leaves_the_days_before_its_changes_alone(name: str, shipped: Dataset) -> None:
    scenario = load_scenario(name)
    span = parse_span("1998..2025")
    for each in scenario.series:
        series = shipped.one_series(each)
        first = min(change.span.start for change in scenario.change if change.series == each)
        level, not_known = daily_path(scenario, series, span)
        days = (first - span.start).days
        np.testing.assert_array_equal(level[:days], series.daily(span)[:days])
        assert not_known == []


def levels(name: str, series: str, days: str, shipped: Dataset) -> list[float]:
    """Levels on the first and on the last of some days."""
    span = parse_span(days)
    found = daily_path(load_scenario(name), shipped.one_series(series), span)[0]
    return [float(found[0]), float(found[-1])]


@pytest.mark.parametrize(
    ("name", "series", "days", "first", "last"),
    [
        ("sanctions_2006", "sanctions", "2007..2025", 0.0857, 0.0857),
        ("sanctions_2015", "sanctions", "2016..2025", 0.2, 0.2),
        ("sanctions_2017", "sanctions", "2017-08-05..2025-12-31", 0.4286, 0.4286),
        ("no_closure", "official_closure", "2020-01-22..2025-12-31", 0.0, 0.0),
        ("no_closure", "rotation_freeze", "2020-01-31..2025-12-31", 0.0, 0.0),
        ("missions_53", "missions_abroad", "2023-10-23..2025-12-31", 53.0, 53.0),
        ("missions_53", "officials_abroad", "2023-10-23..2025-12-31", 424.0, 424.0),
        ("reopening_2022", "rotation_freeze", "2022-08-25..2022-08-26", 1.0, 0.0),
        ("full_reopening", "border_closure", "2028-12-31..2030-12-31", 0.6, 0.6),
        ("full_reopening", "official_closure", "2028-12-31..2030-12-31", 0.0, 0.0),
    ],
)
def test_scenarios_have_the_levels_that_their_titles_promise(
    shipped: Dataset, name: str, series: str, days: str, first: float, last: float
) -> None:
    assert levels(name, series, days, shipped) == pytest.approx([first, last], abs=1e-12)


def test_held_levels_are_those_of_the_series_own_days(shipped: Dataset) -> None:
    """The numbers that files copy from a series are still the series'."""

    def on(series: str, day: str) -> float:
        return float(shipped.one_series(series).daily(parse_span(day))[0])

    assert (
        levels("no_closure", "border_closure", "2020-01-31..2025-12-31", shipped)
        == [on("border_closure", "2020-01-30")] * 2
    )
    assert levels("full_reopening", "border_closure", "2030", shipped)[1] == on(
        "border_closure", "2019-12-31"
    )
    transit = levels("full_reopening", "china_transit_restriction", "2030", shipped)
    assert transit[1] == on("china_transit_restriction", "2019-12-31")
    assert (
        on("missions_abroad", "2023-10-22") == 53.0
        and on("officials_abroad", "2023-10-22") == 424.0
    )
    # A year earlier, day by day.
    span = parse_span("2022..2024")
    early = daily_path(load_scenario("reopening_2022"), shipped.one_series("border_closure"), span)[
        0
    ]
    later = shipped.one_series("border_closure").daily(parse_span("2023-01-01..2025-12-31"))
    np.testing.assert_array_equal(early[: len(later)], later[: len(early)])
