from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import stats

from defectmodels import names
from defectmodels.estimands.identification import (
    as_prior,
    contraction,
    identified,
    in_verdict,
    informed,
    surprise,
)
from defectmodels.estimands.quoted import quoted_quantities
from defectmodels.inference.fit import Fit
from fabricate import with_group


def normal(middle: float, sd: float, size: int = 4001) -> np.ndarray:
    """Evenly spread quantiles of a normal distribution: np.ndarray (1, size)."""
    return stats.norm(middle, sd).ppf((np.arange(size) + 0.5) / size)[None]


@pytest.mark.parametrize(("prior_sd", "data_sd"), [(1.0, 1.0), (1.0, 0.2), (2.0, 6.0)])
def test_contraction_is_the_share_of_the_data(prior_sd: float, data_sd: float) -> None:
    """Normal prior and normal data: precisions add."""
    before, data = prior_sd**-2, data_sd**-2
    sd = (before + data) ** -0.5
    found = contraction(normal(0.7, sd), normal(0.0, prior_sd))
    assert found == pytest.approx(data / (before + data), abs=1e-9)


def test_heavy_tails_of_a_prior_do_not_inform() -> None:
    prior = normal(0.0, 1.0)
    heavy = prior.copy()
    heavy[:, :40], heavy[:, -40:] = -1e6, np.inf
    assert contraction(prior, heavy) == pytest.approx(0.0, abs=1e-9)


def test_surprise_is_in_deviations_of_the_prior() -> None:
    assert surprise(normal(3.0, 0.1), normal(1.0, 0.5)) == pytest.approx(4.0, abs=1e-2)
    skewed = np.where(normal(0.0, 1.0) > 0, 3.0, 1.0) * normal(0.0, 1.0)
    assert surprise(normal(6.0, 0.1), skewed) == pytest.approx(2.0, abs=1e-2)
    assert surprise(normal(-2.0, 0.1), skewed) == pytest.approx(-2.0, abs=1e-2)


def test_what_does_not_vary_beforehand_is_not_judged() -> None:
    flat = np.ones((1, 100))
    assert np.isnan(contraction(flat, flat)).all() and np.isnan(surprise(flat, flat)).all()


def test_a_fit_that_is_its_prior_has_learnt_nothing(country_fit: Fit) -> None:
    fit = as_prior(country_fit)
    table = informed(fit)
    np.testing.assert_allclose(table["contraction"].dropna(), 0.0, atol=1e-12)
    np.testing.assert_allclose(table["surprise"].dropna(), 0.0, atol=1e-12)
    np.testing.assert_allclose(table["bayes_factor"].dropna(), 1.0)
    assert {one.name: one.verdict for one in identified(table)}["identification"] == "fail"


def test_every_number_of_the_verdict_is_judged(country_fit: Fit) -> None:
    table = informed(country_fit)
    label = "elite 2019 -> 2022"
    levels = [f"{k}, {label}[{y}]" for k in ("share", "count", "total") for y in (2019, 2022)]
    ratios = [f"{k} ratio, {label}" for k in ("share", "count", "total")]
    odds = [f"P({k}_up), {label}" for k in ("share", "count", "total")]
    judged = table[table["verdict"]]
    assert set(judged["name"]) == {*levels, *ratios, *odds}
    told = judged["contraction"].notna() | judged["bayes_factor"].notna()
    assert told.all()
    assert not in_verdict("effect") and not in_verdict("share of elite")


def test_the_prior_is_worked_out_as_the_posterior_is(country_fit: Fit) -> None:
    label = "count ratio, elite 2019 -> 2022"
    table = informed(country_fit).set_index("name")
    before = quoted_quantities(as_prior(country_fit))[label]
    after = quoted_quantities(country_fit)[label]
    widths = [np.diff(np.quantile(np.log(one), [0.05, 0.95]))[0] for one in (after, before)]
    assert table["contraction"][label] == pytest.approx(1 - (widths[0] / widths[1]) ** 2)


def test_an_infinite_rate_beforehand_is_no_fault(country_fit: Fit) -> None:
    prior = country_fit.group("prior").copy(deep=True)
    for name in (names.EXPECTED, names.RATE):
        prior[name].values[:, :10] = np.inf
        prior[name].values[:, 10:20] = 0.0
    table = informed(with_group(country_fit, "prior", prior))
    assert table["contraction"][table["verdict"] & table["prior"].isna()].notna().all()


# --- rules ----------------------------------------------------------------------------------


def row(name: str = "count ratio, elite 2019 -> 2022", **more: float) -> pd.DataFrame:
    empty = dict.fromkeys(("contraction", "surprise", "prior", "posterior", "bayes_factor"), np.nan)
    return pd.DataFrame([{"name": name, "verdict": True} | empty | more])


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(0.9, "pass"), (0.76, "pass"), (0.6, "warn"), (0.3, "warn"), (0.2, "fail"), (-1, "fail")],
)
def test_identification(value: float, verdict: str) -> None:
    (one,) = identified(row(contraction=value))
    assert (one.name, one.verdict) == ("identification", verdict)
    assert ("driven by the prior" in one.text) == (verdict == "fail")


@pytest.mark.parametrize(
    ("prior", "posterior", "factor", "verdict"),
    [
        (0.5, 0.97, 32.0, "pass"),
        (0.5, 0.03, 1 / 32, "pass"),
        (0.93, 0.96, 1.8, "warn"),
        (0.07, 0.04, 1 / 1.8, "warn"),
        (0.99, 0.96, 0.24, "fail"),
        (0.999, 1.0, 0.5, "warn"),  # all draws agree: the factor is a lower bound
        (0.6, 0.7, 1.5, "pass"),  # no direction is stated
        (1.0, 1.0, 4.0, "pass"),  # set by the model
    ],
)
def test_direction(prior: float, posterior: float, factor: float, verdict: str) -> None:
    found = row("P(count_up), x", prior=prior, posterior=posterior, bayes_factor=factor)
    (one,) = identified(found)
    assert (one.name, one.verdict) == ("direction", verdict)


@pytest.mark.parametrize(("value", "verdict"), [(2.9, "pass"), (-3.5, "warn"), (-4.5, "fail")])
def test_prior_and_evidence(value: float, verdict: str) -> None:
    (one,) = identified(row("frailty_cv", surprise=value).assign(verdict=False))
    assert (one.name, one.verdict) == ("prior and evidence", verdict)


def test_odds_of_the_posterior_over_those_of_the_prior(country_fit: Fit) -> None:
    label = "P(count_up), elite 2019 -> 2022"
    table = informed(country_fit).set_index("name").loc[label]
    after, before = (
        xr.where(quoted_quantities(one)[label] > 0, 1.0, 0.0).values.ravel()
        for one in (country_fit, as_prior(country_fit))
    )
    odds = [(one.sum() + 0.5) / (len(one) - one.sum() + 0.5) for one in (after, before)]
    assert table["bayes_factor"] == pytest.approx(odds[0] / odds[1])
