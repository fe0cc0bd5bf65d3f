from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import xarray as xr

from defectmodels.errors import SpanError, UnknownNameError
from defectmodels.estimands.rates import (
    annual,
    calendar_years,
    check_group,
    eras,
    expected,
    rate,
    resolve,
    share,
    span_rate,
    span_weights,
    years_of,
)
from defectmodels.evidence.periods import Span, parse_span
from defectmodels.inference.fit import Fit
from fabricate import fabricate
from smallworld import make_dataset, make_spec

QUARTERS = ["2020Q1", "2020Q2", "2020Q3", "2020Q4"]


@pytest.fixture(scope="module")
def plain_fit() -> Fit:
    """One group, months, no exposure, no whole year."""
    spec = make_spec("2020-03", "2020-10", "month", groups=("all",))
    return fabricate(spec, make_dataset(("all", "2020-05", 8), groups=("all",)), draws=40)


def test_a_span_of_whole_periods_is_their_sum(country_fit: Fit) -> None:
    by_period = expected(country_fit)
    assert by_period.dims == ("chain", "draw", "group", "period")
    spans = ["2020", "2020Q1..2020Q4", "2020-01-01..2020-12-31"]
    for span in spans:
        found = expected(country_fit, [span]).sel(span=span).transpose("chain", "draw", "group")
        np.testing.assert_allclose(found, by_period.sel(period=QUARTERS).sum("period"), rtol=1e-13)
    assert found.sizes == {"chain": 2, "draw": 300, "group": 2}
    assert by_period.attrs["units"] == expected(country_fit, spans).attrs["units"] == "persons"


def test_a_year_is_its_quarters(country_fit: Fit) -> None:
    quarters = expected(country_fit, QUARTERS).sum("span")
    xr.testing.assert_allclose(quarters, expected(country_fit, ["2020"]).isel(span=0, drop=True))


def test_a_cut_period_counts_by_days(country_fit: Fit) -> None:
    found = expected(country_fit, ["2020-02-01..2020-04-15"]).isel(span=0, drop=True)
    by_period = expected(country_fit)
    by_hand = by_period.sel(period="2020Q1") * (60 / 91) + by_period.sel(period="2020Q2") * (
        15 / 91
    )
    xr.testing.assert_allclose(found, by_hand, check_dim_order=False)
    weights = span_weights(country_fit, ["2020-02-01..2020-04-15"])
    assert weights.dims == ("span", "period")
    assert float(weights.sum()) == pytest.approx(75 / 91)


@pytest.mark.parametrize("year", ["2019", "2020"])
def test_annual_of_a_calendar_year_is_its_total(country_fit: Fit, year: str) -> None:
    """Also of a leap year: a year of the calendar is 1, not 366 / 365.25."""
    found = annual(country_fit, [year])
    xr.testing.assert_allclose(found, expected(country_fit, [year]))
    assert found.attrs["units"] == "persons a year"


def test_annual_makes_spans_of_unequal_length_comparable(country_fit: Fit) -> None:
    both = annual(country_fit, ["2019..2020", "2019Q1..2019Q2"])
    per_year = expected(country_fit, ["2019..2020", "2019Q1..2019Q2"])
    np.testing.assert_allclose(both.sel(span="2019..2020"), per_year.sel(span="2019..2020") / 2)
    np.testing.assert_allclose(
        both.sel(span="2019Q1..2019Q2"), per_year.sel(span="2019Q1..2019Q2") / (181 / 365)
    )


@pytest.mark.parametrize(
    "span, years",
    [("2019", 1), ("2020", 1), ("2019..2022", 4), ("2020H1", 182 / 366),
     ("2019-07-01..2020-06-30", 184 / 365 + 182 / 366)],
)  # fmt: skip
def test_calendar_years(span: str, years: float) -> None:
    assert calendar_years(parse_span(span)) == pytest.approx(years, abs=1e-12)


def test_span_rate_is_arrivals_over_person_years(country_fit: Fit) -> None:
    spans = ["2020", "2021-02-01..2022-03-10"]
    found = span_rate(country_fit, spans)
    posterior, constant = country_fit.posterior, country_fit.constant
    at_risk = (
        constant["exposure"] * constant["period_years"] * np.exp(posterior["log_exposure_factor"])
    )
    for span in spans:
        weights = span_weights(country_fit, [span]).isel(span=0, drop=True)
        by_hand = (posterior["expected"] * weights).sum("period") / (at_risk * weights).sum(
            "period"
        )
        np.testing.assert_allclose(
            found.sel(span=span).transpose("chain", "draw", "group"),
            by_hand.transpose("chain", "draw", "group"),
        )
    assert found.attrs["units"] == "arrivals per person-year at risk"
    # The exposure of the elites is uncertain, so a rate varies more than its count.
    spread = [
        float(np.log(one.sel(group="elite", span="2020")).std())
        for one in (found, expected(country_fit, spans))
    ]
    assert spread[0] != pytest.approx(spread[1], rel=1e-3)


def test_the_rate_of_one_period_is_its_own(country_fit: Fit) -> None:
    found = span_rate(country_fit, ["2020Q3"]).isel(span=0, drop=True)
    own = rate(country_fit).sel(period="2020Q3", drop=True)
    xr.testing.assert_allclose(found, own, check_dim_order=False)
    assert rate(country_fit).attrs["units"] == "arrivals per person-year at risk"


def test_without_exposure_a_rate_is_arrivals_a_year(plain_fit: Fit) -> None:
    by_hand = expected(plain_fit, ["2020-05"]) / (31 / 365.25)
    np.testing.assert_allclose(span_rate(plain_fit, ["2020-05"]), by_hand)


def test_shares_add_to_one(country_fit: Fit) -> None:
    for spans in (None, ["2019", "2021-02-01..2022-03-10"]):
        parts = [share(country_fit, group, spans) for group in ("elite", "commoner")]
        np.testing.assert_allclose(parts[0] + parts[1], 1.0, rtol=1e-12)
        assert 0 < float(parts[0].min()) < float(parts[0].max()) < 1
        assert parts[0].dims == ("chain", "draw", "period" if spans is None else "span")
        assert parts[0].attrs["units"] == "share of arrivals, 0 to 1"


def test_the_share_of_a_single_group_is_one(plain_fit: Fit) -> None:
    np.testing.assert_array_equal(share(plain_fit, "all", ["2020-03..2020-10"]), 1.0)


# --- spans by name --------------------------------------------------------------------------


def test_an_era_is_cut_to_the_fitted_periods(country_fit: Fit) -> None:
    assert set(eras(country_fit)) == {"First", "Second", "Third"}
    assert resolve(country_fit, "First") == Span(date(2019, 1, 1), date(2020, 8, 15))
    assert resolve(country_fit, "Second") == Span(date(2020, 8, 16), date(2022, 12, 31))
    both = expected(country_fit, ["First", "Second"]).sum("span")
    xr.testing.assert_allclose(both, expected(country_fit, ["2019..2022"]).isel(span=0, drop=True))


def test_an_era_outside_the_fitted_periods_is_refused(country_fit: Fit) -> None:
    with pytest.raises(
        SpanError, match=r"'Third' .* lies outside the fitted periods 2019-01-01\.\.2022-12-31"
    ):
        resolve(country_fit, "Third")


@pytest.mark.parametrize(
    "text, said",
    [
        ("Frist", "Did you mean 'First'"),
        ("2019Q5", "not a span of time"),
        ("", "not a span of time"),
        ("2019-02-30", "not a date of the calendar"),
        ("2021..2020", "ends before it starts"),
        ("2018", "lies outside the fitted periods 2019Q1..2022Q4"),
        ("2022..2023", "lies outside the fitted periods"),
    ],
)
def test_what_is_no_span_is_refused(country_fit: Fit, text: str, said: str) -> None:
    for ask in (
        resolve,
        lambda fit, one: expected(fit, [one]),
        lambda fit, one: annual(fit, [one]),
    ):
        with pytest.raises(SpanError, match=said) as raised:
            ask(country_fit, text)
        assert "\n" not in str(raised.value)


def test_an_unknown_group_is_refused(country_fit: Fit) -> None:
    assert check_group(country_fit, "elite") == "elite"
    for ask in (check_group, share):
        with pytest.raises(UnknownNameError, match=r"unknown group 'elites'.*Did you mean 'elite'"):
            ask(country_fit, "elites")


@pytest.mark.parametrize(
    "axis, years",
    [
        (("2019Q1", "2022Q4", "quarter"), ["2019", "2020", "2021", "2022"]),
        (("2019Q2", "2022Q3", "quarter"), ["2020", "2021"]),
        (("2020-02", "2020-12", "month"), []),
        (("2020", "2020", "year"), ["2020"]),
    ],
)
def test_whole_years(axis: tuple[str, str, str], years: list[str]) -> None:
    fit = fabricate(make_spec(*axis), make_dataset(("everyone", "2020-06", 3)), draws=4)
    assert years_of(fit) == years
