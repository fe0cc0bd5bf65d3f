from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from defectmodels.estimands.summary import (
    INTERVAL,
    Probability,
    digits,
    probability,
    stack,
    summarise,
    tidy,
)

SD, MEAN = 3.0, 10.0


@pytest.fixture(scope="module")
def normal() -> xr.DataArray:
    """Independent normal draws of two groups in two spans; the last one never varies."""
    values = np.random.default_rng(5).normal(MEAN, SD, (4, 2500, 2, 2))
    values[..., 1, 1] = 7.0
    coords = {"group": ["elite", "commoner"], "span": ["2019", "2020"]}
    dims = ("chain", "draw", "group", "span")
    return xr.DataArray(values, coords=coords, dims=dims, name="thing", attrs={"units": "persons"})


def draws(values: np.ndarray) -> xr.DataArray:
    return xr.DataArray(values, dims=("chain", "draw"))


# --- summaries ------------------------------------------------------------------------------


@pytest.mark.parametrize("interval", [0.5, 0.9, 0.99])
def test_intervals_of_known_draws(normal: xr.DataArray, interval: float) -> None:
    found = summarise(normal, interval).sel(group="elite", span="2019")
    reach = SD * stats.norm.ppf((1 + interval) / 2)
    density = stats.norm.pdf(reach / SD) / SD
    error = 5 * math.sqrt((1 + interval) / 2 * (1 - interval) / 2 / 10_000) / density
    assert float(found["low"]) == pytest.approx(MEAN - reach, abs=error)
    assert float(found["high"]) == pytest.approx(MEAN + reach, abs=error)
    assert float(found["median"]) == pytest.approx(MEAN, abs=5 * SD * 1.2533 / 100)
    assert float(found["mean"]) == pytest.approx(MEAN, abs=5 * SD / 100)
    assert float(found["sd"]) == pytest.approx(SD, rel=0.04)
    assert found.attrs == {"units": "persons", "interval": interval}


def test_error_of_the_median_of_independent_draws(normal: xr.DataArray) -> None:
    found = float(summarise(normal)["mcse"].sel(group="elite", span="2019"))
    # Standard error of a normal sample's median: sd sqrt(pi / 2 / n).
    assert found == pytest.approx(SD * math.sqrt(math.pi / 2 / 10_000), rel=0.2)


def test_error_grows_with_autocorrelation() -> None:
    rng = np.random.default_rng(2)
    noise = rng.normal(size=(4, 2000))
    walk = np.zeros_like(noise)
    for i in range(1, 2000):
        walk[:, i] = 0.9 * walk[:, i - 1] + math.sqrt(1 - 0.81) * noise[:, i]
    ratio = float(summarise(draws(walk))["mcse"]) / float(summarise(draws(noise))["mcse"])
    # The effective sample of a chain with correlation r is (1 - r) / (1 + r) of its length for the
    # mean; the median loses about as much.
    assert 3.0 < ratio < 6.0


def test_what_never_varies_has_no_error(normal: xr.DataArray) -> None:
    found = summarise(normal).sel(group="commoner", span="2020")
    assert float(found["mcse"]) == 0.0 and float(found["sd"]) == 0.0
    assert float(found["low"]) == float(found["median"]) == float(found["high"]) == 7.0


def test_too_few_draws_have_an_unknown_error() -> None:
    assert math.isnan(float(summarise(draws(np.arange(6.0).reshape(2, 3)))["mcse"]))


def test_the_order_of_the_dims_does_not_matter(normal: xr.DataArray) -> None:
    turned = summarise(normal.transpose("span", "draw", "group", "chain"))
    xr.testing.assert_allclose(summarise(normal), turned, check_dim_order=False)


def test_tidy_has_one_row_for_each_element(normal: xr.DataArray) -> None:
    table = tidy(normal)
    assert len(table) == 4
    summary = summarise(normal)
    for row in table.to_dict(orient="records"):
        one = summary.sel(group=row["group"], span=row["span"])
        for name in ("median", "low", "high", "mean", "sd", "mcse"):
            assert row[name] == float(one[name])
    assert set(table["units"]) == {"persons"} and set(table["interval"]) == {INTERVAL}


def test_nothing_rounds(normal: xr.DataArray) -> None:
    found = float(summarise(normal)["mean"].sel(group="elite", span="2019"))
    assert found == pytest.approx(normal.sel(group="elite", span="2019").values.mean(), rel=1e-14)


def test_stack_puts_chains_behind_each_other(normal: xr.DataArray) -> None:
    found = stack(normal)
    assert found.dims == ("group", "span", "sample")
    first = normal.sel(group="elite", span="2019").values.ravel()
    np.testing.assert_array_equal(found.sel(group="elite", span="2019"), first)


# --- digits ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mcse, places",
    [(30.0, 0), (0.5, 0), (0.051, 0), (0.05, 1), (0.02, 1), (0.005, 2), (0.004, 2), (2e-4, 3),
     (math.nan, 0), (math.inf, 0)],
)  # fmt: skip
def test_digits(mcse: float, places: int) -> None:
    assert digits(mcse) == places
    if math.isfinite(mcse) and places:
        # Twice the error moves the last digit by no more than one.
        assert 2 * mcse <= 10.0**-places * (1 + 1e-9)


def test_digits_of_no_error_are_finite() -> None:
    assert digits(0.0) >= 9


# --- probabilities --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value, mcse, text",
    [
        (0.5, 0.02, "0.50"),
        (0.5, 0.2, "0.50"),
        (0.12345, 0.0002, "0.123"),
        (0.12345, 1e-9, "0.123"),
        (1.0, 1 / 4000, "> 0.999"),
        (0.0, 1 / 4000, "< 0.001"),
        (1.0, 1 / 400, "> 0.99"),
        (0.0, 1 / 20, "< 0.1"),
        (1.0, 1 / 20, "> 0.9"),
        (0.9999, 0.0001, "> 0.999"),
        (0.999, 0.0001, "0.999"),
        (0.9951, 0.004, "> 0.99"),
        (0.0049, 0.004, "< 0.01"),
        (0.01, 0.004, "0.01"),
    ],
)
def test_a_probability_in_words(value: float, mcse: float, text: str) -> None:
    assert str(Probability(value, mcse)) == text


def test_a_probability_is_never_written_as_certain() -> None:
    for total in (8, 20, 400, 4000, 100_000):
        for hits in {0, 1, 2, total // 2, total - 2, total - 1, total}:
            value = hits / total
            mcse = math.sqrt(value * (1 - value) / total) or 1 / total
            text = str(Probability(value, mcse))
            assert float(text.strip("<> ")) not in (0.0, 1.0), (hits, total, text)
            bound = float(text.strip("<> "))
            if text[0] == ">":
                assert value > bound
            elif text[0] == "<":
                assert value < bound
            else:
                assert abs(value - bound) <= 0.005 + 1e-12


def test_probability_and_its_error() -> None:
    event = draws(np.random.default_rng(1).uniform(size=(4, 2500)) < 0.3)
    found = probability(event)
    assert found.value == float(event.mean())
    assert found.mcse == pytest.approx(math.sqrt(0.3 * 0.7 / 10_000), rel=0.15)


def test_a_sticky_event_has_a_larger_error() -> None:
    sticky = np.repeat(np.random.default_rng(1).uniform(size=(4, 100)) < 0.3, 25, axis=1)
    found = probability(draws(sticky))
    assert found.mcse > 3 * math.sqrt(found.value * (1 - found.value) / sticky.size)


@pytest.mark.parametrize("value", [False, True])
def test_an_event_of_all_draws_is_uncertain_by_one_draw(value: bool) -> None:
    found = probability(draws(np.full((4, 250), value)))
    assert found == (float(value), 1 / 1000)
    assert "0." in str(found) and str(found)[0] in "<>"


def test_the_order_of_an_events_dims_does_not_matter() -> None:
    event = draws(np.random.default_rng(1).uniform(size=(4, 250)) < 0.3)
    assert probability(event) == probability(event.transpose("draw", "chain"))


def test_thresholds_of_intervals_are_ordered(normal: xr.DataArray) -> None:
    widths = [
        float((found["high"] - found["low"]).sel(group="elite", span="2019"))
        for found in (summarise(normal, level) for level in (0.5, 0.8, 0.9, 0.99))
    ]
    assert all(a < b for a, b in pairwise(widths))
