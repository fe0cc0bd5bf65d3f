from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from pydantic import TypeAdapter, ValidationError
from scipy import stats

from defectmodels.model.priors import Z90, Gamma, LogNormal, Prior
from smallworld import PY

LOGNORMAL = LogNormal(median=20.0, factor=10.0, why="a test")
GAMMA = Gamma(dist="gamma", mean=3.0, shape=2.5, why="a test")


@pytest.mark.parametrize(("median", "factor"), [(1.0, 1.6), (20.0, 10.0), (0.15, 3.0)])
def test_90_percent_of_the_mass_lies_within_the_factor(median: float, factor: float) -> None:
    prior = LogNormal(median=median, factor=factor, why="a test")
    quantity = stats.lognorm(prior.sigma, scale=np.exp(prior.mu))
    inside = quantity.cdf(median * factor) - quantity.cdf(median / factor)
    assert inside == pytest.approx(0.9, abs=1e-12)
    assert quantity.cdf(median) == pytest.approx(0.5, abs=1e-12)


def test_z90_is_the_95_percent_quantile_of_the_standard_normal() -> None:
    assert stats.norm.ppf(0.95) == pytest.approx(Z90, abs=1e-14)


@pytest.mark.parametrize("probability", [0.05, 0.5, 0.95])
def test_quantiles_are_those_of_the_quantity(probability: float) -> None:
    z = stats.norm.ppf(probability)
    assert LOGNORMAL.quantile(probability) == pytest.approx(20.0 * 10.0 ** (z / Z90))
    shape, scale = GAMMA.shape, GAMMA.mean / GAMMA.shape
    assert stats.gamma(shape, scale=scale).cdf(GAMMA.quantile(probability)) == pytest.approx(
        probability
    )


def _log_density(prior: LogNormal | Gamma, value: np.ndarray, divisor: float) -> np.ndarray:
    with pm.Model():
        variable = prior.log_rv("x", divisor=divisor)
        return np.array([pm.logp(variable, pt.constant(v)).eval(mode=PY) for v in value])


@pytest.mark.parametrize("divisor", [1.0, 1000.0])
def test_gamma_density_of_the_log_is_that_of_the_quantity_times_the_jacobian(
    divisor: float,
) -> None:
    x = np.array([1e-6, 0.3, 1.0, 3.0, 30.0]) / divisor
    quantity = stats.gamma(GAMMA.shape, scale=GAMMA.mean / divisor / GAMMA.shape)
    want = quantity.logpdf(x) + np.log(x)
    np.testing.assert_allclose(_log_density(GAMMA, np.log(x), divisor), want, rtol=1e-10)


@pytest.mark.parametrize("divisor", [1.0, 1000.0])
def test_lognormal_density_of_the_log_is_that_of_the_quantity_times_the_jacobian(
    divisor: float,
) -> None:
    x = np.array([0.01, 1.0, 20.0, 900.0]) / divisor
    want = stats.lognorm(LOGNORMAL.sigma, scale=20.0 / divisor).logpdf(x) + np.log(x)
    np.testing.assert_allclose(_log_density(LOGNORMAL, np.log(x), divisor), want, rtol=1e-10)


@pytest.mark.parametrize("prior", [LOGNORMAL, GAMMA], ids=["lognormal", "gamma"])
def test_draws_have_the_distribution_of_the_quantity(prior: LogNormal | Gamma) -> None:
    with pm.Model():
        log_x = prior.log_rv("x", divisor=10.0, shape=(4000,))
    draws = np.exp(pm.draw(log_x, random_seed=1, mode=PY)) * 10.0
    assert draws.shape == (4000,)
    at = np.array([prior.quantile(p) for p in (0.05, 0.25, 0.5, 0.75, 0.95)])
    share = (draws[:, None] <= at).mean(axis=0)
    np.testing.assert_allclose(share, [0.05, 0.25, 0.5, 0.75, 0.95], atol=0.03)


def test_the_kind_of_prior_is_read_from_its_word() -> None:
    read = TypeAdapter(Prior).validate_python
    assert isinstance(read({"dist": "gamma", "mean": 1, "shape": 2, "why": "x"}), Gamma)
    assert isinstance(read({"dist": "lognormal", "median": 1, "factor": 2, "why": "x"}), LogNormal)


@pytest.mark.parametrize(
    "wrong",
    [{"median": 0.0}, {"median": -1.0}, {"factor": 1.0}, {"factor": 0.5}, {"sigma": 2.0}],
)
def test_a_prior_that_is_none_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        LogNormal.model_validate({"median": 1.0, "factor": 2.0, "why": "a test"} | wrong)


def test_a_prior_without_a_reason_is_refused() -> None:
    with pytest.raises(ValidationError, match="why"):
        LogNormal.model_validate({"median": 1.0, "factor": 2.0})
