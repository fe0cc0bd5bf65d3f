"""What is varied: levels and dates that stand in the files, and a change of one thing at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from country import BORDER, CLOSURE, OFFICIALS, country, country_spec, prior
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.periods import Span, parse_span
from defectmodels.evidence.series import Series
from defectmodels.model.design import make_design
from defectmodels.model.prior_sets import load_prior_set
from defectmodels.model.spec import ModelSpec, load_model
from defectmodels.studies.sensitivity_variants import (
    ALL,
    NotVaried,
    Variant,
    all_variants,
    as_event,
    codings,
    event_of,
    events,
    exposures,
)
from smallworld import make_series

AXIS = parse_span("2019..2022")


def judged(name: str, levels: Mapping[str, float], width: float = 0.1, **more: Any) -> Series:
    """A series coded by judgement, with low and high a given width apart from its levels."""
    plain = make_series(name, levels).model_dump(mode="json", by_alias=True)
    for step in plain["step"]:
        step |= {"low": max(0.0, step["value"] - width), "high": min(1.0, step["value"] + width)}
    content = {"judgement": True, "minimum": 0.0, "maximum": 1.0, "theme": "closure"}
    return Series.model_validate(plain | content | more)


def told(found: Any) -> tuple[list[Variant], list[NotVaried]]:
    found = list(found)
    return (
        [one for one in found if isinstance(one, Variant)],
        [one for one in found if isinstance(one, NotVaried)],
    )


# --- events ---


@pytest.mark.parametrize(
    ("levels", "first", "last"),
    [
        # Up and staying up; up and down; a small fall does not end it; of equal rises the first.
        ({"2019..2020": 0.1, "2021..2022": 0.9}, "2021-01-01", "2022-12-31"),
        ({"2019": 0.0, "2020": 1.0, "2021..2022": 0.1}, "2020-01-01", "2020-12-31"),
        ({"2019": 0.0, "2020": 1.0, "2021..2022": 0.8}, "2020-01-01", "2022-12-31"),
        ({"2019": 0.0, "2020": 0.5, "2021": 0.99, "2022": 0.6}, "2020-01-01", "2021-12-31"),
        # A fall before the rise is none of the event's.
        ({"2019": 0.9, "2020": 0.0, "2021..2022": 0.5}, "2021-01-01", "2022-12-31"),
        # Once it is over another rise, which is smaller, is not a part of it.
        (
            {"2019H1": 0.0, "2019H2": 1.0, "2020": 0.0, "2021..2022": 0.5},
            "2019-07-01",
            "2019-12-31",
        ),
    ],
)
def test_an_event_goes_from_the_largest_rise_to_the_fall_that_takes_it_back(
    levels: dict[str, float], first: str, last: str
) -> None:
    found = event_of(make_series("x", levels), AXIS)
    assert found == Span(date.fromisoformat(first), date.fromisoformat(last))


def test_what_drifts_or_only_falls_has_no_event() -> None:
    assert event_of(make_series("x", {"2019": 0.9, "2020..2022": 0.1}), AXIS) is None
    assert event_of(make_series("x", {"2019..2022": 0.5}), AXIS) is None
    months = [f"{year}-{month:02d}" for year in range(2019, 2023) for month in range(1, 13)]
    assert event_of(make_series("x", {m: 0.02 * at for at, m in enumerate(months)}), AXIS) is None


def test_a_step_stands_at_the_ends_of_the_scale() -> None:
    series = judged("x", {"2019": 0.2, "2020": 0.9, "2021..2022": 0.1})
    step = as_event(series, AXIS, Span(date(2020, 1, 1), date(2020, 12, 31)))
    days = step.daily(AXIS)
    assert set(days) == {0.0, 1.0} and days.sum() == 366
    assert (step.centre, step.scale, step.name) == (series.centre, series.scale, "x")


def test_shipped_events_are_the_jumps_that_the_evidence_names(shipped: Dataset) -> None:
    """Evidence notes: Aug-Dec 2017 sanctions; 31 Jan 2020 border and transit; Jan 2023 transit."""
    span = load_model("escape_rates").periods.span
    found = {
        name: event_of(shipped.one_series(name), span)
        for name in ("border_closure", "official_closure", "sanctions", "china_transit_restriction")
    }
    end = span.end
    assert found["border_closure"] == Span(date(2020, 1, 31), end)
    assert found["official_closure"] == Span(date(2020, 1, 22), date(2023, 8, 21))
    assert found["sanctions"] == Span(date(2017, 8, 5), end)
    assert found["china_transit_restriction"] == Span(date(2020, 1, 1), date(2022, 12, 31))


# --- a world with everything that can be varied ---


def world() -> tuple[ModelSpec, Dataset]:
    shut = judged("closure", {"2018..2019": 0.0, "2020Q1": 0.6, "2020Q2..2023": 0.9})
    drift = judged("drift", {"2018..2023": 0.4}, width=0.0)
    data = country()
    data = replace(data, series=data.series | {"closure": shut, "drift": drift})
    effects = [
        {"series": "closure", "ratio": prior(0.5, 3.0)},
        {"series": "drift", "ratio": prior(1.0, 2.0)},
        {"series": "sanctions", "groups": ["elite"], "ratio": prior(1.2, 2.0)},
    ]
    spec = country_spec(term=[{"kind": "covariates", "effect": effects}])
    return spec, data


def test_a_coding_is_a_fit_to_the_edited_series() -> None:
    spec, data = world()
    variants, not_varied = told(codings(spec, data))
    assert [one.key for one in variants] == ["coding, closure, low", "coding, closure, high"]
    assert {(one.subject, one.reason) for one in not_varied} == {
        ("drift", "no-range"), ("sanctions", "no-range"),
    }  # fmt: skip
    for one in variants:
        steps = tuple(
            s.model_copy(update={"value": getattr(s, one.change)})
            for s in data.series["closure"].step
        )
        edited = data.series["closure"].model_copy(update={"step": steps})
        same = make_design(spec, replace(data, series=data.series | {"closure": edited}))
        found = make_design(one.spec, one.dataset)
        np.testing.assert_array_equal(found.covariates, same.covariates)
        assert not np.array_equal(found.covariates, make_design(spec, data).covariates)


def test_all_series_together_when_there_are_several(shipped: Dataset) -> None:
    spec = load_model("escape_rates")
    variants, not_varied = told(codings(spec, shipped))
    alone = {one.subject for one in variants} - {ALL}
    assert alone == {
        "border_closure", "china_transit_restriction", "official_closure", "sanctions", "missions_abroad",
    }  # fmt: skip
    assert {one.subject for one in not_varied} == {"china_trade", "rotation_freeze"}
    design = {one.key: make_design(one.spec, one.dataset).covariates for one in variants}
    names = list(spec.covariates)
    for end in ("low", "high"):
        for name in alone:
            at = names.index(name)
            own, both = design[f"coding, {name}, {end}"], design[f"coding, {ALL}, {end}"]
            np.testing.assert_array_equal(own[:, at], both[:, at])


def test_an_index_becomes_a_step_and_nothing_else_changes() -> None:
    spec, data = world()
    variants, not_varied = told(events(spec, data))
    assert [one.key for one in variants] == ["event, closure, 2020-01-01.."]
    assert [(one.subject, one.reason) for one in not_varied] == [
        ("drift", "no-jump"),
        (ALL, "no-eras"),
    ]
    (one,) = variants
    before, after = make_design(spec, data), make_design(one.spec, one.dataset)
    assert set(after.covariates[:, 0]) == {0.0, 1.0}
    np.testing.assert_array_equal(before.covariates[:, 1:], after.covariates[:, 1:])
    assert one.spec == spec


def test_another_exposure_keeps_what_is_expected_beforehand() -> None:
    spec, data = world()
    staff = make_series("staff", {"2018..2020": 50.0, "2021..2023": 30.0}, theme="missions")
    officials = OFFICIALS.model_copy(update={"theme": "missions"})
    border = BORDER.model_copy(update={"theme": "people"})
    data = replace(
        data, series=data.series | {"staff": staff, "officials": officials, "border": border}
    )
    variants, not_varied = told(exposures(spec, data))
    assert [one.key for one in variants] == [
        "exposure, elite, staff", "exposure, elite, none", "exposure, commoner, none",
    ]  # fmt: skip
    assert {one.subject for one in not_varied} == {"officials", "border"}

    def expected(one_spec: ModelSpec, one_data: Dataset, group: str) -> float:
        base = one_spec.baseline[group]
        at = make_design(one_spec, one_data)
        persons = at.exposure[at.groups.index(group)].mean()
        return base.rate.median / base.per * persons

    for one in variants:
        assert expected(one.spec, one.dataset, one.subject) == pytest.approx(
            expected(spec, data, one.subject), rel=1e-12
        )


def test_the_ends_of_an_exposures_range_are_taken_as_known(shipped: Dataset) -> None:
    spec = load_model("escape_rates")
    variants, _ = told(exposures(spec, shipped))
    found = {one.key: make_design(one.spec, one.dataset) for one in variants}
    base = make_design(spec, shipped)
    # 5 and 12 staff a mission in place of 8, as the file says.
    for end, times in (("low", 5 / 8), ("high", 12 / 8)):
        one = found[f"exposure, elite, {end}"]
        np.testing.assert_allclose(one.exposure[0], times * base.exposure[0])
        assert one.exposure_sigma[0] == 0.0 and one.exposure_sigma[1] == base.exposure_sigma[1]
    assert {"exposure, elite, missions_abroad", "exposure, commoner, national_population"} <= set(
        found
    )


def test_every_variant_of_the_shipped_model_can_be_held_against_the_data(shipped: Dataset) -> None:
    spec = load_model("escape_rates")
    design = make_design(spec, shipped)
    sets = [load_prior_set(name) for name in ("sceptical", "enthusiastic", "flat")]
    variants, not_varied = told(all_variants(design, shipped, sets))
    keys = [one.key for one in variants]
    assert len(keys) == len(set(keys)) == 27
    for one in variants:
        assert (
            make_design(one.spec, one.dataset).coords["direct_row"] == design.coords["direct_row"]
        )
    assert all(one.reason == "no-range" for one in not_varied)


def test_a_model_without_covariates_and_exposures_has_only_priors_to_vary(shipped: Dataset) -> None:
    spec = load_model("constant_rate")
    sets = [load_prior_set(name) for name in ("flat", "sceptical")]
    variants, not_varied = told(all_variants(make_design(spec, shipped), shipped, sets))
    assert "priors, flat" in [one.key for one in variants]
    assert ("priors", "sceptical", "not-of-model") in [
        (one.kind, one.subject, one.reason) for one in not_varied
    ]


def test_the_closure_of_the_country_is_no_judgement() -> None:
    assert not CLOSURE.judgement
    variants, _ = told(events(country_spec(), country()))
    assert variants == []
