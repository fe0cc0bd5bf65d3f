"""Partial pooling: brute force, closed forms and both limits."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from defectmodels.estimands.pooling import TAU_SCALE, pool, tau_posterior

SAMPLES = 60_000


def first_stage(mean: np.ndarray, covariance: np.ndarray, samples: int = SAMPLES) -> np.ndarray:
    """Draws (sample, level) whose mean and covariance are just these."""
    raw = np.random.default_rng(0).standard_normal((samples, len(mean)))
    raw = raw - raw.mean(axis=0)
    raw = np.linalg.solve(np.linalg.cholesky(np.cov(raw, rowvar=False)), raw.T).T
    found: np.ndarray = mean + raw @ np.linalg.cholesky(covariance).T
    return found


def brute(
    mean: np.ndarray, covariance: np.ndarray, draws: int = 2_000_000
) -> dict[str, np.ndarray]:
    """Mean, sd and odds of pooled levels: draws from the prior, weighted by how well they agree."""
    rng = np.random.default_rng(7)
    mu = rng.uniform(mean.min() - 3, mean.max() + 3, (draws, 1))
    tau = TAU_SCALE * abs(rng.standard_normal((draws, 1)))
    theta = mu + tau * rng.standard_normal((draws, len(mean)))
    weight = stats.multivariate_normal(mean, covariance).pdf(theta)
    weight /= weight.sum()
    assert 1 / (weight @ weight) > 30_000
    centre = weight @ theta
    return {
        "mean": centre,
        "sd": np.sqrt(weight @ (theta - centre) ** 2),
        "up": weight @ (np.diff(theta, axis=1) > 0),
    }


@pytest.mark.parametrize(
    ("mean", "sd", "correlation"),
    [
        ([-4.0, -3.6, -3.0], [0.3, 0.2, 0.4], 0.0),
        ([-4.0, -3.6, -3.0], [0.5, 0.5, 0.6], 0.7),
        ([0.0, 0.1, 0.1], [0.4, 0.3, 0.5], 0.3),
    ],
)
def test_it_is_what_brute_force_gives(
    mean: list[float], sd: list[float], correlation: float
) -> None:
    scale = np.array(sd)
    covariance = np.outer(scale, scale) * (correlation + (1 - correlation) * np.eye(3))
    expected = brute(np.array(mean), covariance)
    found = pool(first_stage(np.array(mean), covariance), np.random.default_rng(1))
    np.testing.assert_allclose(found.mean(axis=0), expected["mean"], atol=0.006)
    np.testing.assert_allclose(found.std(axis=0), expected["sd"], rtol=0.02)
    up = (np.diff(found, axis=1) > 0).mean(axis=0)
    np.testing.assert_allclose(up, expected["up"], atol=0.012)


def test_two_levels_by_quadrature() -> None:
    """With mu flat the difference d has the prior int Normal(d; 0, sqrt(2) tau) p(tau) dtau."""
    mean, covariance = np.array([0.0, 0.8]), np.array([[0.09, 0.02], [0.02, 0.16]])
    sd = np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    tau = np.geomspace(1e-6, 8, 6000)
    prior = stats.halfnorm(scale=TAU_SCALE).pdf(tau)
    # Symmetric around 0, which the logarithmic pole of the prior sits at.
    step = np.geomspace(1e-7, 4, 2500)
    of_step = np.trapezoid(stats.norm.pdf(step[:, None], 0, np.sqrt(2) * tau) * prior, tau, axis=1)
    mass = {
        sign: stats.norm.pdf(sign * step, mean[1] - mean[0], sd) * of_step for sign in (-1.0, 1.0)
    }
    whole = sum(np.trapezoid(one, step) for one in mass.values())
    up = np.trapezoid(mass[1.0], step) / whole
    middle = sum(np.trapezoid(sign * step * one, step) for sign, one in mass.items()) / whole
    found = np.diff(pool(first_stage(mean, covariance), np.random.default_rng(2)), axis=1)
    assert (found > 0).mean() == pytest.approx(up, abs=0.005)
    assert found.mean() == pytest.approx(middle, abs=0.005)
    assert 0.0 < found.mean() < 0.8


def test_posterior_of_tau_is_that_of_integrating_the_levels_out() -> None:
    mean, sd = np.array([1.0, 1.5, 0.2]), np.array([0.2, 0.3, 0.25])
    values, odds = tau_posterior(first_stage(mean, np.diag(sd**2)))

    def density(tau: float) -> float:
        def of_mu(mu: float) -> float:
            return float(np.prod(stats.norm.pdf(mean, mu, np.sqrt(sd**2 + tau**2))))

        return float(
            integrate.quad(of_mu, -8, 10, limit=200)[0] * stats.halfnorm(scale=TAU_SCALE).pdf(tau)
        )

    whole = integrate.quad(density, 0, 6)[0]
    below = integrate.quad(density, 0, 0.5)[0] / whole
    assert odds.sum() == pytest.approx(1)
    assert odds[values < 0.5].sum() == pytest.approx(below, abs=0.005)


def test_the_limits_are_one_level_and_the_draws_themselves() -> None:
    covariance = np.array([[0.09, 0.02, 0.0], [0.02, 0.16, 0.01], [0.0, 0.01, 0.04]])
    draws = first_stage(np.array([0.0, 0.8, 0.3]), covariance, 2000)
    equal = pool(draws, np.random.default_rng(0), tau=1e-7)
    assert np.ptp(equal, axis=1).max() < 1e-4
    weights = np.linalg.solve(covariance, np.ones(3))
    np.testing.assert_allclose(equal[:, 0], draws @ weights / weights.sum(), atol=1e-4)
    np.testing.assert_allclose(pool(draws, np.random.default_rng(0), tau=1e5), draws, atol=1e-4)


def test_pooling_at_a_given_tau_has_its_normal_law() -> None:
    mean, variance, tau = np.array([0.0, 1.0, 0.4]), np.array([0.1, 0.2, 0.3]), 0.5
    found = pool(first_stage(mean, np.diag(variance)), np.random.default_rng(3), tau=tau)
    precision = 1 / (variance + tau**2)
    centre = (precision * mean).sum() / precision.sum()
    shrink = tau**2 * precision
    np.testing.assert_allclose(found.mean(axis=0), centre + shrink * (mean - centre), atol=0.005)
    expected = np.diag(shrink * variance) + np.outer(1 - shrink, 1 - shrink) / precision.sum()
    np.testing.assert_allclose(np.cov(found, rowvar=False), expected, atol=0.004)


def test_levels_that_are_the_same_stay_the_same() -> None:
    one = np.random.default_rng(0).normal(size=(500, 1))
    found = pool(np.repeat(one, 4, axis=1), np.random.default_rng(0))
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found, np.repeat(one, 4, axis=1), atol=1e-3)


def test_adding_to_every_level_adds_to_the_pooled_ones() -> None:
    draws = first_stage(np.array([0.0, 1.0, 0.4]), np.eye(3) * 0.1, 200)
    moved = pool(draws + 5.0, np.random.default_rng(0))
    np.testing.assert_allclose(moved, pool(draws, np.random.default_rng(0)) + 5.0, atol=1e-9)
