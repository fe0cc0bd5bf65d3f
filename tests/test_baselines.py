from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from defectmodels.errors import EvidenceError, SpecError, UnknownNameError
from defectmodels.estimands.scores import crps
from defectmodels.studies.baselines import (
    ENOUGH,
    FLOOR,
    NAMES,
    Counts,
    baseline,
    own_errors,
    poisson_mixture,
    spread_of,
    step_weights,
)

QUARTERS = Counts(np.random.default_rng(1).poisson(np.tile([40, 60, 80, 50], 6)), 4)
YEARS = Counts(np.random.default_rng(2).poisson(900 * np.exp(np.arange(12) * -0.1)), 1)


def run(name: str, series: Counts, **more: Any) -> Any:
    return baseline(name, series, **({"steps": 2, "draws": 4000, "random_seed": 3} | more))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("skip", [0, 2])
def test_draws_and_log_probability_are_one_distribution(name: str, skip: int) -> None:
    found = run(name, QUARTERS, skip=skip)
    counts = np.arange(0, 800)
    pmf = np.exp([found.log_pmf(int(n)) for n in counts])
    assert pmf.sum() == pytest.approx(1.0, abs=0.02)
    cdf = np.cumsum(pmf)
    for share in (0.1, 0.5, 0.9):
        at = np.quantile(found.draws, share)
        # Sums of simulated paths are only nearly normal in logs.
        assert cdf[int(at)] == pytest.approx(share, abs=0.05)


# ARIMA of seasons takes ten seconds a series.
LATER = [pytest.param(one, marks=pytest.mark.slow) if one == "ARIMA" else one for one in NAMES]


@pytest.mark.parametrize("name", LATER)
def test_the_same_seed_gives_the_same_draws(name: str) -> None:
    first, again = run(name, QUARTERS), run(name, QUARTERS)
    np.testing.assert_array_equal(first.draws, again.draws)
    assert not np.array_equal(run(name, QUARTERS, random_seed=4).draws, first.draws)
    assert first.draws.shape == (4000,) and (first.draws >= 0).all()


@pytest.mark.parametrize(
    ("name", "skip", "want"),
    [
        ("last value", 0, 3 * 8),
        ("last value", 2, 3 * 8),
        ("mean of last four", 0, 3 * 6.5),
        ("seasonal last value", 0, 5 + 6 + 7),
        ("seasonal last value", 2, 7 + 8 + 5),
    ],
)
def test_the_centre_of_a_rule(name: str, skip: int, want: float) -> None:
    series = Counts(np.arange(1, 9), 4)
    found = run(name, series, steps=3, skip=skip, draws=20_000)
    assert np.median(found.draws) == pytest.approx(want, rel=0.03)


def test_spread_comes_from_own_errors_over_as_many_steps() -> None:
    series = Counts(np.array([10, 20, 40, 80]), 1)

    def last(values: np.ndarray, season: int, skip: int, steps: int) -> float:
        return float(values[-1] * steps)

    errors = own_errors(last, series, 0, 2, 1)
    want = [math.log(60.5 / 20.5), math.log(120.5 / 40.5)]
    np.testing.assert_allclose(errors, want)
    np.testing.assert_allclose(own_errors(last, series, 1, 2, 1), [math.log(120.5 / 20.5)])
    missing = ENOUGH - 2
    scale = math.sqrt((sum(e**2 for e in want) + missing * FLOOR**2) / ENOUGH)
    assert spread_of(errors) == pytest.approx(scale)
    assert spread_of(np.full(9, 0.1)) == pytest.approx(0.1)
    assert spread_of(np.zeros(0)) == pytest.approx(FLOOR)
    found = run("last value", series, draws=50_000)
    assert np.log(found.draws + 0.5).std() == pytest.approx(scale, rel=0.02)


@pytest.mark.parametrize("name", LATER)
def test_the_score_of_a_baseline_has_a_mean(name: str) -> None:
    """CRPS in persons does not hang on the largest few draws."""
    both = [crps(90, run(name, QUARTERS, random_seed=seed, skip=1).draws) for seed in (1, 2)]
    assert both[0] == pytest.approx(both[1], rel=0.15)


def test_the_walk_finds_the_size_of_its_steps() -> None:
    rng = np.random.default_rng(5)
    for cv in (0.05, 0.5):
        shape = 1 / cv**2
        mean = 5000 * np.cumprod(rng.gamma(shape, 1 / shape, size=200))
        grid = np.geomspace(0.02, 2.0, 100)
        found = (step_weights(rng.poisson(mean)) * np.log(grid)).sum()
        assert found == pytest.approx(math.log(cv), abs=0.3)


def test_a_walk_spreads_with_the_steps_ahead() -> None:
    near = run("random walk", YEARS, steps=1, draws=20_000)
    far = run("random walk", YEARS, steps=1, skip=8, draws=20_000)
    assert np.log(far.draws + 0.5).std() > 1.5 * np.log(near.draws + 0.5).std()
    assert np.mean(near.draws) == pytest.approx(YEARS.values[-1], rel=0.05)


def test_ets_sees_a_season() -> None:
    found = run("ETS", QUARTERS, steps=1, skip=2)
    assert 65 < np.median(found.draws) < 100


def test_a_mixture_is_a_mixture() -> None:
    mean = np.array([2.0, 30.0])
    found = poisson_mixture(np.repeat(mean, 5000), np.random.default_rng(1))
    assert found.log_pmf(4) == pytest.approx(math.log(stats.poisson.pmf(4, mean).mean()))
    assert found.draws.mean() == pytest.approx(16.0, rel=0.05)


def test_what_cannot_be_forecast_says_why() -> None:
    short = Counts(np.array([3]), 1)
    with pytest.raises(EvidenceError, match="'ETS' needs 8 counts, and the series has 1"):
        run("ETS", short)
    with pytest.raises(EvidenceError, match="has no seasons"):
        run("seasonal last value", YEARS)
    with pytest.raises(UnknownNameError, match="Did you mean 'ARIMA'"):
        run("ARMA", YEARS)
    # One value is enough for the last one, with the floor as its spread.
    assert np.log(run("last value", short).draws + 0.5).std() > 0.2


def test_without_statsmodels_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("statsmodels"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(SpecError, match=r"pip install 'defectmodels\[backtest\]'"):
        run("ARIMA", YEARS)
    assert len(run("random walk", YEARS).draws) == 4000
