from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest

from defectmodels import names
from defectmodels.inference.geometry import COORDINATES, Chart, Geometry, Slope
from defectmodels.model.build import build_design
from defectmodels.model.design import make_design
from small import small_dataset, small_spec
from smallworld import FAST, make_dataset, make_spec


@pytest.fixture(scope="module")
def model() -> pm.Model:
    return build_design(make_design(small_spec(), small_dataset()))


@pytest.fixture(scope="module")
def geometry(model: pm.Model) -> Geometry:
    return Geometry(model, make_design(small_spec(), small_dataset()))


@pytest.fixture(scope="module")
def slope_at(geometry: Geometry) -> Callable[[Chart], Slope]:
    z = geometry.model.value_vars[0]
    logp = geometry.model.logp()
    run = geometry.model.compile_fn([logp, pt.grad(logp, z)], mode=FAST, point_fn=False)

    def found(chart: Chart) -> Slope:
        def slope(z: np.ndarray) -> tuple[float, np.ndarray]:
            geometry.use(chart)
            value, gradient = run(z)
            return float(value), gradient

        return slope

    return found


@pytest.fixture(scope="module")
def settled(geometry: Geometry, slope_at: Callable[[Chart], Slope]) -> Chart:
    return geometry.settled(slope_at)


def any_chart(geometry: Geometry, seed: int) -> Chart:
    """A chart with no zero in it that has no business there."""
    rng = np.random.default_rng(seed)
    own, layout = geometry.own, geometry.layout
    n, scales = len(own.known), layout.scales
    basis, tied = np.zeros((n, n)), rng.normal(0.0, 0.1, (n, n))
    for block in layout.blocks:
        size = block.stop - block.start
        basis[block, block] = np.linalg.qr(rng.normal(size=(size, size)))[0]
        tied[block, : block.stop] = 0.0
    return Chart(
        centre=rng.normal(-1.0, 0.3, scales), spread=np.eye(scales) + rng.normal(0, 0.2, (scales, scales)),
        basis=basis, known=rng.gamma(2.0, 1.0, n), pull=rng.normal(size=n), tied=tied,
        frail=rng.uniform(0.0, 1.0, n),
    )  # fmt: skip


def point_of(model: pm.Model, x: np.ndarray) -> dict[str, np.ndarray]:
    """The model's vector cut up into its variables."""
    found, start = {}, 0
    for name, value in model.initial_point().items():
        found[name] = x[start : start + value.size].reshape(value.shape)
        start += value.size
    return found


# --- the posterior is the same --------------------------------------------------------------


def test_the_density_is_the_models_times_the_jacobian(
    model: pm.Model, geometry: Geometry, slope_at: Callable[[Chart], Slope], settled: Chart
) -> None:
    logp = model.compile_logp(mode=FAST)
    for seed, chart in enumerate(
        [geometry.own, settled, any_chart(geometry, 1), any_chart(geometry, 2)]
    ):
        z = np.random.default_rng(seed).normal(0.0, 0.7, len(geometry.layout.order))
        x, jacobian = geometry.to_model(z, chart)
        # The spread's part of the Jacobian is the same everywhere and left out of the density.
        constant = np.linalg.slogdet(chart.spread)[1]
        found = slope_at(chart)(z)[0]
        assert found == pytest.approx(logp(point_of(model, x)) + jacobian - constant, abs=1e-10)


def test_the_jacobian_is_that_of_the_coordinates(geometry: Geometry) -> None:
    chart = any_chart(geometry, 3)
    z = np.random.default_rng(3).normal(0.0, 0.7, len(geometry.layout.order))
    moves = 1e-6 * np.eye(len(z))
    slopes = [
        (geometry.to_model(z + m, chart)[0] - geometry.to_model(z - m, chart)[0]) / 2e-6
        for m in moves
    ]
    want = np.linalg.slogdet(np.array(slopes))[1]
    assert geometry.to_model(z, chart)[1] == pytest.approx(want, abs=1e-7)


def test_the_gradient_is_that_of_the_density(
    geometry: Geometry, slope_at: Callable[[Chart], Slope], settled: Chart
) -> None:
    slope = slope_at(settled)
    z = np.random.default_rng(4).normal(0.0, 0.7, len(geometry.layout.order))
    want = [(slope(z + m)[0] - slope(z - m)[0]) / 2e-5 for m in 1e-5 * np.eye(len(z))]
    np.testing.assert_allclose(slope(z)[1], want, atol=1e-5)


def test_the_variables_are_the_models(model: pm.Model, geometry: Geometry, settled: Chart) -> None:
    """What is kept of a draw is what the model computes of the same values."""
    z = np.random.default_rng(5).normal(0.0, 0.7, len(geometry.layout.order))
    point = point_of(model, geometry.to_model(z, settled)[0])
    geometry.use(settled)
    kept = [*model.deterministics, *model.free_RVs]
    want = model.compile_fn(model.replace_rvs_by_values(kept), mode=FAST)(point)
    new = geometry.model
    assert [one.name for one in new.free_RVs] == [COORDINATES]
    graphs = new.replace_rvs_by_values([new[one.name] for one in kept])
    found = new.compile_fn(graphs, mode=FAST)({COORDINATES: z})
    for variable, one, other in zip(kept, found, want, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12, err_msg=variable.name)
        assert new.named_vars_to_dims.get(variable.name) == model.named_vars_to_dims.get(
            variable.name
        )


# --- it is a good description ---------------------------------------------------------------


def test_at_the_centre_the_coordinates_are_standard_normal(
    geometry: Geometry, slope_at: Callable[[Chart], Slope], settled: Chart
) -> None:
    """Up to what a chart takes as fixed; in the model's own, curvatures reach into the hundreds."""

    def curvatures(chart: Chart) -> np.ndarray:
        slope, size = slope_at(chart), len(geometry.layout.order)
        rows = [slope(-m)[1] - slope(m)[1] for m in 1e-4 * np.eye(size)]
        return np.linalg.eigvalsh(np.array(rows) / 2e-4)

    found, own = curvatures(settled), curvatures(geometry.own)
    assert found.min() > 0.5 and found.max() < 2.0
    assert own.max() > 100.0
    slope = slope_at(settled)(np.zeros(len(geometry.layout.order)))[1]
    assert np.abs(slope[: len(settled.known)]).max() < 0.05


def test_a_chart_is_found_without_chance(
    geometry: Geometry, slope_at: Callable[[Chart], Slope], settled: Chart
) -> None:
    np.random.seed(99)
    again = geometry.settled(slope_at).arrays()
    for name, value in settled.arrays().items():
        np.testing.assert_array_equal(again[name], value, err_msg=name)


def test_blocks_are_what_shares_a_scale(model: pm.Model, geometry: Geometry) -> None:
    layout = geometry.layout
    assert sorted(layout.order) == list(range(len(layout.order)))
    places = point_of(model, np.arange(len(layout.order)))
    n = len(layout.scale)
    scales = layout.order[n:].tolist()
    for group in range(2):
        which = scales.index(places["log_trend_scale"][group])
        want = sorted(places["trend_innovation"][group])
        assert sorted(layout.order[:n][layout.scale == which]) == want
    which = scales.index(places["log_effect_spread"][0])
    assert sorted(layout.order[:n][layout.scale == which]) == sorted(places["effect_deviation"])
    assert scales[layout.frailty] == places["log_frailty_cv"]
    assert [set(layout.scale[block]) for block in layout.blocks] == [{-1}, {0}, {1}, {2}]


# --- other shapes ---------------------------------------------------------------------------


def test_a_model_without_scales_has_coordinates_too() -> None:
    design = make_design(make_spec(), make_dataset(("everyone", "2020", 100)))
    model = build_design(design)
    geometry = Geometry(model, design)
    assert geometry.layout.scales == 0 and geometry.layout.frailty == -1
    z = np.array([0.3, -0.2])
    chart = replace(geometry.own, known=np.array([4.0, 9.0]))
    x, jacobian = geometry.to_model(z, chart)
    assert jacobian == pytest.approx(-np.log(6.0))
    geometry.use(chart)
    found = geometry.model.compile_logp(mode=FAST)({COORDINATES: z})
    want = model.compile_logp(mode=FAST)(point_of(model, x))
    assert found == pytest.approx(want + jacobian, abs=1e-10)
    assert names.RATE in geometry.model.named_vars
