"""A scenario on the posterior is `pm.do` on the model, and one that changes nothing is the fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from country import CLOSURE, OFFICIALS, SERIES, country, country_spec, prior
from defectmodels import names
from defectmodels.errors import SpecError, UnknownNameError
from defectmodels.estimands.courses import Course, Reckoner
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.paths import series_path
from defectmodels.evidence.periods import Periods
from defectmodels.evidence.scenario import Scenario, factual, load_scenario
from defectmodels.inference.fit import Fit
from defectmodels.model.spec import ModelSpec, load_model
from drawn import Drawn
from fabricate import fabricate, with_group
from histories import HOLD, change, history, unknown
from smallworld import make_dataset, make_series, make_spec

DRAWS = 25

SCENARIOS = [
    history(change("level", "closure", "2020-02-11", value=0.1), name="covariate"),
    history(change("scale", "officials", "2021-03-03", by=0.7), name="exposure"),
    history(change("ramp", "sanctions", "2019-06-01", reached="2021-06-30", end=1.0), name="one_group"),
    history(
        change("hold", "closure", "2020-01-01", on="2019-12-31") | {"to": "2021-08-09"},
        change("shift", "border", "2019-01-01", by=500.0) | {"to": "2019-12-31"},
        change("move", "sanctions", "2019-01-01", days=365),
        name="several",
    ),
    history(change("grow", "border", "2019-02-01", by=0.2), name="all_periods"),
]  # fmt: skip


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    return Drawn(country_spec(), country(), DRAWS)


@pytest.fixture(scope="module")
def reckoner(drawn: Drawn) -> Reckoner:
    return Reckoner(drawn.fit, drawn.fit.spec.periods, 1)


def longer(fit: Fit, to: str, seed: int = 1) -> Reckoner:
    return Reckoner(fit, fit.spec.periods.until(to), seed)


# ---------------------------------------------------------------- as pm.do


def test_the_draws_are_those_of_the_model(drawn: Drawn, reckoner: Reckoner) -> None:
    """The oracle itself: replaced by what was, `pm.do` gives the posterior back."""
    was = {"covariates": drawn.fit.design.covariates, "exposure": drawn.fit.design.exposure}
    np.testing.assert_allclose(drawn.done(was), reckoner.expected, rtol=1e-12)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_expected_arrivals_are_those_of_pm_do(
    drawn: Drawn, reckoner: Reckoner, scenario: Scenario
) -> None:
    course = reckoner.course(scenario)
    done = drawn.done({"covariates": course.covariates, "exposure": course.exposure})
    np.testing.assert_allclose(reckoner.by_period(course), done, rtol=1e-10)
    assert np.abs(done / reckoner.expected - 1).max() > 0.01
    # The data that was replaced is the scenario's, worked out from its series one by one.
    x = [series_path(scenario, one, reckoner.periods).fixed for one in (CLOSURE, SERIES[1])]
    np.testing.assert_allclose(course.covariates.T, x, rtol=1e-12)
    at_risk = [series_path(scenario, one, reckoner.periods).fixed for one in (OFFICIALS, SERIES[3])]
    np.testing.assert_allclose(course.exposure, at_risk, rtol=1e-12)


@pytest.mark.parametrize("kept", ["covariates", "exposure"])
def test_models_with_only_covariates_or_only_exposures(kept: str) -> None:
    """A model without a covariate still has scenarios of its exposures, and the reverse."""
    changes: dict[str, Any] = {"term": country_spec().term}
    if kept == "exposure":
        changes = {"term": [one for one in country_spec().term if one.kind != "covariates"]}
    else:
        baseline = {"rate": prior(80.0, 5.0) | {"dist": "lognormal"}}
        changes |= {"exposure": {}, "baseline": {"elite": baseline, "commoner": baseline}}
    one = Drawn(country_spec(**changes), country(), 6)
    reckoner = Reckoner(one.fit, one.fit.spec.periods, 1)
    scenario = history(
        change("level", "closure", "2021-01-01", value=0.2)
        if kept == "covariates"
        else change("scale", "officials", "2021-01-01", by=2.0)
    )
    course = reckoner.course(scenario)
    data = {kept: getattr(course, kept)}
    np.testing.assert_allclose(reckoner.by_period(course), one.done(data), rtol=1e-10)
    assert (reckoner.by_period(course) != reckoner.expected).any()
    later = longer(one.fit, "2023").by_period(longer(one.fit, "2023").course(scenario))
    assert np.isfinite(later).all() and (later > 0).all()


def test_a_log_covariate_and_a_shared_series() -> None:
    """Trade counts doublings, and the missions are covariate and exposure at once."""
    trade = make_series(
        "trade", {"2019": 100.0, "2020..2021": 50.0}, transform="log", centre=50.0, scale=2.0
    )
    missions = make_series("missions", {"2019..2020": 50.0, "2021": 40.0}, centre=50.0, scale=-10.0)
    data = make_dataset(("everyone", "2019", 90), ("elite", "2020", 8), series=[trade, missions])
    effects = [{"series": name, "ratio": prior(0.8, 2.0)} for name in ("trade", "missions")]
    elite = {"rate": prior(80.0, 5.0) | {"dist": "lognormal"}, "per": 1000}
    spec = make_spec(
        "2019Q1", "2021Q4", "quarter",
        baseline={"elite": elite, "commoner": {"rate": prior(40.0, 5.0) | {"dist": "lognormal"}}},
        exposure={"elite": "missions"},
        term=[{"kind": "covariates", "effect": effects}],
    )  # fmt: skip
    one = Drawn(spec, data, 6)
    reckoner = Reckoner(one.fit, spec.periods, 1)
    course = reckoner.course(
        history(
            change("level", "trade", "2020-02-01", value=400.0),
            change("level", "missions", "2020-11-11", value=25.0),
        )
    )
    done = one.done({"covariates": course.covariates, "exposure": course.exposure})
    np.testing.assert_allclose(reckoner.by_period(course), done, rtol=1e-10)
    assert course.covariates[-1].tolist() == [3.0, 2.5] and course.exposure[0, -1] == 25.0
    with pytest.raises(ValueError, match="a log series needs more than 0"):
        reckoner.course(history(change("level", "trade", "2020-02-01", value=0.0)))


def test_the_reference_model_too(shipped: Dataset) -> None:
    one = Drawn(load_model("escape_rates"), shipped, 3)
    reckoner = Reckoner(one.fit, one.fit.spec.periods, 1)
    for name in ("no_closure", "missions_53+sanctions_2015", "trade_2014"):
        course = reckoner.course(load_scenario(name))
        done = one.done({"covariates": course.covariates, "exposure": course.exposure})
        np.testing.assert_allclose(reckoner.by_period(course), done, rtol=1e-10)
        assert reckoner.moved(course).any()


def test_an_uncertain_level_is_each_draws_own(drawn: Drawn, reckoner: Reckoner) -> None:
    scenario = history(
        change("level", "closure", "2020-02-11", value=unknown(0.0, 0.9)),
        change("scale", "officials", "2021-01-01", by=unknown(0.5, 1.5, "normal")),
    )
    course = reckoner.course(scenario)
    assert course.covariates.shape == (DRAWS, 16, 2) and course.exposure.shape == (DRAWS, 2, 16)
    found = reckoner.by_period(course)
    for draw in (0, 7, DRAWS - 1):
        data = {"covariates": course.covariates[draw], "exposure": course.exposure[draw]}
        np.testing.assert_allclose(found[draw], drawn.done(data)[draw], rtol=1e-10)


# ---------------------------------------------------------------- what changes nothing

NOTHING = [
    factual(),
    history(change("level", "closure", "2020-04-01", value=1.0), name="the_level_there_is"),
    history(change("hold", "closure", "2020-07-01", on="2021-01-01"), name="a_flat_stretch_held"),
    history(change("scale", "border", "2019-01-01", by=1.0), name="times_1"),
    history(change("shift", "officials", "2019-01-01", by=0.0), name="plus_0"),
    history(change("move", "sanctions", "2021-01-01", days=200) | {"to": "2022-12-31"}, name="moved"),
    history(change("level", "closure", "2023-01-01", value=0.0), name="later"),
]  # fmt: skip


@pytest.mark.parametrize("scenario", NOTHING, ids=lambda one: one.name)
def test_what_changes_nothing_is_the_fit_to_the_last_bit(
    reckoner: Reckoner, scenario: Scenario
) -> None:
    course = reckoner.course(scenario)
    assert not reckoner.moved(course).any()
    was = reckoner.fit.posterior[names.EXPECTED].values[0]
    np.testing.assert_array_equal(reckoner.by_period(course), was)
    weights = np.eye(16)[:, [0, 3]] * [0.3, 1.0]
    totals = reckoner.totals(weights)
    np.testing.assert_array_equal(reckoner.over_spans(course, weights, totals), totals)


def test_a_group_on_which_nothing_acts_stays_to_the_last_bit(reckoner: Reckoner) -> None:
    found = reckoner.by_period(reckoner.course(SCENARIOS[2]))
    np.testing.assert_array_equal(found[:, 1], reckoner.expected[:, 1])
    assert (found[:, 0] != reckoner.expected[:, 0]).any()


# ---------------------------------------------------------------- later periods


def by_hand(fit: Fit, course: Course, log_later: np.ndarray) -> np.ndarray:
    """Expected arrivals of later periods, written out cell by cell."""
    n, groups = len(fit.spec.periods), len(fit.spec.groups)
    effect = fit.posterior[names.EFFECT].transpose("chain", "draw", "group", "covariate").values
    effect = effect.reshape(-1, *effect.shape[2:])
    found = np.empty((len(effect), groups, log_later.shape[-1]))
    for s, g, t in np.ndindex(found.shape):
        log = log_later[s, g, t] + np.log(course.exposure[g, n + t])
        log += sum(effect[s, g, k] * course.covariates[n + t, k] for k in range(effect.shape[2]))
        found[s, g, t] = np.exp(log)
    return found


def test_later_periods_have_baseline_exposure_covariates_season_and_trend(drawn: Drawn) -> None:
    """With a trend that stands still, everything is known."""
    still = drawn.fit.posterior.assign(
        {names.TREND_SCALE: 0.0 * drawn.fit.posterior["trend_scale"]}
    )
    fit = with_group(drawn.fit, "posterior", still)
    reckoner = longer(fit, "2024")
    later = reckoner.periods.after(fit.spec.periods)
    assert later.labels[0] == "2023Q1" and len(later) == 8

    def values(name: str, *dims: str) -> np.ndarray:
        found: np.ndarray = still[name].isel(chain=0).transpose("draw", "group", *dims).values
        return found

    level = values(names.LOG_BASELINE) + values(names.LOG_EXPOSURE_FACTOR)
    level = level[..., None] + values(names.TREND, "period")[..., -1:]
    season = values(names.SEASON_EFFECT, "season")[..., [t % 4 for t in range(8)]]
    want = level + season + np.log([span.days / 365.25 for span in later.spans])
    np.testing.assert_allclose(reckoner.later, want, rtol=1e-12)
    scenario = history(change("level", "closure", "2023-05-01", value=0.0), beyond="hold")
    course = reckoner.course(scenario)
    found = reckoner.by_period(course)
    np.testing.assert_allclose(found[..., 16:], by_hand(fit, course, want), rtol=1e-10)
    np.testing.assert_array_equal(found[..., :16], reckoner.expected)


def test_later_trends_are_the_same_in_every_scenario(drawn: Drawn) -> None:
    one, other = longer(drawn.fit, "2024"), longer(drawn.fit, "2024")
    np.testing.assert_array_equal(one.later, other.later)
    np.testing.assert_array_equal(longer(drawn.fit, "2023").later.shape, (DRAWS, 2, 4))
    assert (longer(drawn.fit, "2024", seed=2).later != one.later).all()
    held = one.by_period(one.course(HOLD))
    doubled = one.by_period(
        one.course(history(change("scale", "border", "2023-01-01", by=2.0), beyond="hold"))
    )
    np.testing.assert_allclose(doubled[:, 1, 16:] / held[:, 1, 16:], 2.0, rtol=1e-12)
    np.testing.assert_array_equal(doubled[:, 0], held[:, 0])


def test_a_future_without_a_level_is_refused(drawn: Drawn) -> None:
    with pytest.raises(SpecError, match="'closure' has no level on 2024-01-01"):
        longer(drawn.fit, "2024").course(factual())
    # Each series is asked for, whether the scenario changes it or not.
    told = history(change("level", "closure", "2024-01-01", value=1.0))
    with pytest.raises(SpecError, match="'sanctions' has no level on 2024-01-01"):
        longer(drawn.fit, "2024").course(told)


# ---------------------------------------------------------------- spans


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
@pytest.mark.parametrize("to", [None, "2024"])
def test_spans_are_weighted_sums_of_periods(
    drawn: Drawn, scenario: Scenario, to: str | None
) -> None:
    fit = drawn.fit
    reckoner = longer(fit, to) if to else Reckoner(fit, fit.spec.periods, 1)
    course = reckoner.course(scenario.model_copy(update={"beyond": "hold"}))
    rng = np.random.default_rng(1)
    weights = rng.random((len(reckoner.periods), 5)) * (
        rng.random((len(reckoner.periods), 5)) < 0.4
    )
    spans = reckoner.over_spans(course, weights, reckoner.totals(weights))
    np.testing.assert_allclose(spans, reckoner.by_period(course) @ weights, rtol=1e-10)


# ---------------------------------------------------------------- codes and refusals


def coded(code: str) -> ModelSpec:
    effect = {"series": "closure", "code": code, "ratio": prior(0.5, 3.0)}
    return country_spec(term=[{"kind": "covariates", "effect": [effect]}])


def test_a_coded_level_is_the_one_that_the_model_uses() -> None:
    steps = [
        {"from": "2018-01-01", "value": 0.2, "low": 0.1, "high": 0.3, "status": "P"},
        {"from": "2020-01-31", "value": 0.9, "low": 0.8, "high": 1.0, "status": "P"},
    ]
    closure = CLOSURE.model_validate(
        CLOSURE.model_dump(by_alias=True)
        | {"step": steps, "interpolation": "step", "until": "2023-12-31"}
    )
    data = country()
    data = Dataset(data.header, data.statements, data.series | {"closure": closure})
    scenario = history(change("hold", "closure", "2020-01-31", on="2020-01-30"), beyond="hold")
    for code, level in (("value", 0.2), ("low", 0.1), ("high", 0.3)):
        fit = fabricate(coded(code), data, draws=5)
        for reckoner in (Reckoner(fit, fit.spec.periods, 1), longer(fit, "2025")):
            course = reckoner.course(scenario)
            np.testing.assert_allclose(course.covariates[:, 0], level, rtol=1e-12)
            np.testing.assert_array_equal(course.levels["closure"], course.covariates[:, 0])


def test_unknown_series_are_suggested(reckoner: Reckoner) -> None:
    with pytest.raises(
        UnknownNameError, match=r"series 'closures'\. Known: .* Did you mean 'closure'"
    ):
        reckoner.course(history(change("level", "closures", value=0.0)))


def test_series_that_the_model_does_not_use(reckoner: Reckoner) -> None:
    """A shipped series, or one of the dataset's own, is no error beside one that is used."""
    unused = [change("level", name, value=1.0) for name in ("border_closure", "presidents")]
    course = reckoner.course(history(*unused, change("level", "closure", value=0.5)))
    assert course.unused == ("border_closure", "presidents")
    for one in unused:
        with pytest.raises(SpecError, match=r"none of which model 'small' uses; it uses closure, "):
            reckoner.course(history(one))


@pytest.mark.parametrize("value", [0.0, -5.0, unknown(0.0, 10.0)])
def test_an_exposure_of_nobody_is_refused(reckoner: Reckoner, value: Any) -> None:
    if isinstance(value, dict):
        value = unknown(-1.0, 10.0)
    with pytest.raises(SpecError, match="exposure 'officials' would be 0 or less somewhere"):
        reckoner.course(history(change("level", "officials", "2020-01-01", value=value)))


def test_an_axis_of_months_and_one_of_years() -> None:
    for axis in (("2019-01", "2022-12", "month"), ("2019", "2022", "year")):
        term = [one for one in country_spec().term if axis[2] == "month" or one.kind != "season"]
        one = Drawn(country_spec(*axis, term=term), country(), 5)
        reckoner = Reckoner(one.fit, Periods.between(*axis), 1)  # type: ignore[arg-type]
        course = reckoner.course(SCENARIOS[3])
        done = one.done({"covariates": course.covariates, "exposure": course.exposure})
        np.testing.assert_allclose(reckoner.by_period(course), done, rtol=1e-10)
