"""Powers of priors and of the likelihood, against PyMC and against closed forms."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
import xarray as xr
from scipy import stats

from country import ROWS, WHY, country, country_spec
from defectmodels import names
from defectmodels.estimands.headline import Quantity
from defectmodels.estimands.powers import (
    LIKELIHOOD,
    PRIORS,
    SENSITIVE,
    components,
    log_likelihood,
    log_priors,
    scaled,
    sensitivities,
)
from defectmodels.inference.fit import Fit
from defectmodels.inference.predict import Predictor, cut, joint_logs
from defectmodels.inference.refits import Refits, Settings
from defectmodels.model.build import build_design
from defectmodels.model.design import Design, make_design
from defectmodels.model.tagged import powered, prior_of, with_prior
from smallworld import FAST, make_dataset, make_spec

INNER = ("effect_deviation", "trend_innovation")
POINTS = 6


@pytest.fixture(scope="module")
def placed() -> tuple[Design, pm.Model, dict[str, np.ndarray], Fit]:
    """The country at a few points of its model's own coordinates, as draws of a fit."""
    # Two of the rows overlap: one is not independent of the other.
    spec, data = country_spec(), country(*ROWS, ("elite", "2021-04-01..2021-09-30", 5, 12))
    design = make_design(spec, data)
    model = build_design(design)
    size = sum(one.size for one in model.initial_point().values())
    values = cut(model, np.random.default_rng(3).normal(0.0, 0.4, (POINTS, size)))
    variables, _, logs = Predictor(design, model).run(values)
    chance = model[names.CHANCE].get_value()
    groups = {
        "posterior": variables,
        "log_likelihood": Predictor(design, model).labelled_rows(
            logs | {names.JOINT_COUNT: joint_logs(design, variables, chance)}
        ),
        "constant_data": xr.Dataset(
            {names.CHANCE: (names.JOINT, chance)},
            {names.JOINT: design.coords[names.JOINT]},
        ),
    }
    return design, model, values, Fit(spec, data, xr.DataTree.from_dict(groups))


def test_named_priors_are_the_models_prior_without_what_is_drawn_around_others(placed) -> None:
    _, model, values, fit = placed
    own = [one for one in model.free_RVs if one.name not in INNER]
    run = model.compile_fn(model.logp(own), mode=FAST)
    want = np.array([run({n: one[at] for n, one in values.items()}) for at in range(POINTS)])
    found = log_priors(fit).to_dataarray().sum("variable").values.ravel()
    # The model moves on other coordinates of the level, which is linear in the named ones.
    np.testing.assert_allclose(found - want, (found - want)[0], atol=1e-9)
    assert np.ptp(want) > 1.0


def test_the_likelihood_is_the_models_and_not_the_sum_over_rows(placed) -> None:
    _, model, values, fit = placed
    run = model.compile_fn(model.logp(model.observed_RVs), mode=FAST)
    # Statements say nothing of how a level is divided into exposure and rate.
    told = {name: one for name, one in values.items() if name != "exposure_direction"}
    want = np.array([run({n: one[at] for n, one in told.items()}) for at in range(POINTS)])
    np.testing.assert_allclose(log_likelihood(fit).values.ravel(), want, rtol=1e-9)
    rows = sum(
        one.sum([dim for dim in one.dims if dim not in names.SAMPLE])
        for one in fit.group("log_likelihood").data_vars.values()
    )
    assert np.abs(rows.values.ravel() - want).max() > 0.1


SHAPE, MEAN, COUNTS = 3.0, 20.0, (12, 17, 9, 14)
PRIOR = {"dist": "gamma", "mean": MEAN, "shape": SHAPE, "why": WHY}


def conjugate() -> tuple[object, object]:
    """One group at a constant rate, with four published counts of a year."""
    years = range(2001, 2001 + len(COUNTS))
    spec = make_spec("2001", "2004", "year", groups=["all"], baseline={"all": {"rate": PRIOR}})
    rows = [("everyone", str(year), n) for year, n in zip(years, COUNTS, strict=True)]
    return spec, make_dataset(*rows, groups=["all"])


def posterior(prior_power: float = 1.0, power: float = 1.0) -> stats.rv_continuous:
    """Of the rate, with either density to a power on the log scale."""
    shape, rate = prior_power * SHAPE, prior_power * SHAPE / MEAN
    years = sum(days / 365.25 for days in (365, 365, 365, 366))
    return stats.gamma(shape + power * sum(COUNTS), scale=1 / (rate + power * years))


@pytest.fixture(scope="module")
def exact() -> Fit:
    """Independent draws of the conjugate posterior."""
    spec, data = conjugate()
    design = make_design(spec, data)
    rate = posterior().rvs((4, 4000), random_state=np.random.default_rng(5))
    years = np.array([365, 365, 365, 366]) / 365.25
    expected = rate[..., None, None] * years
    dims = (*names.SAMPLE, names.GROUP)
    logs = stats.poisson(expected[:, :, 0, :]).logpmf(np.array(COUNTS))
    groups = {
        "posterior": xr.Dataset(
            {
                names.LOG_BASELINE: (dims, np.log(rate)[..., None]),
                names.EXPECTED: ((*dims, names.PERIOD), expected),
            },
            {names.GROUP: ["all"], names.PERIOD: list(design.periods.labels)},
        ),
        "log_likelihood": xr.Dataset(
            {names.DIRECT_COUNT: ((*names.SAMPLE, names.DIRECT), logs)},
            {names.DIRECT: design.coords[names.DIRECT]},
        ),
        "constant_data": xr.Dataset(),
    }
    return Fit(spec, data, xr.DataTree.from_dict(groups))


def rate_of(fit: Fit) -> Quantity:
    values = np.exp(fit.posterior[names.LOG_BASELINE].isel({names.GROUP: 0}, drop=True))
    return Quantity("", "", "rate", values)


@pytest.mark.parametrize("power", [0.5, 0.8, 1.25, 1.8])
@pytest.mark.parametrize("component", [LIKELIHOOD, PRIORS, "baseline.all"])
def test_weights_give_the_posterior_of_the_powered_density(
    exact: Fit, component: str, power: float
) -> None:
    want = posterior(1.0, power) if component == LIKELIHOOD else posterior(power)
    found = scaled(exact, [rate_of(exact)], component, power)
    (value,) = found.values
    assert found.pareto_k < 0.7
    assert value.value == pytest.approx(want.median(), abs=4 * value.mcse)
    for got, p in ((value.low, 0.05), (value.high, 0.95)):
        assert got == pytest.approx(want.ppf(p), abs=12 * value.mcse)
    if component == LIKELIHOOD:
        # It is no small thing that is found.
        assert abs(want.ppf(0.05) - posterior().ppf(0.05)) > 4 * value.mcse


def test_a_power_of_1_changes_nothing(exact: Fit) -> None:
    one = rate_of(exact)
    for component in components(exact):
        found = scaled(exact, [one], component, 1.0)
        assert found.values[0].value == pytest.approx(float(np.median(one.draws)), rel=1e-3)
        assert abs(found.differences[0][0]) < 0.01


def test_a_refit_with_the_powered_prior_is_the_closed_form() -> None:
    spec, data = conjugate()
    other, changed = with_prior(
        spec, data, "baseline.all", powered(prior_of(spec, data, "baseline.all"), 4.0)
    )
    made = Refits((names.RATE, names.EXPECTED)).fit(
        make_design(other, changed), Settings(1000, 300, 2), 3
    )
    draws = made.posterior[names.RATE].isel({names.PERIOD: 0}).values.ravel()
    want = posterior(4.0)
    assert draws.mean() == pytest.approx(want.mean(), abs=4 * want.std() / np.sqrt(600))
    assert draws.std() == pytest.approx(want.std(), rel=0.1)
    # The plain posterior is another one.
    assert abs(posterior().mean() - want.mean()) > 4 * want.std() / np.sqrt(600)


def test_a_strong_prior_is_seen_and_a_weak_one_is_not(exact: Fit) -> None:
    """Prior against data as 12 to 52 counts; ArviZ's own number for each component."""
    table = sensitivities(exact, [rate_of(exact)]).set_index("component")["sensitivity"]
    assert table["baseline.all"] == pytest.approx(table[PRIORS])
    assert table[LIKELIHOOD] > SENSITIVE
    spec, data = conjugate()
    strong, _ = with_prior(
        spec, data, "baseline.all", powered(prior_of(spec, data, "baseline.all"), 20.0)
    )
    # The same draws under a prior twenty times as strong: the log density moves twenty times as far.
    again = Fit(strong, data, exact.tree)
    moved = sensitivities(again, [rate_of(again)]).set_index("component")["sensitivity"]
    assert moved["baseline.all"] > 5 * table["baseline.all"]


def test_what_all_draws_agree_on_has_no_sensitivity(exact: Fit) -> None:
    one = rate_of(exact)
    sure = Quantity("", "", "share_up", one.values > 0)
    table = sensitivities(exact, [sure])
    assert table["sensitivity"].isna().all()
