"""Groups that no row counts together are parts of the coordinates, tied to what all have in common."""

from __future__ import annotations

from functools import cache

import numpy as np
import pymc as pm
import pytest

from country import prior
from defectmodels.errors import FitError
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.engine import Engine, make_engine
from defectmodels.inference.geometry import Chart, to_model
from defectmodels.inference.linear import lower
from defectmodels.model.build import build_design
from defectmodels.model.design import Design, make_design
from defectmodels.model.spec import ModelSpec
from smallworld import FAST, make_dataset, make_series, make_spec
from test_density import agrees, point
from test_geometry import any_chart

GROUPS = ("north", "east", "south", "west")


def spec(**changes: object) -> ModelSpec:
    """Four countries whose effects of two covariates are pooled."""
    effects = [{"series": name, "ratio": prior(1.0, 3.0)} for name in ("closure", "trade")]
    terms = [
        {"kind": "covariates", "effect": effects},
        {"kind": "season", "size": 1.1, "why": "a test"},
        {"kind": "trend", "scale": prior(0.2, 3.0)},
    ]
    baseline = {group: {"rate": prior(50.0, 5.0) | {"dist": "lognormal"}} for group in GROUPS}
    kept = {"term": terms, "frailty": prior(0.15, 3.0), "baseline": baseline, "groups": GROUPS}
    return make_spec("2010", "2019", "quarter", **(kept | changes))


def dataset(*totals: tuple[object, ...]) -> Dataset:
    """Each country's arrivals by year but those of the first, and totals; one year is not exact."""
    rng = np.random.default_rng(2)
    years = range(2011, 2020)
    rows: list[tuple[object, ...]] = [
        (g, str(y), int(rng.poisson(60 * (0.5 if y > 2016 else 1)))) for g in GROUPS for y in years
    ]
    rows[3] = ("north", "2014", 40, 80)
    levels = {
        "closure": {"2010..2016": 0.0, "2017..2019": 1.0},
        "trade": {"2010..2012": -0.5, "2013..2015": 0.5, "2016..2019": 0.0},
    }
    series = [make_series(name, one, per="one") for name, one in levels.items()]
    both = {"both": ("north", "south")}
    return make_dataset(*rows, *totals, groups=GROUPS, definitions=both, series=series)


@cache
def engine(tied: bool) -> Engine:
    return make_engine(make_design(spec(), dataset(*[("both", "2010", 130)] * tied)))


# --- parts ------------------------------------------------------------------------------------


def test_groups_that_a_row_counts_together_are_one_component() -> None:
    assert engine(False).design.components.tolist() == [0, 1, 2, 3]
    assert engine(True).design.components.tolist() == [0, 1, 0, 2]


def test_a_total_of_all_ties_all() -> None:
    design = make_design(spec(), dataset(("everyone", "2010", 230)))
    assert design.components.tolist() == [0, 0, 0, 0]
    layout = make_engine(design).linear.layout
    assert [part.stop - part.start for part in layout.parts] == [len(layout.scale), 0]


@pytest.mark.parametrize("tied", [False, True])
def test_what_is_of_one_component_is_in_its_part(tied: bool) -> None:
    layout = engine(tied).linear.layout
    assert sorted(layout.order) == list(range(len(layout.order)))
    # Of each group a level, three directions of a season, nine steps and two deviations; two pooled effects.
    each = 1 + 3 + 9 + 2
    want = [2 * each, each, each, 2] if tied else [each] * 4 + [2]
    assert [part.stop - part.start for part in layout.parts] == want
    of_scale = [0, 1, 0, 2] if tied else [0, 1, 2, 3]
    last = len(want) - 1
    assert layout.part_of_scale.tolist() == [last, last, *of_scale, last]


# --- it is the same posterior -----------------------------------------------------------------


@pytest.mark.parametrize("tied", [False, True])
def test_the_density_is_that_of_the_model(tied: bool) -> None:
    one = engine(tied)
    agrees(one, one.density.own, range(2))
    agrees(one, one.chart(), range(2))
    agrees(one, any_chart(one.linear.layout, 5), range(2), 0.3)


@pytest.mark.parametrize("tied", [False, True])
def test_the_gradient_is_that_of_the_graph(tied: bool) -> None:
    one = engine(tied)
    run = one.model.logp_dlogp_function(ravel_inputs=True, mode=FAST)
    run.set_extra_values({})
    layout, own = one.linear.layout, one.density.own
    z = np.random.default_rng(1).normal(0.0, 0.5, len(layout.order))
    value, gradient = run(to_model(layout, z, own)[0])
    found = one.density.at(own)(z)
    assert found[0] == pytest.approx(float(value), abs=1e-9)
    np.testing.assert_allclose(found[1], gradient[layout.order], rtol=1e-9, atol=1e-8)


@pytest.mark.parametrize("tied", [False, True])
def test_the_jacobian_is_that_of_the_coordinates(tied: bool) -> None:
    layout = engine(tied).linear.layout
    chart = any_chart(layout, 3)
    z = np.random.default_rng(3).normal(0.0, 0.7, len(layout.order))
    moves = 1e-6 * np.eye(len(z))
    up, down = to_model(layout, z + moves, chart)[0], to_model(layout, z - moves, chart)[0]
    assert to_model(layout, z, chart)[1] == pytest.approx(
        np.linalg.slogdet((up - down) / 2e-6)[1], abs=1e-6
    )


# --- the chart is as good as one that knows of no parts ---------------------------------------


def curvatures(one: Engine, chart: Chart) -> np.ndarray:
    slope, size = one.density.at(chart), len(one.linear.layout.order)
    rows = [slope(-m)[1] - slope(m)[1] for m in 1e-4 * np.eye(size)]
    return np.linalg.eigvalsh(np.array(rows) / 2e-4)


@pytest.mark.parametrize("tied", [False, True])
def test_at_the_centre_the_coordinates_are_standard_normal(tied: bool) -> None:
    found = curvatures(engine(tied), engine(tied).chart())
    assert found.min() > 0.5 and found.max() < 2.0
    assert curvatures(engine(tied), engine(tied).density.own).max() > 100.0


def test_parts_cost_no_gradients(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many steps a draw as where all coordinates are one part, and the same posterior."""
    settings = {"random_seed": 1, "draws": 500, "tune": 300, "chains": 2, "cores": 2}
    found = []
    for whole in (False, True):
        if whole:
            monkeypatch.setattr(Design, "components", np.zeros(4, dtype=int))
        one = make_engine(make_design(spec(), dataset()))
        layout, chart = one.linear.layout, one.chart()
        drawn = one.draw(chart, **settings)
        x = to_model(layout, drawn.z.reshape(-1, len(layout.order)), chart)[0]
        found.append((drawn.stats["n_steps"].values.mean(), x.mean(axis=0), x.std(axis=0)))
    (steps, mean, sd), (of_one, want, spread) = found
    assert steps < 1.3 * of_one
    np.testing.assert_allclose(mean / spread, want / spread, atol=0.25)
    np.testing.assert_allclose(sd, spread, rtol=0.25)


def test_rows_that_tie_more_are_sampled_all_the_same() -> None:
    """A refit with a total of two groups in a layout that holds them apart has the right density."""
    moved = engine(False).with_rows(engine(True).design, np.zeros(0))
    logp = build_design(engine(True).design).compile_logp(mode=FAST)
    chart, layout = engine(False).chart(), moved.linear.layout
    for seed in range(3):
        z = np.random.default_rng(seed).normal(0.0, 0.7, len(layout.order))
        x, jacobian = to_model(layout, z, chart)
        want = logp(point(moved.model, x)) + jacobian - np.linalg.slogdet(chart.spread)[1]
        assert moved.density.at(chart)(z)[0] == pytest.approx(float(want), rel=1e-12, abs=1e-9)


def test_a_variable_that_acts_on_other_groups_than_its_own_is_refused() -> None:
    design = engine(False).design
    with build_design(design) as model:
        original = type(model).__getitem__
        other = model["expected"] * pm.math.exp(0.1 * model["trend_innovation"][0, 0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            type(model),
            "__getitem__",
            lambda self, name: other if name == "expected" else original(self, name),
        )
        with pytest.raises(FitError, match="acts on other groups"):
            lower(design, model)
