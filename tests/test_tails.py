"""How far out a number lies among its draws, against laws whose tails are known."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from scipy import signal, stats

from defectmodels.estimands.checks import TAIL, _misfit
from defectmodels.estimands.tails import BLOCKS, DOUBT, FEW, tails

ONE = np.array([0])
ROWS = 84
LAW = stats.nbinom(4.0, 4.0 / (4.0 + 60.0))


def tail(draws: np.ndarray, low: float, high: float) -> tuple[float, float]:
    """Tail and error of one row of one reading: draws (sample,)."""
    found, error = tails(draws[:, None], np.array([low]), np.array([high]), ONE)
    return float(found[0]), float(error[0])


def drawn(seed: int, size: int = 4000) -> np.ndarray:
    return np.asarray(LAW.rvs(size, random_state=np.random.default_rng([seed, 3])))


def number(product: float) -> int:
    """The number whose upper tail, twice and times the rows, comes nearest."""
    return int(LAW.isf(product / 2 / ROWS)) + 1


def told(seed: int, at: int) -> str:
    """What the check says of the worst of many rows, published at a number."""
    value, error = tail(drawn(seed), at, at)
    columns = {"tail": [value, *[1.0] * (ROWS - 1)], "tail_error": [error, *[0.0] * (ROWS - 1)]}
    names = [f"R{row}" for row in range(ROWS)]
    return _misfit(xr.Dataset({k: ("row", v) for k, v in columns.items()}, {"row": names})).verdict


@pytest.mark.parametrize("at", [0, 1, 20, 60, 150, 250, 300, 400, 600])
def test_the_tail_is_that_of_the_law(at: int) -> None:
    want = min(1.0, 2 * min(LAW.cdf(at), LAW.sf(at - 1)))
    found = [tail(drawn(seed), at, at) for seed in range(20)]
    away = [abs(np.log(value / want)) / max(error, 1e-9) for value, error in found if value < 1.0]
    assert np.median(away or [0.0]) < 1.5 and max(away, default=0.0) < 5.0


@pytest.mark.parametrize("at", [150, 250, 400])
def test_the_error_is_how_much_seeds_differ(at: int) -> None:
    found = np.array([tail(drawn(seed), at, at) for seed in range(100)])
    stated, real = np.sqrt((found[:, 1] ** 2).mean()), np.log(found[:, 0]).std()
    # Where some seeds count draws and some believe the law, the step between makes it too large.
    assert 0.8 < stated / real < 1.6


def test_neighbours_that_resemble_each_other_raise_the_error() -> None:
    rng = np.random.default_rng(2)
    walks = signal.lfilter([1.0], [1.0, -0.9], rng.normal(size=(40, 4000)))
    slow = [tail(LAW.ppf(stats.norm.cdf(w / w.std())), 100, np.inf)[1] for w in walks]
    quick = [tail(drawn(seed), 100, np.inf)[1] for seed in range(40)]
    # What an autocorrelation of 0.9 costs: (1 + r) / (1 - r) times the variance, less in a tail.
    assert 2.0 < np.mean(slow) / np.mean(quick) < np.sqrt(1.9 / 0.1)


def test_many_draws_beyond_are_counted() -> None:
    draws = np.concatenate([np.full(3990, 10), np.full(10, 500)])
    value, error = tail(np.random.default_rng(1).permutation(draws), 500, 500)
    assert value == pytest.approx(20 / 4000) and error == pytest.approx(10**-0.5, rel=0.4)


def test_draws_may_refute_the_law() -> None:
    """Three of 4000 lie where the law of their mean and variance has next to nothing."""
    narrow = stats.poisson.rvs(50, size=4000, random_state=1)
    narrow[[7, 1700, 3200]] = 120
    assert FEW > 3 and stats.nbinom.sf(119, *moments(narrow)) * 4000 < 0.01
    assert tail(narrow, 120, 120)[0] == pytest.approx(2 * 3 / 4000)


def test_none_beyond_is_at_most_what_none_allows() -> None:
    """A law that expects a hundred of the draws is not believed where none came."""
    draws = np.full(4000, 50)
    draws[::2] = 90
    assert stats.nbinom.sf(99, *moments(draws)) * 4000 > 100
    assert tail(draws, 100, 100)[0] == pytest.approx(2 * -np.log(DOUBT) / 4000)


def moments(draws: np.ndarray) -> tuple[float, float]:
    size = draws.mean() ** 2 / (draws.var() - draws.mean())
    return size, size / (size + draws.mean())


def test_of_several_readings_the_one_least_far_out() -> None:
    draws = np.stack([drawn(1)] * 3, axis=1)
    low, high = np.array([400, 70, 400]), np.array([400, 80, 400])
    found, error = tails(draws, low, high, np.array([0, 2]))
    assert found[0] == pytest.approx(tail(drawn(1), 70, 80)[0])
    assert (found[1], error[1]) == pytest.approx(tail(drawn(1), 400, 400))


def test_few_draws() -> None:
    assert np.isnan(tail(np.array([3]), 5, 5)[1])
    assert np.isfinite(tail(np.arange(BLOCKS - 3), 5, 5)).all()


@pytest.mark.parametrize(
    ("product", "verdict"), [(0.3, "pass"), (0.08, "pass"), (0.02, "warn"), (2e-5, "fail")]
)
def test_another_seed_says_the_same(product: float, verdict: str) -> None:
    assert {told(seed, number(product)) for seed in range(30)} == {verdict}


def test_what_hardly_crosses_is_not_clear() -> None:
    """At a threshold hardly any seed says the worse; by counting draws more than a third would."""
    for limit, worse in zip(TAIL, ("warn", "fail"), strict=True):
        at = number(limit) - 1
        assert sum(told(seed, at) == worse for seed in range(50)) <= 5
    counted = [(drawn(seed) >= number(TAIL[0])).mean() * 2 * ROWS < TAIL[0] for seed in range(100)]
    assert 30 < sum(counted) < 70


@pytest.mark.parametrize(
    ("value", "error", "verdict", "limit"),
    [
        (0.04, 0.0, "warn", ""), (0.04, 0.1, "warn", ""), (0.04, 0.12, "pass", "0.05"),
        (5e-4, 0.3, "fail", ""), (5e-4, 0.4, "warn", "0.001"), (5e-4, 5.0, "pass", "0.05"),
        (0.2, 0.3, "pass", ""), (1e-200, 400.0, "pass", "0.05"), (0.2, np.nan, "fail", "0.001"),
    ],
)  # fmt: skip
def test_the_verdict_is_clear_of_the_threshold(
    value: float, error: float, verdict: str, limit: str
) -> None:
    columns = {"tail": ("row", [value]), "tail_error": ("row", [error])}
    found = _misfit(xr.Dataset(columns, {"row": ["S1"]}))
    assert (found.verdict, found.name) == (verdict, "largest misfit")
    said = f"leaves open whether that is under {limit}"
    assert found.text.endswith(said) if limit else "leaves open" not in found.text
    assert "times 1 row " in found.text
