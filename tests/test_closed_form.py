"""The one model whose posterior is known: a Gamma prior on a rate, and Poisson counts."""

from __future__ import annotations

import numpy as np
import pytest
from arviz_stats.base import array_stats
from scipy import stats

from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.fit import Fit
from defectmodels.inference.sampling import fit
from defectmodels.model.spec import ModelSpec, load_model


@pytest.fixture(scope="module")
def spec() -> ModelSpec:
    return load_model("constant_rate")


@pytest.fixture(scope="module")
def fitted(spec: ModelSpec, shipped: Dataset) -> Fit:
    return fit(spec, shipped, random_seed=11, draws=2000, tune=500, chains=2, progress=False)


def exact(spec: ModelSpec, fitted: Fit) -> tuple[stats.rv_continuous, int, float]:
    """Gamma(shape + persons, shape / mean + person-years), from the statements themselves."""
    design = fitted.design
    assert not design.selection.nested and spec.frailty is None
    # Whole periods only, so that persons and person-years add up without any weighting.
    weights = np.array([row.weights for row in design.selection.direct])
    # Rounding to whole days: 2011 is said in two rows, which add to the year.
    np.testing.assert_allclose(weights.sum(axis=0), 1.0, atol=1e-12)
    persons = sum(row.interval.low for row in design.selection.direct)
    years = float((design.exposure * design.periods.years).sum())
    base = spec.baseline["everyone"]
    shape, mean = base.rate.shape, base.rate.mean / base.per  # type: ignore[union-attr]
    return stats.gamma(shape + persons, scale=1 / (shape / mean + years)), persons, years


def test_the_posterior_is_the_exact_gamma(
    spec: ModelSpec, fitted: Fit, capsys: pytest.CaptureFixture[str]
) -> None:
    law, persons, years = exact(spec, fitted)
    rate = fitted.posterior["rate"]
    # One rate for all periods.
    assert float((rate.max("period") - rate.min("period")).max()) < 1e-12 * float(rate.max())
    draws = rate.isel(group=0, period=0).transpose("chain", "draw").values
    sd = law.std()
    size = float(array_stats.ess(draws, method="mean"))
    spread_size = float(array_stats.ess(draws, method="sd"))
    rows = [
        ("mean", law.mean(), draws.mean(), sd / np.sqrt(size)),
        ("sd", sd, draws.std(ddof=1), sd / np.sqrt(2 * spread_size)),
    ]
    for p in (0.05, 0.95):
        ess = float(array_stats.ess(draws, method="quantile", prob=p))
        error = np.sqrt(p * (1 - p) / ess) / law.pdf(law.ppf(p))
        rows.append((f"{p:.0%}", law.ppf(p), np.quantile(draws, p), error))
    table = [f"{'':6}{'exact':>14}{'sampled':>14}{'error':>11}{'errors':>8}"]
    table += [
        f"{n:6}{e * 1e5:14.6f}{s * 1e5:14.6f}{m * 1e5:11.6f}{(s - e) / m:8.2f}"
        for n, e, s, m in rows
    ]
    with capsys.disabled():
        print(
            f"\nconstant_rate: {persons:,} persons in {years:,.0f} person-years; per 100,000",
            *table,
            sep="\n",
        )
    for name, truth, found, error in rows:
        assert error < 0.1 * sd, name  # otherwise the comparison would say nothing
        assert abs(found - truth) <= 4 * error, (name, truth, found, error)


def test_expected_arrivals_are_rate_times_person_years(fitted: Fit) -> None:
    constant, posterior = fitted.constant, fitted.posterior
    by_hand = posterior["rate"] * constant["exposure"] * constant["period_years"]
    np.testing.assert_allclose(
        posterior["expected"], by_hand.transpose(*posterior["expected"].dims), rtol=1e-12
    )


def test_a_rate_that_was_never_constant_fails_its_checks(fitted: Fit) -> None:
    """As the model file says of itself."""
    assert fitted.checks.verdict == "fail"
    assert {"coverage", "largest misfit"} <= {item.name for item in fitted.checks.failed}
