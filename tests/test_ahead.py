from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pymc as pm
import pytensor
import pytest
import xarray as xr
from scipy import stats

from defectmodels import names
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.intervals import Interval
from defectmodels.inference.fit import Fit
from defectmodels.model.build import build_design
from defectmodels.model.design import make_design
from defectmodels.studies import ahead
from small import small_dataset, small_spec
from smallworld import make_series


def test_held_covariates_by_hand(country_fit: Fit) -> None:
    """After the origin, what every later period would be with the origin's levels."""
    posterior, design = country_fit.posterior, country_fit.design
    origin = design.periods.labels.index("2020Q2")
    found, came = ahead.held(posterior, design, origin), ahead.expected_draws(posterior)
    np.testing.assert_array_equal(found[..., : origin + 1], came[..., : origin + 1])
    draw, group, period = 3, 0, design.periods.labels.index("2022Q3")
    log_rate = float(np.log(came[draw, group, period]))
    effect = posterior[names.EFFECT].transpose("chain", "draw", ...).values.reshape(-1, 2, 2)
    for k in range(2):
        step = design.covariates[origin, k] - design.covariates[period, k]
        log_rate += effect[draw, group, k] * step
    log_rate += math.log(design.exposure[group, origin] / design.exposure[group, period])
    assert math.log(found[draw, group, period]) == pytest.approx(log_rate, abs=1e-12)


def test_what_does_not_move_is_as_it_came(country_fit: Fit) -> None:
    """In 2022 of this country closure, sanctions and exposures stay as they were in 2021Q4 but officials."""
    posterior, design = country_fit.posterior, country_fit.design
    origin = design.periods.labels.index("2021Q4")
    found, came = ahead.held(posterior, design, origin), ahead.expected_draws(posterior)
    commoner = design.groups.index("commoner")
    np.testing.assert_allclose(found[:, commoner], came[:, commoner], rtol=1e-12)
    assert not np.allclose(found[:, 1 - commoner, -1], came[:, 1 - commoner, -1])


def test_without_covariates_only_exposures_are_held(country_fit: Fit) -> None:
    posterior = country_fit.posterior.drop_vars(names.EFFECT)
    design, last = country_fit.design, len(country_fit.design.periods) - 1
    found, came = ahead.held(posterior, design, 0), ahead.expected_draws(posterior)
    want = came[:, :, last] * design.exposure[:, 0] / design.exposure[:, last]
    np.testing.assert_allclose(found[:, :, last], want)


def test_means_have_the_law_of_frailty() -> None:
    """One cell: gamma means, so that the count is negative binomial."""
    expected, cv = np.full((60_000, 1, 1), 40.0), np.full(60_000, 0.3)
    rng = np.random.default_rng(1)
    found = ahead.means(expected, cv, np.array([[0.5]]), rng)
    law = stats.gamma(1 / 0.3**2, scale=20 * 0.3**2)
    assert stats.kstest(found, law.cdf).pvalue > 0.001
    two = ahead.means(np.ones((1, 2, 3)), None, np.array([[1.0, 0, 1], [1, 0, 0.5]]), rng)
    np.testing.assert_allclose(two, [3.5])


def test_groups_of_a_period_share_their_frailty() -> None:
    expected, cv = np.full((40_000, 2, 1), 10.0), np.full(40_000, 0.5)
    found = ahead.means(expected, cv, np.ones((2, 1)), np.random.default_rng(2))
    assert found.std() / found.mean() == pytest.approx(0.5, rel=0.03)
    over = ahead.means(np.full((40_000, 1, 4), 5.0), cv, np.ones((1, 4)), np.random.default_rng(2))
    assert over.std() / over.mean() == pytest.approx(0.25, rel=0.03)


def test_probability_of_a_statement_is_the_mean_of_its_readings() -> None:
    mean = np.array([5.0, 9.0])
    law = stats.poisson(mean)
    want = np.mean([(law.cdf(8) - law.cdf(3)).mean(), law.sf(9).mean()])
    found = ahead.log_probability(mean, [Interval(4, 8), Interval(10, None)])
    assert found == pytest.approx(math.log(want))


def changed_later(dataset: Dataset) -> Dataset:
    """The same but for covariates from 2019 on."""
    levels = {"2012..2018": 0.0, "2019": 0.3, "2020..2021": -2.0}
    return replace(
        dataset, series={"closure": make_series("closure", levels, per="a closed border")}
    )


def test_later_covariates_do_not_touch_the_past() -> None:
    """Without rows from 2019 on, the posterior of the years before does not know their covariates.

    The sampler's log level is a mean over all periods, so that it moves with them; at the same baseline,
    effects and trend both the log density and the expected arrivals of the past are the same.
    """
    data = small_dataset()
    data = replace(data, statements=tuple(one for one in data.statements if one.end.year < 2019))
    first, second = (
        build_design(make_design(small_spec(), one)) for one in (data, changed_later(data))
    )
    rng = np.random.default_rng(3)
    for _ in range(5):
        point = {k: v + rng.normal(0, 0.3, v.shape) for k, v in first.initial_point().items()}

        def value(model: pm.Model, name: str, at: dict[str, np.ndarray]) -> np.ndarray:
            graph, inputs = model.replace_rvs_by_values([model[name]])[0], model.value_vars
            run = pytensor.function(inputs, graph, mode="FAST_COMPILE", on_unused_input="ignore")
            return np.asarray(run(*(at[one.name] for one in inputs)))

        shift = value(first, names.LOG_BASELINE, point) - value(second, names.LOG_BASELINE, point)
        assert np.abs(shift).max() > 0.01
        moved = point | {"log_level": point["log_level"] + shift}
        past = slice(0, 7)
        np.testing.assert_allclose(
            value(second, names.EXPECTED, moved)[:, past],
            value(first, names.EXPECTED, point)[:, past],
            rtol=1e-10,
        )
        logp = [
            float(model.compile_logp(mode="FAST_COMPILE")(at))
            for model, at in ((first, point), (second, moved))
        ]
        assert logp[1] == pytest.approx(logp[0], abs=1e-9)


def test_frailty_is_there_or_not(country_fit: Fit) -> None:
    assert ahead.frailty_draws(country_fit.posterior.drop_vars(names.FRAILTY)) is None
    found = ahead.frailty_draws(country_fit.posterior)
    assert isinstance(country_fit.posterior, xr.Dataset) and found is not None
    assert found.shape == ahead.expected_draws(country_fit.posterior).shape[:1]
