from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats

from defectmodels.errors import SpecError
from defectmodels.estimands.scores import (
    central,
    coverage,
    crps,
    interval_score,
    log_score,
    log_score_interval,
)


def exact_crps(law: object, observed: int, most: int) -> float:
    """Sum of (F(x) - 1{x >= y})^2 over whole numbers."""
    x = np.arange(most)
    return float(((law.cdf(x) - (x >= observed)) ** 2).sum())  # type: ignore[attr-defined]


def test_crps_of_every_pair_of_draws() -> None:
    """Against going through all pairs."""
    draws = np.random.default_rng(1).normal(size=37)
    gaps = np.abs(draws[:, None] - draws[None, :]).sum() / (37 * 36)
    assert crps(0.4, draws) == pytest.approx(np.abs(draws - 0.4).mean() - gaps / 2, abs=1e-13)


@pytest.mark.parametrize("observed", [0, 9, 12, 30])
def test_crps_of_a_poisson(observed: int) -> None:
    law = stats.poisson(12.0)
    draws = law.rvs(200_000, random_state=2)
    assert crps(observed, draws) == pytest.approx(exact_crps(law, observed, 200), abs=0.03)


def test_crps_of_a_normal() -> None:
    """Gneiting & Raftery 2007, equation 21."""
    z = 0.7
    want = z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / math.sqrt(math.pi)
    draws = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    assert crps(z, draws) == pytest.approx(want, abs=1e-3)


def test_crps_has_no_bias_with_few_draws() -> None:
    law = stats.poisson(5.0)
    draws = law.rvs((20_000, 3), random_state=3)
    found = np.array([crps(7, one) for one in draws])
    error = found.std() / math.sqrt(len(found))
    assert abs(found.mean() - exact_crps(law, 7, 100)) < 4 * error
    assert abs(np.array([crps(7, one) for one in draws]).mean() - exact_crps(law, 7, 100)) < 0.02


def test_crps_of_one_point_is_the_distance() -> None:
    assert crps(10, np.full(5, 7)) == 3.0
    with pytest.raises(SpecError, match="two or more"):
        crps(1, np.array([1]))


def test_log_score_of_a_mixture() -> None:
    mean = np.array([3.0, 9.0, 20.0])
    want = math.log(np.mean([math.exp(-m) * m**7 / math.factorial(7) for m in mean]))
    assert log_score(7, mean) == pytest.approx(want, abs=1e-12)


def test_log_score_of_gamma_draws_is_the_negative_binomial() -> None:
    size, mean = 4.0, 50.0
    gamma = stats.gamma(size, scale=mean / size)
    want = stats.nbinom.logpmf(31, size, size / (size + mean))
    # The mixture integrated, as draws at equal steps of probability.
    draws = gamma.ppf((np.arange(100_000) + 0.5) / 100_000)
    assert log_score(31, draws) == pytest.approx(want, abs=1e-3)
    assert log_score(31, np.full(3, mean), np.full(3, size)) == pytest.approx(want, abs=1e-12)


def test_probabilities_add_up() -> None:
    mean, size = np.array([4.0, 11.0]), np.array([2.0, 30.0])
    for more in (None, size):
        each = [math.exp(log_score(n, mean, more)) for n in range(1000)]
        assert sum(each) == pytest.approx(1.0, abs=1e-9)
        assert log_score_interval(3, 8, mean, more) == pytest.approx(math.log(sum(each[3:9])))
        assert log_score_interval(3, None, mean, more) == pytest.approx(math.log(sum(each[3:])))
        assert log_score_interval(6, 6, mean, more) == pytest.approx(log_score(6, mean, more))
        assert log_score_interval(0, None, mean, more) == 0.0


def test_a_far_interval_keeps_its_digits() -> None:
    mean = np.array([5.0])
    want = math.log(stats.poisson.pmf(np.arange(40, 51), 5.0).sum())
    assert log_score_interval(40, 50, mean) == pytest.approx(want, rel=1e-9)
    with pytest.raises(SpecError, match="holds no number"):
        log_score_interval(5, 4, mean)


def test_the_log_score_is_proper() -> None:
    """The law itself has a better mean score than its neighbours."""
    counts = np.arange(200)
    weight = stats.poisson.pmf(counts, 20.0)
    scored = {
        m: sum(w * log_score(int(n), np.array([m])) for n, w in zip(counts, weight, strict=True))
        for m in (18.0, 20.0, 22.0)
    }
    assert max(scored, key=lambda m: scored[m]) == 20.0


def test_interval_score() -> None:
    assert interval_score(5, 2, 9) == 7.0
    assert interval_score(1, 2, 9) == pytest.approx(7 + 20 * 1)
    assert interval_score(12, 2, 9, 0.5) == pytest.approx(7 + 4 * 3)

    # The expected score of a standard normal is least at its own quantiles.
    def mean_score(end: float) -> float:
        law = stats.norm.pdf
        return integrate.quad(lambda y: interval_score(y, -end, end) * law(y), -9, 9, limit=200)[0]

    best = stats.norm.ppf(0.95)
    assert mean_score(best) < min(mean_score(best - 0.2), mean_score(best + 0.2))


def test_central_and_coverage() -> None:
    assert central(np.arange(101)) == pytest.approx((50.0, 5.0, 95.0))
    share, low, high = coverage(np.array([True] * 9 + [False]))
    assert share == 0.9 and 0.6 < low < 0.9 < high < 1.0
    assert math.isnan(coverage(np.zeros(0, bool))[0])
