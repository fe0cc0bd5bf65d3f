from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pymc as pm
import pytest

from defectmodels import names
from defectmodels.inference.predict import Predictor, cut, prior_values
from defectmodels.model.build import build_design
from defectmodels.model.design import Design, make_design
from defectmodels.model.spec import ModelSpec
from small import small_dataset, small_spec
from smallworld import FAST


@pytest.fixture(scope="module")
def design() -> Design:
    return make_design(small_spec(), small_dataset())


@pytest.fixture(scope="module")
def model(design: Design) -> pm.Model:
    return build_design(design)


@pytest.fixture(scope="module")
def predictor(design: Design, model: pm.Model) -> Predictor:
    return Predictor(design, model)


def test_many_draws_are_the_models_one_by_one(predictor: Predictor, model: pm.Model) -> None:
    size = sum(one.size for one in model.initial_point().values())
    values = cut(model, np.random.default_rng(1).normal(0.0, 0.3, (5, size)))
    variables, _, logs = predictor.run(values)
    wanted = [name for name in names.VARIABLES if name in model.named_vars]
    assert set(variables.data_vars) == set(wanted)
    rows = [model[name] for name in ("direct", "nested")]
    run = model.compile_fn(
        [
            *model.replace_rvs_by_values([model[name] for name in wanted]),
            *model.logp(rows, sum=False),
        ],
        mode=FAST,
    )
    for draw in range(5):
        found = run({name: one[draw] for name, one in values.items()})
        for name, want in zip(wanted, found, strict=False):
            np.testing.assert_allclose(
                variables[name].values[0, draw], want, rtol=1e-12, atol=1e-14
            )
            assert variables[name].dims[2:] == (model.named_vars_to_dims.get(name) or ())
        for name, want in zip(("direct", "nested"), found[len(wanted) :], strict=True):
            np.testing.assert_allclose(logs[name][draw], want, rtol=1e-12)


def test_rows_are_simulated_as_the_model_simulates_them(
    predictor: Predictor, model: pm.Model
) -> None:
    """Prior predictive draws of the model itself have the same quantiles."""
    with model:
        tree = pm.sample_prior_predictive(2000, random_seed=1, compile_kwargs={"mode": FAST})
    variables, moments, _ = predictor.run(prior_values(model, 2000, 2))
    rows = predictor.simulated(variables, moments, np.zeros(0), np.random.default_rng(3))
    for name in ("direct", "nested"):
        theirs = tree["prior_predictive"][name].values[0]
        assert rows[name].shape == theirs.shape
        for q in (0.25, 0.5, 0.75):
            ours, want = np.quantile(rows[name], q, axis=0), np.quantile(theirs, q, axis=0)
            np.testing.assert_allclose(np.log1p(ours), np.log1p(want), atol=0.35)


def test_prior_draws_of_a_transformed_variable(
    escape_rates: ModelSpec, shipped_design: Design
) -> None:
    model = build_design(shipped_design)
    found = prior_values(model, 3000, 1)
    odds = found[model.rvs_to_values[model[names.RELIABILITY]].name]
    share = 1.0 / (1.0 + np.exp(-odds))
    want = [escape_rates.reliability[grade].mean for grade in shipped_design.grades]
    np.testing.assert_allclose(share.mean(axis=0), want, atol=0.015)


def test_the_seed_decides(model: pm.Model) -> None:
    one, two, other = (prior_values(model, 20, seed) for seed in (1, 1, 2))
    for name, values in one.items():
        np.testing.assert_array_equal(values, two[name])
        assert not np.array_equal(values, other[name])


def test_threads_do_not_work_on_each_others_draws(predictor: Predictor, model: pm.Model) -> None:
    size = sum(one.size for one in model.initial_point().values())
    several = [
        cut(model, np.random.default_rng(at).normal(0.0, 0.3, (40, size))) for at in range(8)
    ]
    alone = [predictor.run(values)[0][names.EXPECTED].values for values in several]
    with ThreadPoolExecutor(4) as pool:
        together = [one[0][names.EXPECTED].values for one in pool.map(predictor.run, several * 3)]
    for at, found in enumerate(together):
        np.testing.assert_array_equal(found, alone[at % 8])
