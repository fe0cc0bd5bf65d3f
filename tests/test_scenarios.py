"""Scenarios side by side on the same draws; one that replaces nothing is the fit."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import xarray as xr

from country import country, country_spec
from defectmodels import names
from defectmodels.errors import FitError, SpanError, SpecError, UnknownNameError
from defectmodels.estimands import rates
from defectmodels.estimands.courses import Reckoner
from defectmodels.estimands.realised import over_spans, realised
from defectmodels.estimands.scenarios import Scenarios, scenarios, surface
from defectmodels.evidence.periods import parse_span
from defectmodels.evidence.scenario import Scenario, factual
from defectmodels.inference.fit import Fit
from fabricate import fabricate
from histories import HOLD, change, history, unknown

OPEN = history(
    change("level", "closure", "2020-02-11", value=0.0), name="open", assumption="that\n  all."
)
FEWER = history(change("scale", "officials", "2021-01-01", by=0.5), name="fewer")
SAME = history(change("level", "closure", "2020-04-01", value=1.0), name="same")
SPANS = ("2019", "2020", "2021..2022", "2020Q2")


@pytest.fixture(scope="module")
def fit() -> Fit:
    return fabricate(country_spec(), country(), draws=40)


@pytest.fixture(scope="module")
def found(fit: Fit) -> Scenarios:
    return scenarios(fit, [OPEN, SAME, FEWER, OPEN + FEWER], SPANS, counts=True)


# ---------------------------------------------------------------- the tree


def test_the_tree_is_labelled(fit: Fit, found: Scenarios) -> None:
    assert found.names == ("factual", "open", "same", "fewer", "open+fewer")
    assert list(found.tree.children) == ["expected", "series", "support", "realised"]
    for quantity in ("expected", "realised"):
        array = found.draws(quantity)
        assert array.dims == ("scenario", "chain", "draw", "group", "span")
        assert array.shape == (5, 2, 40, 2, 4) and array.attrs["units"] == "persons"
        assert list(array["scenario"].values) == list(found.names)
        assert list(array["span"].values) == list(SPANS)
        assert list(array["group"].values) == ["elite", "commoner"]
        for dim in names.SAMPLE:
            np.testing.assert_array_equal(array[dim], fit.posterior[dim])
    assert found.draws("realised").dtype.kind == "i"
    assert found.of == "elite" and found.unused == {}
    said = json.loads(found.tree.attrs["assumptions"])
    assert said["open"] == "that all." == said["open+fewer"] and said["factual"] == ""
    assert found.tree.attrs["random_seed"] == fit.made["random_seed"]
    assert found.support.sizes == {"scenario": 5, "covariate": 2, "period": 16, "group": 2}
    assert found.one("fewer") == FEWER


def test_levels_of_the_changed_series_stand_in_the_tree(fit: Fit, found: Scenarios) -> None:
    levels = found.tree["series"].to_dataset()
    assert set(levels.data_vars) == {"closure", "officials"}
    was = fit.dataset.one_series("closure").levels(fit.spec.periods)
    for name in ("factual", "same", "fewer"):
        np.testing.assert_array_equal(levels["closure"].sel(scenario=name), was)
    assert (levels["closure"].sel(scenario=["open", "open+fewer"], period="2020Q2") == 0).all()
    assert levels["officials"].sel(scenario="fewer", period="2022Q4") == 210.0
    assert levels["officials"].attrs["units"] == "1"
    doubted = history(change("level", "closure", "2020-04-01", value=unknown(0.2, 0.4)), name="d")
    middle = scenarios(fit, [doubted]).tree["series"]["closure"].sel(scenario="d", period="2021Q1")
    assert 0.25 < float(middle) < 0.35


def test_expected_arrivals_are_those_of_the_reckoner(fit: Fit, found: Scenarios) -> None:
    reckoner = Reckoner(fit, fit.spec.periods, 0)
    weights = rates.span_weights(fit, SPANS).values.T
    for one in found.scenarios:
        by_period = reckoner.by_period(reckoner.course(one))
        want = (by_period @ weights).reshape(2, 40, 2, 4)
        np.testing.assert_allclose(found.draws("expected").sel(scenario=one.name), want, rtol=1e-12)


@pytest.mark.parametrize("quantity", ["expected", "realised"])
def test_a_scenario_that_changes_nothing_is_the_fit(
    fit: Fit, found: Scenarios, quantity: str
) -> None:
    was = found.draws(quantity).sel(scenario="factual")
    np.testing.assert_array_equal(found.draws(quantity).sel(scenario="same"), was)
    if quantity == "realised":
        own = realised(fit, random_seed=fit.made["random_seed"])
        want = over_spans(fit, own, SPANS).transpose("chain", "draw", "group", "span")
        np.testing.assert_array_equal(was, want)
    else:
        np.testing.assert_allclose(was, rates.expected(fit, SPANS), rtol=1e-13)


def test_who_is_asked_for_beside_it_changes_nothing(fit: Fit, found: Scenarios) -> None:
    alone = scenarios(fit, [FEWER], ["2020Q2", "2021..2022"], counts=True)
    for quantity in ("expected", "realised"):
        for span in ("2020Q2", "2021..2022"):
            chosen = {"scenario": "fewer", "span": span}
            np.testing.assert_array_equal(
                alone.draws(quantity).sel(chosen), found.draws(quantity).sel(chosen)
            )
    backwards = scenarios(fit, [FEWER, OPEN, factual()], SPANS, counts=True)
    assert backwards.names == ("fewer", "open", "factual")
    for quantity in ("expected", "realised"):
        both = [
            each.draws(quantity).sel(scenario=["open", "factual"]) for each in (found, backwards)
        ]
        xr.testing.assert_identical(*both)


def test_whole_persons_move_with_what_is_expected(found: Scenarios) -> None:
    """Fewer officials at risk: each elite person may stay away, and no commoner does."""
    persons, expected = found.draws("realised"), found.draws("expected")
    change_of = persons.sel(scenario="fewer") - persons.sel(scenario="factual")
    assert (change_of.sel(group="elite") <= 0).all() and (
        change_of.sel(group="commoner") == 0
    ).all()
    ratio = (expected.sel(scenario="fewer") / expected.sel(scenario="factual")).sel(group="elite")
    np.testing.assert_allclose(ratio.sel(span="2021..2022"), 0.5, rtol=1e-12)
    came = persons.sel(scenario="factual", group="elite", span="2021..2022")
    left = persons.sel(scenario="fewer", group="elite", span="2021..2022")
    total = float(came.sum())
    assert float(left.sum()) == pytest.approx(0.5 * total, abs=4 * np.sqrt(0.25 * total))
    assert (persons.sel(span="2019") == persons.sel(scenario="factual", span="2019")).all()


@pytest.mark.parametrize("quarter", ["2020Q1", "2021Q3", "2022Q4"])
def test_further_persons_come_with_the_frailty_of_their_own_period(quarter: str) -> None:
    """Given who came of both groups, the frailty is gamma, and further persons are Poisson."""
    cv, ratio = 0.6, 30.0
    one = fabricate(country_spec(), country(), draws=200, changed={"frailty_cv": cv})
    days = parse_span(quarter)
    more = history(change("scale", "officials", str(days.start), by=ratio) | {"to": days.end})
    found = scenarios(one, [more], [quarter], counts=True)
    persons = found.draws("realised").sel(span=quarter)
    extra = (persons.sel(scenario="other") - persons.sel(scenario="factual")).sel(group="elite")
    was = found.draws("expected").sel(scenario="factual", span=quarter)
    a = 1 / one.posterior["frailty_cv"] ** 2
    shape = a + persons.sel(scenario="factual").sum("group")
    scale = (ratio - 1) * was.sel(group="elite") / (a + was.sum("group"))
    # Mean and variance of a Poisson number whose mean is gamma.
    mean, variance = shape * scale, shape * scale + shape * scale**2
    error = 4 * np.sqrt(float(variance.sum()))
    assert float(extra.sum()) == pytest.approx(float(mean.sum()), abs=error)
    # Without the evidence on its own period the frailty would be near 1, or that of another one.
    assert abs(float((mean - (ratio - 1) * was.sel(group="elite")).sum())) > 2 * error


def test_a_year_is_the_sum_of_its_quarters(fit: Fit) -> None:
    quarters = [f"2021Q{q}" for q in range(1, 5)]
    both = scenarios(fit, [OPEN], ["2021", *quarters], counts=True)
    for quantity in ("expected", "realised"):
        array = both.draws(quantity)
        total = array.sel(span=quarters).sum("span")
        np.testing.assert_allclose(total, array.sel(span="2021"), rtol=1e-12)


def test_spans_are_the_whole_years_where_none_is_named(fit: Fit) -> None:
    assert list(scenarios(fit, [OPEN]).draws("expected")["span"].values) == [
        "2019", "2020", "2021", "2022"
    ]  # fmt: skip
    eras = scenarios(fit, [OPEN], ["Second", "2020-08-16..2022-12-31"]).draws("expected")
    np.testing.assert_array_equal(eras.isel(span=0), eras.isel(span=1))


def test_an_order_of_a_hundred(fit: Fit) -> None:
    listed = [
        history(change("level", "closure", "2020-01-01", value=i / 100), name=f"s{i}")
        for i in range(100)
    ]
    whole = scenarios(fit, listed, ["2021"]).draws("expected")
    assert list(whole["scenario"].values) == ["factual", *(one.name for one in listed)]
    # Arrivals change one way with the level.
    steps = whole.sel(group="commoner", span="2021").isel(scenario=slice(1, None)).diff("scenario")
    sign = np.sign(fit.posterior["effect"].sel(group="commoner", covariate="closure"))
    assert (np.sign(steps) == sign).all()


def test_the_seed_is_that_of_the_fit_or_the_one_given(fit: Fit) -> None:
    one, other = (scenarios(fit, [OPEN], ["2021"], counts=True, random_seed=s) for s in (0, 5))
    again = scenarios(fit, [OPEN], ["2021"], counts=True)
    xr.testing.assert_identical(again.draws("realised"), one.draws("realised"))
    assert (one.draws("realised") != other.draws("realised")).any()
    np.testing.assert_array_equal(one.draws("expected"), other.draws("expected"))


# ---------------------------------------------------------------- later periods

AHEAD = history(change("level", "closure", "2023-07-01", value=0.0), name="ahead", beyond="hold")


def test_later_periods_have_no_factual_beside_them(fit: Fit) -> None:
    both = scenarios(fit, [HOLD, AHEAD], to="2025", counts=True)
    assert both.names == ("hold", "ahead")
    array = both.draws("expected")
    assert list(array["span"].values) == [str(year) for year in range(2019, 2026)]
    past = array.sel(span=["2019", "2022"])
    np.testing.assert_array_equal(past.isel(scenario=0), past.isel(scenario=1))
    np.testing.assert_allclose(
        past.isel(scenario=0), rates.expected(fit, ["2019", "2022"]), rtol=1e-13
    )
    # The same season and trend: what differs is the closure's effect, and nothing else.
    ratio = np.log(array.sel(scenario="ahead") / array.sel(scenario="hold"))
    effect = fit.posterior["effect"].sel(covariate="closure", drop=True)
    np.testing.assert_allclose(ratio.sel(span="2025"), -effect, rtol=1e-9)
    np.testing.assert_allclose(ratio.sel(span="2024"), -effect, rtol=1e-9)
    reckoner = Reckoner(fit, fit.spec.periods.until("2025"), 0)
    want = reckoner.by_period(reckoner.course(AHEAD))[..., 16:20].sum(axis=-1).reshape(2, 40, 2)
    np.testing.assert_allclose(array.sel(scenario="ahead", span="2023"), want, rtol=1e-12)
    # Persons of the fitted years are those who came; later ones share their uniform numbers.
    persons = both.draws("realised")
    came = over_spans(fit, realised(fit, random_seed=0), ["2020"])
    np.testing.assert_array_equal(
        persons.sel(scenario="hold", span=["2020"]), came.transpose(*persons.dims[1:])
    )
    more = persons.sel(scenario="ahead", span="2025") - persons.sel(scenario="hold", span="2025")
    assert (-effect * more >= 0).all() and (more != 0).any()


def test_the_support_says_how_far_ahead(fit: Fit) -> None:
    found = scenarios(fit, [HOLD], to="2025").support
    assert found["later"].values[-1] == pytest.approx(3.0, abs=0.01)
    assert found.sizes["period"] == 28


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("chosen", "more", "error", "told"),
    [
        ([], {}, SpecError, "no scenario is named"),
        ([OPEN, OPEN], {}, SpecError, r"open named twice; name each once"),
        ([OPEN], {"spans": ["2023"]}, SpanError, "lies outside the fitted periods"),
        ([OPEN], {"spans": ["2018..2020"]}, SpanError, "lies outside the fitted periods"),
        ([OPEN], {"spans": ["soon"]}, SpanError, "is not a span of time"),
        ([OPEN], {"of": "elites"}, UnknownNameError, "Did you mean 'elite'"),
        (["no_closures"], {}, UnknownNameError, "Did you mean 'no_closure'"),
        ([OPEN], {"to": "2021"}, SpanError, "ends before the fitted periods do"),
        ([OPEN], {"to": "2024"}, SpecError, "has no level on 2024-01-01"),
        (["factual", HOLD], {"to": "2024"}, SpecError, "scenario 'factual': series"),
        (["sanctions_2015"], {}, SpecError, "has no level on 2015-12-31, the day that is held"),
        (["trade_2014"], {}, SpecError, "none of which model 'small' uses"),
        ([OPEN], {"spans": ["2020-02-01..2021-01-31"], "counts": True}, FitError, "cuts 2020Q1"),
    ],
)  # fmt: skip
def test_wrong_use_is_refused(
    fit: Fit, chosen: list[str | Scenario], more: dict[str, Any], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        scenarios(fit, chosen, **more)


def test_what_was_not_asked_for_is_not_there(fit: Fit) -> None:
    alone = scenarios(fit, [OPEN])
    with pytest.raises(FitError, match="realised counts were not asked for"):
        alone.draws("realised")
    with pytest.raises(UnknownNameError, match="Did you mean 'open'"):
        alone.one("opens")
    beside = history(
        change("level", "china_trade", value=1.0), *OPEN.model_dump(by_alias=True)["change"]
    )
    assert scenarios(fit, [beside]).unused == {"other": ("china_trade",)}


# ---------------------------------------------------------------- surfaces


def test_a_surface_is_its_scenarios_point_by_point(fit: Fit) -> None:
    levels = {"closure": [0.0, 0.5, 1.5], "officials": [300.0, 500.0]}
    grid = surface(fit, levels, "2020Q3..2021", "2020..2021")
    assert grid["expected"].dims == ("closure", "officials", "chain", "draw", "group")
    assert grid["hull"].dims == ("closure", "officials") and grid["expected"].shape == (
        3,
        2,
        2,
        40,
        2,
    )
    for closure in levels["closure"]:
        for officials in levels["officials"]:
            days = {"to": "2021-12-31"}
            one = history(
                change("level", "closure", "2020-07-01", value=closure) | days,
                change("level", "officials", "2020-07-01", value=officials) | days,
            )
            point = {"closure": closure, "officials": officials}
            alone = scenarios(fit, [one], ["2020..2021"])
            want = alone.draws("expected").sel(scenario="other", span="2020..2021")
            np.testing.assert_array_equal(grid["expected"].sel(point), want)
            far = alone.support["hull"].sel(scenario="other").max()
            assert float(grid["hull"].sel(point)) == float(far)
    # Never that shut, and never open under the sanctions of 2021.
    far = grid["hull"].isel(officials=0)
    np.testing.assert_allclose(far, [np.sqrt(0.5), np.sqrt(0.125), 0.5], atol=1e-6)


def test_wrong_surfaces_are_refused(fit: Fit) -> None:
    with pytest.raises(SpecError, match="no series is named"):
        surface(fit, {}, "2020", "2020")
    with pytest.raises(UnknownNameError, match="Did you mean 'closure'"):
        surface(fit, {"closures": [1.0]}, "2020", "2020")
    with pytest.raises(
        SpecError, match="model 'small' does not use sanctions_eras; it uses closure"
    ):
        surface(fit, {"closure": [0.0, 1.0], "sanctions_eras": [1.0]}, "2020", "2020")
    with pytest.raises(SpanError, match="lies outside"):
        surface(fit, {"closure": [0.0]}, "2025", "2020")
