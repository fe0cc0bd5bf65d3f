"""Coverage, uniformity and reliability of ranks whose law is known."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from defectmodels.studies.sbc_run import RANKED
from defectmodels.studies.sbc_tables import (
    COVERAGE,
    band,
    coverage,
    coverage_error,
    coverage_table,
    event_table,
    reliability,
    transformed,
    uniformity,
)

EVERY = np.arange(RANKED + 1, dtype=float)


@pytest.mark.parametrize("probability", COVERAGE)
def test_every_rank_once_covers_exactly(probability: float) -> None:
    assert coverage(EVERY, probability) == pytest.approx(probability, abs=1e-12)
    # A rank that an end of the interval cuts counts for a part.
    var = np.array([coverage(EVERY[[at]], probability) for at in range(RANKED + 1)]).var()
    assert coverage_error(probability, 40) == pytest.approx(math.sqrt(var / 40), rel=1e-12)


def test_middle_and_ends() -> None:
    assert coverage(np.array([49.0, 50.0]), 0.5) == 1.0
    assert coverage(np.array([0.0, 99.0]), 0.95) == 0.0
    assert math.isnan(coverage(np.zeros(0), 0.5)) and math.isnan(coverage_error(0.5, 0))


def test_p_is_uniform_of_uniform_ranks_and_small_of_others() -> None:
    rng = np.random.default_rng(4)
    found = [
        uniformity(transformed(rng.integers(0, RANKED + 1, 60).astype(float), seed))
        for seed in range(300)
    ]
    assert stats.kstest(found, "uniform").pvalue > 0.01
    # Too wide, too narrow, shifted, and with far too many at one end.
    other = {
        "wide": stats.beta(2, 2).rvs(200, random_state=rng),
        "narrow": stats.beta(0.5, 0.5).rvs(200, random_state=rng),
        "shifted": stats.beta(1.0, 1.6).rvs(200, random_state=rng),
        "end": np.where(rng.random(200) < 0.05, 1e-4 * rng.random(200), rng.random(200)),
    }
    for name, values in other.items():
        assert uniformity(values) < 1e-3, name
    # Beyond what was simulated it still tells more from less.
    assert uniformity(np.linspace(0.001, 0.1, 50)) < 1e-20
    assert math.isnan(uniformity(np.zeros(1)))


def test_the_band_holds_as_often_as_it_says() -> None:
    rng, inside = np.random.default_rng(2), 0
    for _ in range(250):
        one = band(rng.random(80))
        inside += bool(((one["low"] <= one["ecdf"]) & (one["ecdf"] <= one["high"])).all())
    # It is looked at in 99 places, not in all: it holds a little more often.
    assert 0.92 < inside / 250 <= 1.0
    one = band(rng.random(80))
    assert one.iloc[0].tolist() == [0.0] * 4 and one.iloc[-1].tolist() == [1.0] * 4
    outside = band(stats.beta(2, 2).rvs(300, random_state=rng))
    assert ((outside["ecdf"] < outside["low"]) | (outside["ecdf"] > outside["high"])).any()


def test_ranks_at_random_within_their_step() -> None:
    ranks = np.array([0.0, 50.0, 99.0, np.nan])
    found = transformed(ranks, 3)
    assert (np.floor(found[:3] * (RANKED + 1)) == ranks[:3]).all() and np.isnan(found[3])
    np.testing.assert_array_equal(found, transformed(ranks, 3))


def test_a_quantity_that_seldom_varies_is_counted_where_it_does() -> None:
    table = coverage_table(pd.DataFrame({"a": EVERY, "b": [np.nan] * 99 + [50.0]}), 1)
    assert table["simulations"].tolist() == [100, 1] and math.isnan(table["p"][1])
    assert table["covered_90"][0] == pytest.approx(0.9)


def said(
    rng: np.random.Generator, n: int, turned: float = 1.0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Probabilities, and events that have them where `turned` is 1."""
    chance = rng.beta(1.0, 1.0, n)
    odds = turned * np.log(chance / (1.0 - chance))
    was = rng.random(n) < 1.0 / (1.0 + np.exp(-odds))
    return pd.DataFrame({"P(a)": chance}), pd.DataFrame({"P(a)": was})


def test_events_that_are_so_as_often_as_said() -> None:
    rng = np.random.default_rng(9)
    p = [event_table(*said(rng, 200))["p"][0] for _ in range(300)]
    # The smaller of two, doubled: seldom small, at most as often as it says.
    for limit in (0.01, 0.05, 0.2):
        assert np.mean(np.array(p) < limit) < limit + 3 * math.sqrt(limit / 300)
    assert event_table(*said(rng, 400, turned=0.4))["p"][0] < 1e-3
    assert event_table(*said(rng, 400, turned=2.5))["p"][0] < 1e-2
    sure = pd.DataFrame({"P(a)": [0.0, 1.0]})
    assert event_table(sure, sure.astype(bool))["p"][0] == 1.0


def test_a_reliability_table_has_every_simulation_once() -> None:
    chances, events = said(np.random.default_rng(1), 500)
    table = reliability(chances, events)
    assert table["n"].sum() == 500 and (table["low"] < table["high"]).all()
    assert ((table["said"] >= table["low"]) & (table["said"] <= table["high"])).all()
    away = (table["was"] - table["said"]).abs()
    assert (away < 4 * table["error"]).all()
    total = (table["was"] * table["n"]).sum()
    assert total == pytest.approx(events["P(a)"].sum())
