"""Policy periods: levels, adjusting by hand, which eras are compared, pairs, and their text."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from country import PRESIDENTS, prior
from defectmodels.errors import SpanError, SpecError, UnknownNameError
from defectmodels.estimands.policy import PolicyPeriods, policy_periods
from defectmodels.estimands.policy_text import (
    as_content,
    caveat,
    left_out_lines,
    printed_levels,
    printed_pairs,
)
from defectmodels.estimands.rates import annual, resolve, share, span_rate
from defectmodels.estimands.summary import probability, summarise
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.periods import Span, parse_span
from defectmodels.evidence.series import Series
from defectmodels.inference.fit import Fit
from fabricate import fabricate
from smallworld import make_dataset, make_spec

BY = "presidents"
SPANS = ["2019", "2020H2", "2021-02-10..2022-03-05"]


@pytest.fixture(scope="module")
def found(country_fit: Fit) -> PolicyPeriods:
    return policy_periods(country_fit, SPANS)


def with_eras(fit: Fit, name: str, *eras: tuple[str, str, str]) -> Fit:
    """The fit with one more series of eras."""
    spans = [{"name": era, "from": start, "to": end} for era, start, end in eras]
    made = Series.model_validate(PRESIDENTS.model_dump() | {"name": name, "span": spans})
    return Fit(fit.spec, replace(fit.dataset, series=fit.dataset.series | {name: made}), fit.tree)


# --- levels ---------------------------------------------------------------------------------


def test_unadjusted_levels_are_those_of_the_rates(country_fit: Fit, found: PolicyPeriods) -> None:
    expected = {
        "rate": span_rate(country_fit, SPANS),
        "expected": annual(country_fit, SPANS),
        "share": xr.concat(
            [share(country_fit, group, SPANS) for group in country_fit.spec.groups], dim="group"
        ),
    }
    assert list(found.data) == ["rate", "adjusted_rate", "expected", "share", "adjusted_share"]
    for name, array in expected.items():
        ours = found.data[name]
        assert ours.dims == ("chain", "draw", "group", "era")
        assert ours.attrs["units"] == array.attrs["units"]
        theirs = array.transpose("chain", "draw", "group", "span").values
        np.testing.assert_allclose(ours.values, theirs, rtol=1e-12)


def test_adjusted_levels_by_hand(country_fit: Fit, found: PolicyPeriods) -> None:
    """Day by day, in plain loops over one draw: one mean of covariates, one year of seasons."""
    posterior = country_fit.posterior.isel(chain=1, draw=17)
    constant, periods = country_fit.constant, country_fit.spec.periods
    days = [
        [p for p, one in enumerate(periods.spans) for _ in range(one.common_days(resolve(country_fit, text)))]
        for text in SPANS
    ]  # fmt: skip
    every_day = [p for era in days for p in era]
    x = constant["covariates"].transpose("period", "covariate").values[every_day].mean(axis=0)
    people = constant["exposure"].transpose("group", "period").values[:, every_day].mean(axis=1)
    people = people * np.exp(posterior["log_exposure_factor"].values)
    rates = np.zeros((2, len(SPANS)))
    for g in range(2):
        level = posterior["log_baseline"].values[g] + posterior["effect"].values[g] @ x
        season = np.mean([np.exp(s) for s in posterior["season_effect"].values[g]])
        for e, era in enumerate(days):
            trend = np.mean([np.exp(posterior["trend"].values[g, p]) for p in era])
            rates[g, e] = np.exp(level) * season * trend
    shares = rates * people[:, None] / (rates * people[:, None]).sum(axis=0)
    ours = found.data.isel(chain=1, draw=17)
    np.testing.assert_allclose(ours["adjusted_rate"], rates, rtol=1e-10)
    np.testing.assert_allclose(ours["adjusted_share"], shares, rtol=1e-10)


def test_without_covariates_and_season_adjusting_changes_nothing() -> None:
    term = [{"kind": "trend", "scale": prior(0.3, 2.0)}]
    data = make_dataset(("everyone", "2019", 90), ("everyone", "2021", 40))
    fit = fabricate(make_spec("2019", "2022", "year", term=term), data, draws=40)
    found = policy_periods(fit, ["2019..2020", "2021-03-01..2022"])
    for plain, adjusted in (("rate", "adjusted_rate"), ("share", "adjusted_share")):
        np.testing.assert_allclose(found.data[adjusted], found.data[plain], rtol=1e-12)


def test_a_single_group_has_no_shares() -> None:
    data = make_dataset(("everyone", "2020", 10), groups=("all",))
    fit = fabricate(make_spec("2020", "2021", "year", groups=("all",)), data, draws=20)
    found = policy_periods(fit, ["2020", "2021"])
    assert list(found.data) == ["rate", "adjusted_rate", "expected"]
    # A constant rate is the same in every era, pooled or not.
    assert (found.contrast("rate") == 1).all()
    np.testing.assert_allclose(found.contrast("rate", pooled=True), 1.0, atol=2e-3)


# --- which eras -----------------------------------------------------------------------------


def test_eras_are_cut_to_the_axis_and_those_outside_are_listed(country_fit: Fit) -> None:
    found = policy_periods(country_fit, BY)
    assert found.by == BY and found.number_of_pairs == 1
    assert found.spans == {
        "First": parse_span("2019-01-01..2020-08-15"),
        "Second": parse_span("2020-08-16..2022-12-31"),
    }
    assert list(found.data["era"].values) == ["First", "Second"]
    assert found.left_out == {"Third": "lies outside the fitted periods, 2019-01-01..2022-12-31"}
    assert left_out_lines(found) == [
        "left out: Third: lies outside the fitted periods, 2019-01-01..2022-12-31"
    ]


def test_short_eras_are_left_out_and_listed(country_fit: Fit) -> None:
    eras = (
        ("Late", "2022-12-01", "2040-01-01"),
        ("Early", "2010-01-01", "2021-12-31"),
        ("Middle", "2022-01-01", "2022-11-30"),
    )
    fit = with_eras(country_fit, "rulers", *eras)
    found = policy_periods(fit, "rulers")
    assert list(found.spans) == ["Early", "Middle"]
    assert found.left_out == {"Late": "31 days in the fitted periods, fewer than 90"}
    assert list(policy_periods(fit, "rulers", least_days=31).spans) == ["Early", "Middle", "Late"]
    assert policy_periods(fit, "rulers", least_days=31).left_out == {}


def test_spans_and_eras_may_be_mixed_in_any_order(country_fit: Fit) -> None:
    found = policy_periods(country_fit, ["Second", "2019H1", "2019Q3"])
    assert found.by == "spans" and list(found.spans) == ["2019H1", "2019Q3", "Second"]
    assert found.number_of_pairs == 3


@pytest.mark.parametrize(
    ("periods", "said", "error"),
    [
        ("president", "no series 'president' that names eras. Known: presidents. Did you mean",
         UnknownNameError),
        ("closure", "no series 'closure' that names eras", UnknownNameError),
        (["2019", "Frist"], "Did you mean 'First'", SpanError),
        (["2019", "2030"], "lies outside the fitted periods", SpanError),
        (["2019", "2019Q4..2020"], "'2019' (2019) and '2019Q4..2020' (2019-10-01..2020-12-31) have "
         "days in common", SpanError),
        (["2020", "2020"], "'2020' is given twice", SpanError),
        (["2019"], "compared in pairs, and there is one; give two or more", SpanError),
        ([], "there is none", SpanError),
        (["2019", "2020-01"], "left out: 2020-01: 31 days in the fitted periods", SpanError),
        (["First", "Third"], "left out: Third: lies outside", SpanError),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused(
    country_fit: Fit, periods: Any, said: str, error: type[Exception]
) -> None:
    with pytest.raises(error) as caught:
        policy_periods(country_fit, periods)
    assert said in str(caught.value)


def test_a_wrong_group_and_length_are_refused(country_fit: Fit) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'elite'"):
        policy_periods(country_fit, BY, "elites")
    with pytest.raises(SpecError, match="least_days is 0"):
        policy_periods(country_fit, BY, least_days=0)


def test_names_of_shipped_eras_are_unique(shipped: Dataset) -> None:
    names = [era for series in shipped.series.values() for era in series.eras()]
    assert len(names) == len(set(names)) and "targeted sanctions" in names


def test_eras_of_sanctions_begin_on_steps_of_the_sanctions(shipped: Dataset) -> None:
    steps = {step.from_ for step in shipped.one_series("sanctions").step}
    found = shipped.one_series("sanctions_eras").eras()
    assert {span.start for span in found.values()} <= steps
    assert [str(span) for span in found.values()][:2] == [
        "1998-01-01..2006-10-13",
        "2006-10-14..2016-03-01",
    ]
    ends = [span.end.toordinal() + 1 for span in found.values()]
    assert [span.start.toordinal() for span in found.values()][1:] == ends[:-1]


# --- pairs ----------------------------------------------------------------------------------


def test_every_pair_stands_in_the_table(found: PolicyPeriods) -> None:
    table = found.pairs()
    assert found.number_of_pairs == 3 and len(table) == 3 * 2 * 2 * 5
    one = table[(table["quantity"] == "share") & ~table["pooled"] & (table["group"] == "elite")]
    assert list(zip(one["first"], one["second"], strict=True)) == list(combinations(SPANS, 2))
    assert set(table["units"]) == {"ratio", "percentage points"}
    assert not table.isna().any().any()


@pytest.mark.parametrize("pooled", [False, True])
def test_a_row_is_what_the_draws_say(found: PolicyPeriods, pooled: bool) -> None:
    data = found.pooled if pooled else found.data
    table = found.pairs(0.5).set_index(["quantity", "pooled", "group", "first", "second"])
    first, last = (data.sel(group="elite", era=SPANS[at], drop=True) for at in (0, 2))
    for name in ("adjusted_rate", "expected", "share"):
        draws = 100 * (last[name] - first[name]) if name == "share" else last[name] / first[name]
        row = table.loc[(name, pooled, "elite", SPANS[0], SPANS[2])]
        own = summarise(draws, 0.5)
        for column in ("median", "low", "high", "mcse"):
            assert row[column] == pytest.approx(float(own[column]))
        up = probability(last[name] > first[name])
        assert (row["higher"], row["higher_mcse"]) == pytest.approx(tuple(up))


def test_quantities_may_be_chosen(found: PolicyPeriods) -> None:
    assert set(found.pairs(quantities=["rate"])["quantity"]) == {"rate"}
    with pytest.raises(UnknownNameError, match="Did you mean 'share'"):
        found.contrast("shares")


def test_pooling_draws_eras_together(found: PolicyPeriods) -> None:
    """Levels lie nearer each other, by group, and shares stay shares."""
    for name in found.data:
        own, pooled = (
            found.data[name].mean(("chain", "draw")),
            found.pooled[name].mean(("chain", "draw")),
        )
        assert (pooled.std("era") < own.std("era")).all(), name
    assert ((found.pooled["share"] > 0) & (found.pooled["share"] < 1)).all()


def test_the_seed_settles_the_pooled_draws(country_fit: Fit, found: PolicyPeriods) -> None:
    again, other = (
        policy_periods(country_fit, SPANS),
        policy_periods(country_fit, SPANS, random_seed=5),
    )
    xr.testing.assert_identical(again.pooled, found.pooled)
    xr.testing.assert_identical(other.data, found.data)
    assert not other.pooled.equals(found.pooled)


def test_a_group_is_the_same_alone(country_fit: Fit, found: PolicyPeriods) -> None:
    alone = policy_periods(country_fit, SPANS, "commoner")
    assert list(alone.data["group"].values) == ["commoner"]
    for ours, whole in ((alone.data, found.data), (alone.pooled, found.pooled)):
        xr.testing.assert_identical(ours, whole.sel(group=["commoner"]))


# --- text -----------------------------------------------------------------------------------


def test_levels_stand_in_the_table(found: PolicyPeriods) -> None:
    table = found.table()
    assert len(table) == 2 * 5 * 2 * 3
    row = table[(table["quantity"] == "rate") & table["pooled"]].iloc[4]
    assert (row["group"], row["era"]) == ("commoner", SPANS[1])
    draws = found.pooled["rate"].sel(group="commoner", era=SPANS[1])
    assert row["median"] == pytest.approx(float(draws.median()))


def test_text_has_both_numbers_of_a_row(found: PolicyPeriods) -> None:
    levels, pairs = printed_levels(found.table()), printed_pairs(found.pairs())
    assert list(levels) == ["quantity", "group", "era", "as drawn", "pooled", "unit"]
    assert list(pairs)[4:] == ["as drawn", "P(higher)", "pooled", "P(higher), pooled", "unit"]
    assert len(levels) == 5 * 2 * 3 and len(pairs) == 5 * 2 * 3
    assert levels["pooled"].str.fullmatch(r"[\d.,-]+ \([\d.,-]+ to [\d.,-]+\)").all()
    assert pairs["P(higher)"].str.fullmatch(r"([<>] )?0\.\d{1,3}").all()


def test_a_zero_has_no_sign() -> None:
    row = {
        "quantity": "share", "group": "elite", "first": "a", "second": "b", "median": -0.001,
        "low": -0.5, "high": -0.0, "mean": 0.0, "sd": 1.0, "mcse": 0.02, "mcse_low": 0.02,
        "mcse_high": 0.02, "units": "percentage points", "higher": 0.5, "higher_mcse": 0.01,
    }  # fmt: skip
    table = pd.DataFrame([row | {"pooled": False}, row | {"pooled": True}])
    assert printed_pairs(table).loc[0, "pooled"] == "0.0 (-0.5 to 0)"


def test_the_caveat_says_how_many_pairs(country_fit: Fit, found: PolicyPeriods) -> None:
    assert caveat(found).startswith(
        "3 pairs of 3 eras; of so many comparisons some come out by luck"
    )
    assert caveat(policy_periods(country_fit, BY)).startswith("1 pair of 2 eras. Pooled")


def test_content_for_machines(found: PolicyPeriods) -> None:
    content = as_content(found, None, withheld=False)
    assert content["eras"] == {name: str(resolved) for name, resolved in found.spans.items()}
    assert all(isinstance(span, Span) for span in found.spans.values())
    assert content["number_of_pairs"] == 3 and "more_than" not in content
