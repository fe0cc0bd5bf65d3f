from __future__ import annotations

import pickle
import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from country import prior
from defectmodels.inference.engine import Engine, make_engine
from defectmodels.inference.geometry import to_model
from defectmodels.inference.predict import cut
from defectmodels.model.design import make_design
from small import small_dataset, small_spec
from smallworld import make_dataset, make_spec

DRAW: dict[str, Any] = {"random_seed": 3, "draws": 40, "tune": 60, "chains": 2, "cores": 2}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return make_engine(make_design(small_spec(), small_dataset()))


def test_draws_do_not_depend_on_the_number_of_cores(engine: Engine) -> None:
    chart = engine.chart()
    first = engine.draw(chart, **DRAW)
    np.testing.assert_array_equal(engine.draw(chart, **(DRAW | {"cores": 1})).z, first.z)
    other = engine.draw(chart, **(DRAW | {"random_seed": 4}))
    assert not np.array_equal(other.z, first.z)


def test_other_rows_give_the_draws_of_a_model_built_for_them(engine: Engine) -> None:
    """A refit by exchanging arrays is a fresh one, to the last bit."""
    fewer = replace(small_dataset(), statements=small_dataset().statements[:-4])
    design = make_design(small_spec(), fewer)
    moved, fresh = engine.with_rows(design, np.zeros(0)), make_engine(design)
    np.testing.assert_array_equal(
        moved.draw(moved.chart(), **DRAW).z, fresh.draw(fresh.chart(), **DRAW).z
    )


def test_many_threads_share_the_compiled_function(engine: Engine) -> None:
    chart = engine.chart()
    slope = engine.density.at(chart)
    points = np.random.default_rng(1).normal(size=(300, len(engine.linear.layout.order)))
    want = [slope(z)[0] for z in points]
    found: dict[int, list[float]] = {}

    def work(which: int) -> None:
        found[which] = [slope(z)[0] for z in points]

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert all(found[which] == want for which in range(4))


def test_a_density_can_be_sent_to_another_process(engine: Engine) -> None:
    again = pickle.loads(pickle.dumps(engine.density))
    z = np.random.default_rng(2).normal(size=len(engine.linear.layout.order))
    assert again.at(again.own)(z)[0] == engine.density.at(engine.density.own)(z)[0]


@pytest.mark.parametrize("sampler", ["nutpie", "pymc"])
def test_both_samplers_draw_from_a_known_posterior(sampler: Any) -> None:
    """Gamma prior, Poisson count: the posterior is a Gamma."""
    rate = {"dist": "gamma", "mean": 12.0, "shape": 2.0, "why": "a test"}
    spec = make_spec("2020", "2020", "year", groups=("all",), baseline={"all": {"rate": rate}})
    data = make_dataset(("all", "2020", 20), groups=("all",))
    engine = make_engine(make_design(spec, data))
    chart = engine.chart()
    settings: dict[str, Any] = {
        "draws": 1000,
        "tune": 300,
        "chains": 2,
        "cores": 1,
        "random_seed": 1,
    }
    z = engine.draw(chart, sampler=sampler, **settings).z
    x = to_model(engine.linear.layout, z.reshape(-1, z.shape[-1]), chart)[0]
    log_rate = cut(engine.model, x)["log_baseline_all"]
    # 2020 has 366 days, of which a year of 365.25 days is the unit.
    years = engine.design.periods.years.sum()
    want = stats.gamma(2.0 + 20, scale=1.0 / (2.0 / 12.0 + years))
    found = np.exp(log_rate)
    assert abs(found.mean() - want.mean()) < 5 * want.std() / np.sqrt(400)
    assert found.std() == pytest.approx(want.std(), rel=0.15)


def test_a_chart_settles_where_statements_say_little() -> None:
    data = make_dataset(("everyone", "2020", None, 900), ("everyone", "2020Q1", 1, None))
    engine = make_engine(make_design(make_spec(frailty=prior(0.2, 3.0)), data))
    value, gradient = engine.density.at(engine.chart())(np.zeros(len(engine.linear.layout.order)))
    assert np.isfinite(value) and np.isfinite(gradient).all()
