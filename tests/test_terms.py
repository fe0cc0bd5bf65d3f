from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import numpy as np
import pymc as pm
import pytensor
import pytest
import xarray as xr

from defectmodels import names
from defectmodels.evidence.periods import Periods
from defectmodels.inference.sampling import constant_data
from defectmodels.model.design import Design, make_design
from defectmodels.model.priors import LogNormal
from defectmodels.model.terms import Covariates, Effect, Season, Term, Trend
from smallworld import FAST, make_dataset, make_series, make_spec

KINDS = get_args(get_args(Term)[0])
"""Every class of the union."""

DRAWS = 5
RATIO = LogNormal(median=0.7, factor=3.0, why="a test")


def one_chain(values: list[np.ndarray], dims: tuple[str, ...]) -> xr.DataArray:
    return xr.DataArray(np.array(values)[None], dims=("chain", "draw", *dims))


def shipped_constant(design: Design) -> xr.Dataset:
    """Constant data of a fit; terms do not look at the chances of the joint rows."""
    return constant_data(design, np.ones(len(design.joint.rows)))


def built(term: Any, design: Design) -> tuple[np.ndarray, xr.Dataset]:
    """What a term adds in some draws from its prior, and the posterior that a fit would hold."""
    with pm.Model(coords=design.coords) as model:
        added = term.build(design)
    variables = [variable for variable in model.deterministics if variable.name in names.VARIABLES]
    variables += [variable for variable in model.free_RVs if variable.name in names.VARIABLES]
    # Values far from 0, not draws from the prior, which would leave small terms untested.
    free = model.free_RVs
    given = [one.type(name=one.name) for one in free]
    graph = pytensor.graph.replace.graph_replace(
        [added, *variables], dict(zip(free, given, strict=True)), strict=False
    )
    run = pytensor.function(given, graph, mode=FAST, on_unused_input="ignore")
    rng = np.random.default_rng(1)
    shapes = [tuple(one.shape.eval(mode=FAST)) for one in free]
    draws = [run(*(rng.normal(0.0, 1.5, shape) for shape in shapes)) for _ in range(DRAWS)]
    coords = {key: value for key, value in design.coords.items() if value}
    posterior = {}
    for place, variable in enumerate(variables, start=1):
        dims = tuple(str(dim) for dim in model.named_vars_to_dims[variable.name])
        posterior[variable.name] = one_chain([draw[place] for draw in draws], dims)
    used = {dim for array in posterior.values() for dim in array.dims}
    dataset = xr.Dataset(posterior, {k: v for k, v in coords.items() if k in used})
    return np.array([draw[0] for draw in draws]), dataset


@pytest.fixture(scope="module")
def build_once(shipped_design: Design) -> Callable[[str], tuple[Any, np.ndarray, xr.Dataset]]:
    """Each of the reference model's terms, built once."""
    terms = {term.kind: term for term in shipped_design.spec.term}
    found: dict[str, tuple[Any, np.ndarray, xr.Dataset]] = {}

    def build(kind: str) -> tuple[Any, np.ndarray, xr.Dataset]:
        if kind not in found:
            found[kind] = (terms[kind], *built(terms[kind], shipped_design))
        return found[kind]

    return build


Build = Callable[[str], tuple[Any, np.ndarray, xr.Dataset]]


def kind_of(term: type) -> str:
    return str(get_args(term.model_fields["kind"].annotation)[0])  # type: ignore[attr-defined]


# --- the contract of every term -------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind_of(term) for term in KINDS])
def test_a_term_adds_an_array_of_group_and_period(
    kind: str, build_once: Build, shipped_design: Design
) -> None:
    _, added, _ = build_once(kind)
    shape = (len(shipped_design.groups), len(shipped_design.periods))
    assert added.shape == (DRAWS, *shape)
    assert np.isfinite(added).all()
    assert np.ptp(added) > 0.1


@pytest.mark.parametrize("kind", [kind_of(term) for term in KINDS])
def test_the_parts_rebuild_what_was_added(
    kind: str, build_once: Build, shipped_design: Design
) -> None:
    term, added, posterior = build_once(kind)
    parts = term.parts(posterior, shipped_constant(shipped_design))
    dims = ("chain", "draw", names.GROUP, names.PERIOD)
    for part in parts.values():
        assert part.dims == dims
        assert set(part.coords) <= set(dims)
    rebuilt = sum(part.values for part in parts.values())
    np.testing.assert_allclose(rebuilt[0], added, rtol=0, atol=1e-10)


def test_parts_are_named_by_covariate_season_and_trend(
    build_once: Build, shipped_design: Design
) -> None:
    constant = shipped_constant(shipped_design)
    found = [
        list(term.parts(posterior, constant))
        for term, _, posterior in (build_once(kind_of(kind)) for kind in KINDS)
    ]
    assert found == [list(shipped_design.spec.covariates), ["season"], ["trend"]]


# --- covariates -----------------------------------------------------------------------------


def test_an_effect_that_is_off_is_exactly_0(build_once: Build, shipped_design: Design) -> None:
    term, _, posterior = build_once("covariates")
    off = ~term.acts(shipped_design.groups)
    assert off.any()
    assert not off.all(axis=0).any()
    effect = posterior[names.EFFECT].values[0]
    assert (effect[:, off] == 0.0).all()
    assert (effect[:, ~off] != 0.0).all()


def test_an_effect_on_one_group_is_the_pooled_one(
    build_once: Build, shipped_design: Design
) -> None:
    term, _, posterior = build_once("covariates")
    acts = term.acts(shipped_design.groups)
    alone = acts.sum(axis=0) == 1
    effect, pooled = posterior[names.EFFECT].values[0], posterior[names.POOLED].values[0]
    np.testing.assert_allclose(effect.sum(axis=1)[:, alone], pooled[:, alone], rtol=1e-12)
    shared = posterior["effect_spread"]
    assert shared.sizes["pooled_covariate"] == (~alone).sum()


def test_effects_are_normal_around_the_pooled_one_with_its_spread() -> None:
    term = Covariates(
        kind="covariates",
        effect=(Effect(series="border", ratio=RATIO), Effect(series="trade", ratio=RATIO)),
    )
    design = two_covariates(term, groups=tuple("abcdefgh"))
    with pm.Model(coords=design.coords) as model:
        term.build(design)
    wanted = [model[name] for name in (names.EFFECT, names.POOLED, names.SPREAD)]
    effect, pooled, spread = pm.draw(wanted, draws=2000, random_seed=1, mode=FAST)
    z = (effect - pooled[:, None, :]) / spread[:, None, :]
    assert z.mean() == pytest.approx(0.0, abs=0.03)
    assert z.std() == pytest.approx(1.0, abs=0.02)
    assert np.abs(np.corrcoef(z.reshape(2000, -1).T) - np.eye(16)).max() < 0.12
    assert pooled.mean(axis=0) == pytest.approx(RATIO.mu, abs=0.08)
    assert pooled.std(axis=0) == pytest.approx(RATIO.sigma, rel=0.08)
    assert np.quantile(spread, 0.5) == pytest.approx(term.spread.median, rel=0.08)


def two_covariates(term: Covariates, groups: tuple[str, ...]) -> Design:
    series = [
        make_series("border", {"2020H1": 0.0, "2020H2": 1.0}),
        make_series("trade", {"2020Q1": 0.0, "2020Q2": 2.0, "2020H2": 1.0}),
    ]
    dataset = make_dataset(("everyone", "2020", 100), groups=groups, series=series)
    return make_design(make_spec(groups=groups, term=[term]), dataset)


def test_a_model_of_one_group_has_no_spread() -> None:
    term = Covariates(kind="covariates", effect=(Effect(series="border", ratio=RATIO),))
    _, posterior = built(term, two_covariates(term, groups=("everyone_else",)))
    assert names.SPREAD not in posterior
    np.testing.assert_array_equal(posterior[names.EFFECT][..., 0, :], posterior[names.POOLED])


# --- season ---------------------------------------------------------------------------------


def test_a_season_adds_to_0(build_once: Build) -> None:
    _, _, posterior = build_once("season")
    total = posterior[names.SEASON_EFFECT].sum(names.SEASON)
    np.testing.assert_allclose(total, 0.0, atol=1e-12)


@pytest.mark.parametrize(("every", "count"), [("quarter", 4), ("month", 12)])
def test_seasons_have_equal_variances(every: str, count: int) -> None:
    term = Season(kind="season", size=1.2, why="a test")
    spec = make_spec("2020", "2020", every, term=[term])
    design = make_design(spec, make_dataset(("everyone", "2020", 100)))
    with pm.Model(coords=design.coords) as model:
        term.build(design)
    draws = pm.draw(model[names.SEASON_EFFECT], draws=3000, random_seed=1, mode=FAST)
    want = np.log(1.2) ** 2 * (1 - 1 / count)
    # Five standard errors of a variance from 3,000 draws are 13%.
    np.testing.assert_allclose(draws.var(axis=0), np.full((2, count), want), rtol=0.13)


def test_a_season_of_some_groups_leaves_the_others_at_0() -> None:
    term = Season(kind="season", size=1.2, why="a test", groups=("commoner",))
    design = make_design(make_spec(term=[term]), make_dataset(("everyone", "2020", 100)))
    added, _ = built(term, design)
    assert (added[:, 0] == 0.0).all()
    assert (added[:, 1] != 0.0).any()


# --- trend ----------------------------------------------------------------------------------


def test_a_trend_has_mean_0_over_the_periods(build_once: Build) -> None:
    _, added, _ = build_once("trend")
    np.testing.assert_allclose(added.mean(axis=2), 0.0, atol=1e-12)


@pytest.mark.parametrize("axis", [("2018", "2022", "year"), ("2018Q1", "2022Q4", "quarter")])
def test_a_yearly_walk_changes_by_its_scale_each_year(axis: tuple[str, ...]) -> None:
    trend = Trend(kind="trend", every="year", scale=LogNormal(median=0.2, factor=3.0, why="x"))
    periods = Periods.between(*axis)  # type: ignore[arg-type]
    weights = trend.steps(periods)
    assert weights.shape == (len(periods), 5)
    # With one value a year the weights are the identity, centred.
    if axis[2] == "year":
        np.testing.assert_allclose(weights, np.eye(5) - 0.2, atol=1e-12)
    np.testing.assert_allclose(weights.sum(axis=0), 0.0, atol=1e-12)
    # A step in the third year raises the middle of that year, and straight lines lead to it.
    level = weights @ np.array([0.0, 0.0, 1.0, 1.0, 1.0])
    length = len(periods) // 5
    assert level.max() - level.min() == pytest.approx(1.0)
    assert (np.diff(level) >= -1e-12).all()
    assert np.abs(np.diff(level)).max() <= 1.0 / length + 1e-12


def test_the_sd_of_a_change_is_the_scale_times_the_root_of_the_time() -> None:
    for every, years in (("year", 1.0), ("quarter", 0.25)):
        scale = LogNormal(median=0.2, factor=1.0001, why="a test")
        trend = Trend(kind="trend", every=every, scale=scale)  # type: ignore[arg-type]
        axis = ("2018", "2022", every)
        design = make_design(make_spec(*axis, term=[trend]), make_dataset(("everyone", "2020", 9)))
        with pm.Model(coords=design.coords) as model:
            trend.build(design)
        draws = pm.draw(model[names.TREND], draws=2000, random_seed=1, mode=FAST)
        change = np.diff(draws, axis=2)
        assert change.std() == pytest.approx(0.2 * np.sqrt(years), rel=0.05)


def test_a_trend_of_a_single_step_is_0() -> None:
    trend = Trend(kind="trend", every="year", scale=LogNormal(median=0.2, factor=3.0, why="x"))
    spec = make_spec("2020Q1", "2020Q3", term=[trend])
    added, _ = built(trend, make_design(spec, make_dataset(("everyone", "2020Q1", 9))))
    np.testing.assert_array_equal(added, np.zeros((DRAWS, 2, 3)))


# --- later periods --------------------------------------------------------------------------


def walked(
    trend: Trend, design: Design, draws: int, seed: int = 2
) -> tuple[np.ndarray, xr.Dataset]:
    """Draws of a trend from its prior: values of its steps and the posterior of a fit."""
    with pm.Model(coords=design.coords) as model:
        trend.build(design)
    wanted = [model[names.TREND], model[names.TREND_SCALE]]
    values, scale = pm.draw(wanted, draws=draws, random_seed=seed, mode=FAST)
    dims = ("chain", "draw", names.GROUP)
    posterior = {
        names.TREND: ((*dims, names.PERIOD), values[None]),
        names.TREND_SCALE: (dims, scale[None]),
    }
    return values, xr.Dataset(posterior)


def trend_design(trend: Trend, start: str, end: str, every: str) -> Design:
    spec = make_spec(start, end, every, term=[trend])
    return make_design(spec, make_dataset(("everyone", start, 9)))


AXES = [
    # Whole blocks, and blocks that are not over, before and after their middle.
    ("year", "2018", "2022", "year", "2026"),
    ("year", "2018Q1", "2022Q4", "quarter", "2026"),
    ("year", "2018Q1", "2022Q1", "quarter", "2025"),
    ("year", "2018Q1", "2022Q2", "quarter", "2022Q3"),
    ("year", "2018Q1", "2022Q3", "quarter", "2024"),
    ("year", "2018-01", "2020-02", "month", "2022"),
    ("year", "2018-01", "2020-10", "month", "2021"),
    ("quarter", "2018-01", "2019-04", "month", "2020"),
    ("quarter", "2018Q1", "2019Q3", "quarter", "2021"),
    ("quarter", "2018", "2022", "year", "2025"),
]


@pytest.mark.parametrize("axis", AXES, ids=lambda axis: "-".join(axis))
def test_a_trend_goes_on_along_the_steps_of_the_longer_axis(axis: tuple[str, ...]) -> None:
    """Up to a constant, what a walk whose steps are known would be on the longer axis."""
    trend = Trend(kind="trend", every=axis[0], scale=LogNormal(median=0.3, factor=2.0, why="x"))  # type: ignore[arg-type]
    design = trend_design(trend, *axis[1:4])
    periods, longer = design.periods, design.periods.until(axis[4])
    later = longer.after(periods)
    values, posterior = walked(trend, design, 4)
    found = trend.beyond(posterior, periods, later, np.random.default_rng(3))[0]
    assert found.shape == (4, 2, len(later)) and np.isfinite(found).all()
    whole = np.concatenate([values, found], axis=-1)
    # Weights of an axis that is longer still, since a walk stays flat after its last step.
    weights = trend.steps(periods.until("2032"))[: len(longer)]
    weights = weights - weights[:1] + np.eye(weights.shape[1])[0]
    months = {"year": 12, "quarter": 3, "month": 1}
    length = max(1, months[axis[0]] // months[axis[3]])
    last = (trend.steps(periods).shape[1] - 1) * length + length / 2
    middle = np.arange(len(longer)) + 0.5
    # From the last fitted step to the end of the fitted periods the trend is flat.
    flat = (middle > last) & (middle < len(periods))
    for draw, group in np.ndindex(4, 2):
        path = whole[draw, group] - whole[draw, group, 0]
        steps = np.linalg.lstsq(weights[~flat], path[~flat], rcond=None)[0]
        np.testing.assert_allclose(weights[~flat] @ steps, path[~flat], atol=1e-10)
        np.testing.assert_allclose(path[flat], path[len(periods) - 1], atol=1e-10)
    assert np.ptp(found, axis=0).min() > 1e-3
    # However far one looks, what comes first is the same.
    far = periods.until("2030").after(periods)
    further = trend.beyond(posterior, periods, far, np.random.default_rng(3))[0]
    np.testing.assert_allclose(further[..., : len(later)], found, rtol=1e-12)


@pytest.mark.parametrize(
    ("axis", "offset"),
    [
        (("year", "2018", "2022", "year", "2030"), 0.5),
        (("year", "2018Q1", "2022Q4", "quarter", "2030"), 0.5),
        (("year", "2018Q1", "2022Q1", "quarter", "2030"), -0.25),
        (("quarter", "2018-01", "2019-12", "month", "2022"), 0.125),
    ],
)
def test_a_later_trend_spreads_as_its_scale_says(axis: tuple[str, ...], offset: float) -> None:
    """Variance scale^2 a year from the last step on; `offset` years before the last fitted day."""
    trend = Trend(kind="trend", every=axis[0], scale=LogNormal(median=0.3, factor=2.0, why="x"))  # type: ignore[arg-type]
    design = trend_design(trend, *axis[1:4])
    later = design.periods.until(axis[4]).after(design.periods)
    draws = 20_000
    values = np.zeros((1, draws, 2, len(design.periods)))
    scale = np.full((1, draws, 2), 0.3) * [1.0, 2.0]
    dims = ("chain", "draw", names.GROUP)
    posterior = xr.Dataset(
        {names.TREND: ((*dims, names.PERIOD), values), names.TREND_SCALE: (dims, scale)}
    )
    found = trend.beyond(posterior, design.periods, later, np.random.default_rng(1))[0]
    unit = {"year": 1.0, "quarter": 0.25}[axis[0]]
    step = {"year": 1.0, "quarter": 0.25, "month": 1 / 12}[axis[3]]
    years = (np.arange(len(later)) + 0.5) * step + offset
    # Between two steps a straight line leads from the one to the other.
    before = np.floor(years / unit + 1e-9)
    part = years / unit - before
    want = unit * np.where(years > 0, before + part**2, 0.0)
    for group, factor in enumerate((0.3, 0.6)):
        variance = found[:, group].var(axis=0)
        np.testing.assert_allclose(
            variance, factor**2 * want, rtol=4 * np.sqrt(2 / draws), atol=1e-12
        )
        whole = (part < 1e-9) & (years > 0)
        np.testing.assert_allclose(want[whole], years[whole], rtol=1e-9)
    # Groups walk apart from each other.
    assert abs(np.corrcoef(found[:, 0, -1], found[:, 1, -1])[0, 1]) < 4 / np.sqrt(draws)
    np.testing.assert_allclose(found.mean(axis=0), 0.0, atol=4 * 0.6 * np.sqrt(years[-1] / draws))


def test_a_later_season_is_that_of_the_same_place_in_the_year(build_once: Build) -> None:
    term, _, posterior = build_once("season")
    periods = Periods.between("1998", "2025", "quarter")
    later = Periods.between("2026", "2027Q3", "quarter")
    found = term.beyond(posterior, periods, later, np.random.default_rng(1))
    season = posterior[names.SEASON_EFFECT].transpose("chain", "draw", "group", "season").values
    np.testing.assert_array_equal(found, season[..., [0, 1, 2, 3, 0, 1, 2]])
    # Fitted periods may end, or begin, within a year.
    periods = Periods.between("1998Q2", "2025Q3", "quarter")
    later = periods.until("2026Q2").after(periods)
    found = term.beyond(posterior, periods, later, np.random.default_rng(1))
    np.testing.assert_array_equal(found, season[..., [3, 0, 1]])


def test_covariates_say_nothing_of_later_periods_by_themselves(build_once: Build) -> None:
    term, _, posterior = build_once("covariates")
    periods = Periods.between("1998", "2025", "quarter")
    later = periods.until("2026").after(periods)
    assert term.beyond(posterior, periods, later, np.random.default_rng(1)) == 0.0
