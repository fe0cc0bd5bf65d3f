from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pymc as pm
import pytest
from scipy import special, stats

from country import prior
from defectmodels.errors import FitError
from defectmodels.evidence.dataset import load_dataset
from defectmodels.inference import density_kernel as kernel
from defectmodels.inference.density import Density, make_density
from defectmodels.inference.engine import Engine, make_engine
from defectmodels.inference.geometry import to_model
from defectmodels.inference.linear import lower
from defectmodels.inference.predict import cut
from defectmodels.model.build import build_design
from defectmodels.model.design import Design, make_design
from defectmodels.model.spec import load_model
from small import small_dataset, small_spec
from smallworld import FAST, make_dataset, make_spec
from test_geometry import any_chart

SHIPPED = (
    "constant_rate",
    "escape_rates",
    "escape_rates_all_effects",
    "escape_rates_by_sex",
    "escape_rates_contained",
    "escape_rates_no_trend",
)


def point(model: pm.Model, x: np.ndarray) -> dict[str, np.ndarray]:
    return {name: one[0] for name, one in cut(model, x[None]).items()}


def agrees(engine: Engine, chart: Any, seeds: range, width: float = 0.7) -> None:
    """The kernel's density and gradient are the PyMC model's in the chart."""
    logp = engine.model.compile_logp(mode=FAST)
    slope = engine.density.at(chart)
    layout = engine.linear.layout
    for seed in seeds:
        z = np.random.default_rng(seed).normal(0.0, width, len(layout.order))
        x, jacobian = to_model(layout, z, chart)
        # The spread's part of the Jacobian is the same everywhere and left out of the density.
        want = logp(point(engine.model, x)) + jacobian - np.linalg.slogdet(chart.spread)[1]
        found, gradient = slope(z)
        assert found == pytest.approx(float(want), rel=1e-12, abs=1e-10)
        moves = 1e-5 * np.eye(len(z))
        numeric = np.array([(slope(z + m)[0] - slope(z - m)[0]) / 2e-5 for m in moves])
        size = max(1.0, np.abs(numeric).max())
        # The step of the differences limits this; another test compares with the graph to ten digits.
        np.testing.assert_allclose(gradient / size, numeric / size, atol=2e-5)


@pytest.fixture(scope="module")
def small() -> Engine:
    return make_engine(make_design(small_spec(), small_dataset()))


# --- it is the model's density ----------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_the_density_of_every_shipped_model_is_its_pymc_models(name: str) -> None:
    engine = make_engine(make_design(load_model(name), load_dataset("arrivals")))
    agrees(engine, engine.chart(), range(2))
    agrees(engine, any_chart(engine.linear.layout, 7), range(1), 0.2)


def test_the_gradient_is_that_of_the_pymc_graph(small: Engine) -> None:
    """Not only of finite differences: to ten digits."""
    run = small.model.logp_dlogp_function(ravel_inputs=True, mode=FAST)
    run.set_extra_values({})
    layout, own = small.linear.layout, small.density.own
    slope = small.density.at(own)
    for seed in range(5):
        z = np.random.default_rng(seed).normal(0.0, 0.5, len(layout.order))
        value, gradient = run(to_model(layout, z, own)[0])
        found = slope(z)
        assert found[0] == pytest.approx(float(value), abs=1e-10)
        np.testing.assert_allclose(found[1], gradient[layout.order], rtol=1e-10, atol=1e-9)


def test_any_chart_will_do(small: Engine) -> None:
    for seed in range(4):
        agrees(small, any_chart(small.linear.layout, seed), range(seed, seed + 2))


ROWS: dict[str, tuple[tuple[Any, ...], ...]] = {
    "an interval": (("everyone", "2020", 300, 340), ("elite", "2020", 8, 12)),
    "at least": (("everyone", "2020", 300, None), ("everyone", "2020Q1", 40, None)),
    "at least, nested": (("everyone", "2020", 300), ("elite", "2020", 9, None)),
    "at most": (("everyone", "2020", None, 300), ("elite", "2020", None, 12)),
    "at most, nested": (("everyone", "2020", 300), ("elite", "2020", None, 12)),
    "days without a total": (("elite", "2020Q1", 2), ("everyone", "2020Q3", 50)),
    "rows that overlap": (
        ("everyone", "2020H1", 200),
        ("everyone", "2020H2", 100),
        ("elite", "2020", 9, 12),
        ("elite", "2020Q2..2020Q3", 5),
    ),
    "a small total, divided": (
        ("everyone", "2020", 15),
        ("elite", "2020Q1..2020Q2", 3, 5),
        ("elite", "2020Q2..2020Q4", 2, 6),
    ),
}


@pytest.mark.parametrize("rows", ROWS.values(), ids=list(ROWS))
@pytest.mark.parametrize("frail", [False, True])
def test_every_kind_of_row(rows: tuple[tuple[Any, ...], ...], frail: bool) -> None:
    more = {"frailty": prior(0.2, 3.0)} if frail else {}
    engine = make_engine(make_design(make_spec(**more), make_dataset(*rows)))
    agrees(engine, engine.density.own, range(3))


@pytest.mark.parametrize("rate", [prior(10.0, 5.0) | {"dist": "lognormal"},
                                  {"dist": "gamma", "mean": 12.0, "shape": 2.0, "why": "a test"}])  # fmt: skip
def test_every_prior_of_a_baseline(rate: dict[str, Any]) -> None:
    spec = make_spec(groups=("all",), baseline={"all": {"rate": rate}}, frailty=prior(0.2, 3.0))
    data = make_dataset(("all", "2020Q1", 12), ("all", "2020Q3", 9, 14), groups=("all",))
    engine = make_engine(make_design(spec, data))
    agrees(engine, engine.density.own, range(4))


def test_far_from_what_is_said_value_and_gradient_are_numbers(small: Engine) -> None:
    slope = small.density.at(small.chart())
    rng = np.random.default_rng(1)
    for width in (3.0, 10.0, 30.0):
        for _ in range(200):
            value, gradient = slope(rng.normal(0.0, width, len(small.linear.layout.order)))
            # Thirty standard deviations out a rate may overflow; nearer by nothing may.
            assert np.isfinite(value) or width > 10.0
            assert np.isfinite(gradient).all() or not np.isfinite(value)


def test_the_numbers_do_not_depend_on_where_the_arrays_lie(shipped_design: Design) -> None:
    """To the last bit, or the draws of one seed would part ways."""
    engine = make_engine(shipped_design)
    slope = engine.density.at(engine.chart())
    rng = np.random.default_rng(1)
    points = rng.normal(0.0, 1.2, (1000, len(engine.linear.layout.order)))
    first = [slope(z) for z in points]
    for at in rng.permutation(len(points)):
        junk = np.full(rng.integers(10, 3000), 1e3)
        value, gradient = slope(points[at])
        assert value == first[at][0]
        np.testing.assert_array_equal(gradient, first[at][1])
        del junk


def test_other_rows_are_other_arrays(small: Engine) -> None:
    """The same model on other rows, without reading it off again."""
    statements = small_dataset().statements
    fewer = replace(small_dataset(), statements=statements[:-4])
    design = make_design(small_spec(), fewer)
    moved = small.with_rows(design, np.zeros(0))
    fresh = make_engine(design)
    for name in ("ints", "floats", "steps", "constants"):
        np.testing.assert_array_equal(
            getattr(moved.density, name), getattr(fresh.density, name), err_msg=name
        )
    z = np.random.default_rng(1).normal(0.0, 0.3, len(fresh.linear.layout.order))
    assert moved.density.at(moved.density.own)(z)[0] == fresh.density.at(fresh.density.own)(z)[0]
    assert moved.density.at(moved.density.own)(z)[0] != small.density.at(small.density.own)(z)[0]


# --- what it cannot do, it refuses ------------------------------------------------------------


def test_a_model_that_is_not_linear_is_refused() -> None:
    design = make_design(small_spec(), small_dataset())
    model = build_design(design)
    bent = model["expected"] ** (1 + 0.1 * model["trend_innovation"][0, 0] ** 2)
    original = type(model).__getitem__
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            type(model),
            "__getitem__",
            lambda self, name: bent if name == "expected" else original(self, name),
        )
        with pytest.raises(FitError, match="not linear in the coordinates given the scales"):
            lower(design, model)


def test_a_prior_that_the_kernel_does_not_know_is_refused() -> None:
    design = make_design(make_spec(), make_dataset(("everyone", "2020", 100)))
    model = build_design(design)
    with model:
        pm.Cauchy("more", 0.0, 1.0)
    with pytest.raises(
        FitError, match="variable 'more' has a prior that the density does not know"
    ):
        lower(design, model)


# --- its parts --------------------------------------------------------------------------------


def testlog_gamma_and_its_slope() -> None:
    for x in (1e-3, 0.2, 1.0, 2.5, 9.99, 10.0, 47.3, 1e4, 1e8):
        assert kernel.log_gamma(x) == pytest.approx(special.gammaln(x), rel=1e-13, abs=1e-13)
        assert kernel.digamma(x) == pytest.approx(special.digamma(x), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("low, high", [(0, 0), (7, 7), (3, 9), (0, 40), (5, -1), (0, -1), (30, -1)])
@pytest.mark.parametrize(
    "mean, size", [(6.0, 3.0), (6.0, 400.0), (6.0, -1.0), (0.3, 0.5), (90.0, 8.0)]
)
def test_counts_from_low_to_high(low: int, high: int, mean: float, size: float) -> None:
    def want(m: float, a: float) -> float:
        one = stats.nbinom(a, a / (a + m)) if a > 0 else stats.poisson(m)
        if high < 0:
            return float(one.logsf(low - 1))
        return float(special.logsumexp(one.logpmf(np.arange(low, high + 1))))

    constant = -special.gammaln(low + 1.0)
    found, dm, da = kernel._counted(mean, size, low, high, constant)
    # "At least" far above the mean sums upwards, and leaves out what is too rare (`interval_logp`).
    assert found == pytest.approx(want(mean, size), rel=1e-6 if high < 0 else 1e-11, abs=1e-12)
    h = 1e-5 * mean

    def near(m: float, a: float) -> float:
        return kernel._counted(m, a, low, high, constant)[0]

    assert dm == pytest.approx((near(mean + h, size) - near(mean - h, size)) / (2 * h), abs=1e-6)
    if size > 0:
        h = 1e-5 * size
        assert da == pytest.approx(
            (near(mean, size + h) - near(mean, size - h)) / (2 * h), abs=1e-6
        )


@pytest.mark.parametrize(
    "low, high", [(0, 0), (4, 4), (2, 7), (0, 20), (3, -1), (0, -1), (15, -1), (25, 30)]
)
@pytest.mark.parametrize("p", [1e-6, 0.1, 0.5, 0.97])
def test_counts_of_a_total(low: int, high: int, p: float) -> None:
    trials = 20
    top = trials if high < 0 else min(high, trials)
    logs = stats.binom(trials, p).logpmf(np.arange(low, top + 1)) if low <= top else [kernel._NEVER]
    constant = special.gammaln(trials + 1) - special.gammaln(low + 1)
    constant -= special.gammaln(max(trials - low, 0) + 1)
    found, slope = kernel._of_total(p, trials, low, high, constant)
    assert found == pytest.approx(
        float(special.logsumexp(logs)), rel=1e-6 if high < 0 else 1e-10, abs=1e-10
    )
    h = 1e-6 * min(p, 1 - p)
    near = [kernel._of_total(p + d, trials, low, high, constant)[0] for d in (h, -h)]
    assert slope == pytest.approx((near[0] - near[1]) / (2 * h), rel=1e-4, abs=1e-4)


def test_the_sections_have_names() -> None:
    assert len(kernel.INTS) == len(set(kernel.INTS)) == kernel._WEIGHT_GRADE + 1
    assert len(kernel.FLOATS) == len(set(kernel.FLOATS)) == kernel._CONSTANT + 1


def test_a_density_is_a_value(small: Engine) -> None:
    """Two densities of one design are the same arrays, and drawing changes none of them."""
    design: Design = small.design
    again: Density = make_density(design, lower(design, build_design(design)), np.zeros(0))
    before = small.density.floats.copy()
    small.density.at(small.density.own)(np.zeros(len(small.linear.layout.order)))
    np.testing.assert_array_equal(before, small.density.floats)
    np.testing.assert_array_equal(again.floats, small.density.floats)
