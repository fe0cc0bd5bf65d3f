from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from defectmodels.inference.engine import Engine, make_engine
from defectmodels.inference.geometry import Chart, Layout, to_model
from defectmodels.inference.predict import cut
from defectmodels.model.design import make_design
from small import small_dataset, small_spec
from smallworld import make_dataset, make_spec


@pytest.fixture(scope="module")
def engine() -> Engine:
    return make_engine(make_design(small_spec(), small_dataset()))


@pytest.fixture(scope="module")
def found(engine: Engine) -> Chart:
    return engine.chart()


def any_chart(layout: Layout, seed: int) -> Chart:
    """A chart with no zero in it that has no business there."""
    rng = np.random.default_rng(seed)
    n, scales = len(layout.scale), layout.scales
    last = layout.parts[-1].stop - layout.parts[-1].start
    basis, tied = [], []
    for at, part in enumerate(layout.parts):
        size = part.stop - part.start
        basis.append(np.zeros((size, size)))
        tied.append(
            rng.normal(0.0, 0.1, (size, size + (last if at < len(layout.parts) - 1 else 0)))
        )
        for block in layout.blocks:
            if part.start <= block.start < part.stop:
                own = slice(block.start - part.start, block.stop - part.start)
                width = own.stop - own.start
                basis[-1][own, own] = np.linalg.qr(rng.normal(size=(width, width)))[0]
                tied[-1][own, : own.stop] = 0.0
    return Chart(
        centre=rng.normal(-1.0, 0.3, scales), spread=np.eye(scales) + rng.normal(0, 0.2, (scales, scales)),
        basis=tuple(basis), known=rng.gamma(2.0, 1.0, n), pull=rng.normal(size=n), tied=tuple(tied),
        frail=rng.uniform(0.0, 1.0, n),
    )  # fmt: skip


# --- the coordinates --------------------------------------------------------------------------


def test_the_jacobian_is_that_of_the_coordinates(engine: Engine) -> None:
    layout = engine.linear.layout
    chart = any_chart(layout, 3)
    z = np.random.default_rng(3).normal(0.0, 0.7, len(layout.order))
    moves = 1e-6 * np.eye(len(z))
    up, down = to_model(layout, z + moves, chart)[0], to_model(layout, z - moves, chart)[0]
    want = np.linalg.slogdet((up - down) / 2e-6)[1]
    assert to_model(layout, z, chart)[1] == pytest.approx(want, abs=1e-7)


def test_many_points_are_each_by_itself(engine: Engine) -> None:
    layout = engine.linear.layout
    chart = any_chart(layout, 4)
    z = np.random.default_rng(4).normal(0.0, 0.7, (3, 2, len(layout.order)))
    x, jacobian = to_model(layout, z, chart)
    for at in np.ndindex(3, 2):
        one, log = to_model(layout, z[at], chart)
        np.testing.assert_allclose(x[at], one, rtol=1e-13, atol=1e-13)
        assert jacobian[at] == pytest.approx(log, rel=1e-13)


def test_the_own_coordinates_are_the_models(engine: Engine) -> None:
    layout, own = engine.linear.layout, engine.density.own
    z = np.random.default_rng(5).normal(size=len(layout.order))
    start = np.concatenate([np.ravel(one) for one in engine.model.initial_point().values()])
    x, jacobian = to_model(layout, z, own)
    np.testing.assert_allclose(x[layout.order], start[layout.order] + z, atol=1e-14)
    assert jacobian == 0.0


# --- it is a good description ---------------------------------------------------------------


def test_at_the_centre_the_coordinates_are_standard_normal(engine: Engine, found: Chart) -> None:
    """Up to what a chart takes as fixed; in the model's own, curvatures reach into the hundreds."""
    size = len(engine.linear.layout.order)

    def curvatures(chart: Chart) -> np.ndarray:
        slope = engine.density.at(chart)
        rows = [slope(-m)[1] - slope(m)[1] for m in 1e-4 * np.eye(size)]
        return np.linalg.eigvalsh(np.array(rows) / 2e-4)

    here, own = curvatures(found), curvatures(engine.density.own)
    assert here.min() > 0.5 and here.max() < 2.0
    assert own.max() > 100.0
    slope = engine.density.at(found)(np.zeros(size))[1]
    assert np.abs(slope[: len(found.known)]).max() < 0.05


def test_a_chart_is_found_without_chance(engine: Engine, found: Chart) -> None:
    np.random.seed(99)
    again = engine.chart()
    for one in fields(found):
        for a, b in zip(getattr(again, one.name), getattr(found, one.name), strict=True):
            np.testing.assert_array_equal(a, b)


def test_blocks_are_what_shares_a_scale(engine: Engine) -> None:
    layout = engine.linear.layout
    assert sorted(layout.order) == list(range(len(layout.order)))
    places = {
        name: one[0] for name, one in cut(engine.model, np.arange(len(layout.order))[None]).items()
    }
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


def test_a_model_without_scales_has_coordinates_too() -> None:
    engine = make_engine(make_design(make_spec(), make_dataset(("everyone", "2020", 100))))
    layout = engine.linear.layout
    assert layout.scales == 0 and layout.frailty == -1
    chart = replace(engine.density.own, known=np.array([4.0, 9.0]))
    jacobian = to_model(layout, np.array([0.3, -0.2]), chart)[1]
    assert jacobian == pytest.approx(-np.log(6.0))
    assert np.isfinite(engine.density.at(engine.chart())(np.zeros(2))[0])
