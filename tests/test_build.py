from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pymc as pm
import pytest
from scipy import stats
from scipy.special import logsumexp

from defectmodels import catalog, names
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.series import Uncertainty
from defectmodels.model.build import build
from defectmodels.model.design import make_design
from defectmodels.model.priors import Z90
from defectmodels.model.spec import ModelSpec, load_model
from smallworld import FAST, make_dataset, make_series, make_spec

RATIO = {"median": 0.7, "factor": 3.0, "why": "a test"}
SCALE = {"median": 0.2, "factor": 3.0, "why": "a test"}
FRAILTY = {"median": 0.15, "factor": 3.0, "why": "a test"}
SEASON = {"kind": "season", "size": 1.2, "why": "a test"}
TREND = {"kind": "trend", "scale": SCALE}


def point_of(model: pm.Model, seed: int) -> dict[str, np.ndarray]:
    """Values of all free variables, near the middle of their priors."""
    rng = np.random.default_rng(seed)
    point = {}
    for variable in model.free_RVs:
        # The mean of a level depends on other variables, so it is drawn, always alike.
        mean = variable.owner.op.dist_params(variable.owner)[0]
        middle = pm.draw(mean, random_seed=seed, mode=FAST)
        shape = tuple(int(n) for n in variable.shape.eval(mode=FAST))
        point[variable.name] = middle + rng.normal(0.0, 0.4, shape)
    return point


def logp_at(model: pm.Model, point: dict[str, np.ndarray]) -> float:
    return float(model.compile_logp(mode=FAST)(point))


def has_finite_logp(model: pm.Model) -> bool:
    return all(np.isfinite(logp_at(model, point_of(model, seed))) for seed in range(3))


# --- everything that is shipped builds ------------------------------------------------------


@pytest.fixture(scope="module", params=catalog.models().values(), ids=lambda path: path.stem)
def shipped_model(request: pytest.FixtureRequest, shipped: Dataset) -> pm.Model:
    path: Path = request.param
    return build(load_model(path), shipped)


def test_every_shipped_model_has_a_finite_logp_where_a_sampler_starts(
    shipped_model: pm.Model,
) -> None:
    assert np.isfinite(logp_at(shipped_model, shipped_model.initial_point()))


def test_what_is_kept_of_a_model_has_the_names_of_the_contract(shipped_model: pm.Model) -> None:
    kept = {variable.name for variable in shipped_model.deterministics}
    assert kept <= set(names.VARIABLES)
    assert {names.RATE, names.EXPECTED} <= kept
    named = set(shipped_model.named_vars)
    assert names.LOG_BASELINE in named
    observed = {variable.name for variable in shipped_model.observed_RVs}
    assert observed <= {names.DIRECT_COUNT, names.NESTED_COUNT, names.JOINT_COUNT}
    assert kept - set(shipped_model.named_vars_to_dims) <= {names.FRAILTY}


def test_the_reference_model_has_every_variable_of_the_contract(
    escape_rates: ModelSpec, shipped: Dataset
) -> None:
    model = build(escape_rates, shipped)
    # It has no errors of what is published.
    wanted = set(names.VARIABLES) - {names.ERROR_PARAMETER, names.REVISION_SCALE}
    assert wanted <= set(model.named_vars)
    for name in (names.RATE, names.EXPECTED, names.TREND):
        assert model.named_vars_to_dims[name] == (names.GROUP, names.PERIOD)
    assert model.named_vars_to_dims[names.EFFECT] == (names.GROUP, names.COVARIATE)
    assert model.named_vars_to_dims[names.FACTOR] == (names.DEFINITION,)


# --- other shapes ---------------------------------------------------------------------------


@pytest.mark.parametrize("axis", [("2019", "2021", "year"), ("2019-01", "2021-12", "month")])
def test_years_and_months_build(axis: tuple[str, ...]) -> None:
    border = make_series("border", {"2019": 0.0, "2020..2021": 1.0})
    terms: list[Any] = [{"kind": "covariates", "effect": [{"series": "border", "ratio": RATIO}]}]
    terms += [TREND] if axis[2] == "year" else [SEASON, TREND]
    rows = [("everyone", str(year), 100 + year % 7) for year in (2019, 2020, 2021)]
    dataset = make_dataset(*rows, ("elite", "2020-03-10..2021-06-30", 3, 9), series=[border])
    model = build(make_spec(*axis, term=terms, frailty=FRAILTY), dataset)
    assert has_finite_logp(model)


def test_one_group_without_exposure_builds() -> None:
    dataset = make_dataset(("everyone", "2020", 40), groups=("everyone_else",))
    model = build(make_spec(groups=("everyone_else",), term=[SEASON, TREND]), dataset)
    assert has_finite_logp(model)
    assert names.LOG_EXPOSURE_FACTOR not in model.named_vars
    assert [variable.name for variable in model.observed_RVs] == [names.DIRECT_COUNT]


def test_ten_groups_build() -> None:
    groups = tuple(f"g{i}" for i in range(10))
    border = make_series("border", {"2020H1": 0.0, "2020H2": 1.0})
    effect = {"series": "border", "ratio": RATIO, "groups": list(groups[:9])}
    terms = [{"kind": "covariates", "effect": [effect]}, SEASON, TREND]
    parts = [(group, "2020", 3 + i) for i, group in enumerate(groups[:9])]
    dataset = make_dataset(("everyone", "2020", 100), *parts, groups=groups, series=[border])
    model = build(make_spec(groups=groups, term=terms, frailty=FRAILTY), dataset)
    assert has_finite_logp(model)
    assert len(model.coords[names.NESTED]) == 9


def test_a_model_of_nothing_but_a_gamma_baseline_is_conjugate() -> None:
    """Gamma prior and Poisson counts: the posterior is a Gamma in closed form."""
    prior = {"dist": "gamma", "mean": 30.0, "shape": 2.5, "why": "a test"}
    spec = make_spec("2019", "2020", "year", groups=("all",), baseline={"all": {"rate": prior}})
    dataset = make_dataset(("everyone", "2019", 31), ("everyone", "2020", 42), groups=("all",))
    model = build(spec, dataset)
    years = (365 + 366) / 365.25
    posterior = stats.gamma(2.5 + 31 + 42, scale=1 / (2.5 / 30.0 + years))
    x = np.array([15.0, 30.0, 36.0, 60.0])
    logp = model.compile_logp(mode=FAST)
    found = np.array([logp({"log_baseline_all": np.log(value)}) for value in x])
    # Densities of log x, the posterior's up to a constant.
    want = posterior.logpdf(x) + np.log(x)
    np.testing.assert_allclose(found - found[0], want - want[0], atol=1e-9)


def test_priors_of_baselines_may_differ_in_kind() -> None:
    gamma = {"dist": "gamma", "mean": 30.0, "shape": 2.5, "why": "a test"}
    spec = make_spec()
    baseline = spec.model_dump()["baseline"] | {"commoner": {"rate": gamma}}
    model = build(make_spec(baseline=baseline), make_dataset(("everyone", "2020", 100)))
    point = {"log_baseline_elite": np.array(1.0), "log_baseline_commoner": np.array(-3.0)}
    (rate,) = model.replace_rvs_by_values([model[names.RATE]])
    rate = model.compile_fn(rate, mode=FAST)(point)
    np.testing.assert_allclose(rate, np.exp([[1.0] * 4, [-3.0] * 4]), rtol=1e-12)
    assert np.isfinite(logp_at(model, point))


# --- the log probability is the one that is written down ------------------------------------


def written_model() -> ModelSpec:
    effects = [
        {"series": "border", "ratio": RATIO},
        {"series": "freeze", "ratio": RATIO, "groups": ["elite"]},
    ]
    return make_spec(
        "2020Q1",
        "2021Q4",
        exposure={"elite": "staff"},
        term=[{"kind": "covariates", "effect": effects, "spread": SCALE}, SEASON, TREND],
        frailty=FRAILTY,
        definition={"everyone": {}, "elite": {}, "press": {"factor": RATIO}},
    )


def written_evidence() -> Dataset:
    sure = Uncertainty(median=1.2, factor=2.0, why="a test")
    return make_dataset(
        ("everyone", "2020Q1", 12),
        ("everyone", "2020Q2..2020Q3", 30),
        ("everyone", "2020Q4", 25),
        ("everyone", "2021", 100),
        ("elite", "2020Q1", 2),
        ("elite", "2021", 8, 12),
        ("press", "2020", 3, None),
        definitions={"press": ["elite"]},
        series=[
            make_series("border", {"2020H1": 0.0, "2020H2": 1.0, "2021": 0.5}, centre=0.5),
            make_series("freeze", {"2020": 0.0, "2021": 1.0}),
            make_series("staff", {"2020": 5.0, "2021": 4.0}, uncertainty=sure),
        ],
    )


def normal(value: np.ndarray, prior: dict[str, Any]) -> float:
    """Log density of the log of a quantity with a median and a factor."""
    sigma = np.log(prior["factor"]) / Z90
    return float(stats.norm.logpdf(value, np.log(prior["median"]), sigma).sum())


def written_logp(point: dict[str, np.ndarray]) -> float:
    """Log probability of `written_model` on `written_evidence`, written out anew."""
    # Log rates, first without their level.
    border = np.array([-0.5] * 2 + [0.5] * 2 + [0.0] * 4)
    freeze = np.array([0.0] * 4 + [1.0] * 4)
    pooled, spread = point["pooled_effect"], np.exp(point["log_effect_spread"][0])
    varying = np.zeros((2, 8))
    varying += (pooled[0] + spread * point["effect_deviation"])[:, None] * border
    varying[0] += pooled[1] * freeze
    # Any orthonormal basis would do, but the same values need the same one.
    basis = np.linalg.svd(np.eye(4) - 0.25)[0][:, :3]
    varying += np.tile(point["season_raw"] @ basis.T, 2)
    step = np.exp(point["log_trend_scale"]) * point["trend_innovation"][:, 0]
    # From the middle of 2020 (after its 2nd quarter) to the middle of 2021 in a straight line.
    line = np.array([0, 0, 1, 3, 5, 7, 8, 8]) / 8
    varying += step[:, None] * (line - line.mean())

    # The level is baseline + exposure + mean of the terms; only elites' exposure is uncertain.
    wide, narrow = np.log(10.0) / Z90, np.log(2.0) / Z90
    both = point["log_level"] - varying.mean(axis=1)
    across = wide * narrow / np.hypot(wide, narrow)
    mean_exposure = narrow**2 / (wide**2 + narrow**2) * (both[0] - np.log(10.0))
    exposure = mean_exposure + across * point["exposure_direction"][0]
    baseline = both - np.array([exposure, 0.0])
    log_rate = baseline[:, None] + varying

    # Priors of what is meant, times the Jacobian of the coordinates that the chain moves in.
    total = normal(baseline, {"median": 10.0, "factor": 10.0})
    total += stats.norm.logpdf(exposure, 0.0, narrow) + np.log(across)
    total += normal(point["pooled_effect"], RATIO)
    total += normal(point["log_effect_spread"], SCALE)
    total += normal(point["log_trend_scale"], SCALE)
    total += normal(point["log_frailty_cv"], FRAILTY)
    total += normal(point["log_definition_factor"], RATIO)
    for standard in ("effect_deviation", "trend_innovation"):
        total += stats.norm.logpdf(point[standard]).sum()
    total += stats.norm.logpdf(point["season_raw"], 0.0, np.log(1.2)).sum()

    # Expected arrivals.
    years = np.array([91, 91, 92, 92, 90, 91, 92, 92]) / 365.25
    staff = 1.2 * np.array([5.0] * 4 + [4.0] * 4)
    staff *= np.exp(exposure)
    elite, commoner = np.exp(log_rate) * years * np.array([staff, np.ones(8)])
    everyone = elite + commoner

    # Totals.
    alpha = 1 / np.exp(2 * point["log_frailty_cv"])
    blocks = [slice(0, 1), slice(1, 3), slice(3, 4), slice(4, 8)]
    for count, block in zip((12, 30, 25, 100), blocks, strict=True):
        mean = everyone[block].sum()
        size = float(alpha) * mean**2 / (everyone[block] ** 2).sum()
        total += stats.nbinom.logpmf(count, size, size / (size + mean))

    # Parts of them.
    shares = np.array([elite[block].sum() / everyone[block].sum() for block in blocks])
    total += stats.binom.logpmf(2, 12, shares[0])
    total += logsumexp(stats.binom.logpmf(np.arange(8, 13), 100, shares[3]))
    # No total has more persons than itself, however large the factor.
    press = np.minimum(np.exp(point["log_definition_factor"][0]) * shares[:3], 1 - 1e-9)
    pmf = np.ones(1)
    for persons, share in zip((12, 30, 25), press, strict=True):
        pmf = np.convolve(pmf, stats.binom.pmf(np.arange(persons + 1), persons, share))
    return float(total + np.log(pmf[3:].sum()))


def test_logp_is_the_one_written_out_in_numpy() -> None:
    model = build(written_model(), written_evidence())
    logp = model.compile_logp(mode=FAST)
    for seed in range(5):
        point = point_of(model, seed)
        assert logp(point) == pytest.approx(written_logp(point), abs=1e-8)


def test_the_rows_of_the_written_model_are_counted_as_meant() -> None:
    selection = make_design(written_model(), written_evidence()).selection
    assert not selection.unused
    assert [row.statement.id for row in selection.direct] == ["S0", "S1", "S2", "S3"]
    parents = {row.statement.id: len(row.parents) for row in selection.nested}
    assert parents == {"S4": 1, "S5": 1}
    assert [row.statement.id for row in selection.joint] == ["S6"]


def test_an_expert_can_take_the_model_from_there() -> None:
    """Prior predictive draws by PyMC itself, for every row and every kept variable."""
    model = build(written_model(), written_evidence())
    with model:
        tree = pm.sample_prior_predictive(20, random_seed=1, compile_kwargs={"mode": FAST})
    # No row of the written evidence is graded, and the model has no errors of what is published.
    without = {names.RELIABILITY, names.ERROR_PARAMETER, names.REVISION_SCALE}
    assert set(names.VARIABLES) - set(tree["prior"].data_vars) == without
    assert (tree["prior_predictive"]["joint"] >= 0).all()
    assert tree["prior_predictive"]["direct"].dims == ("chain", "draw", names.DIRECT)
    assert (tree["prior_predictive"]["nested"] >= 0).all()
    assert tree["prior"]["expected"].coords[names.PERIOD].values[0] == "2020Q1"
