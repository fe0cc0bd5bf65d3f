"""Prior draws, many at once, against PyMC's own."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
from scipy import stats

from country import country, country_spec
from defectmodels import names
from defectmodels.inference.predict import Predictor, prior_values
from defectmodels.inference.prior_draws import PriorDraws
from defectmodels.model.build import build_design
from defectmodels.model.design import Design, make_design
from small import small_dataset, small_spec
from smallworld import FAST, VAGUE, make_dataset, make_spec

GAMMA = {"rate": {"dist": "gamma", "mean": 5.0, "shape": 2.0, "why": "a test"}}
DRAWS = 4_000


def _design(name: str) -> Design:
    if name == "country":
        return make_design(country_spec(), country())
    if name == "small":
        return make_design(small_spec(), small_dataset())
    spec = make_spec(baseline={"elite": GAMMA, "commoner": {"rate": VAGUE}})
    return make_design(spec, make_dataset(("everyone", "2020", 30)))


@pytest.mark.parametrize("name", ["country", "small", "gamma"])
def test_draws_have_the_distribution_of_pymc(name: str) -> None:
    model = build_design(_design(name))
    found = PriorDraws(model, names.VARIABLES).values(DRAWS, np.random.default_rng(1))
    wanted = pm.draw(model.free_RVs, draws=DRAWS, random_seed=2, mode=FAST)
    for rv, own in zip(model.free_RVs, wanted, strict=True):
        drawn = found[rv.name]
        assert drawn.shape == own.shape
        flat, others = drawn.reshape(DRAWS, -1), own.reshape(DRAWS, -1)
        least = min(stats.ks_2samp(a, b).pvalue for a, b in zip(flat.T, others.T, strict=True))
        assert least > 1e-3 / flat.shape[1], rv.name
        # Elements of one variable are as independent as PyMC's.
        if flat.shape[1] > 1:
            apart = np.corrcoef(flat.T) - np.corrcoef(others.T)
            assert np.abs(apart).max() < 6 / np.sqrt(DRAWS), rv.name


def test_variables_are_those_of_the_model_at_the_same_values() -> None:
    design = _design("country")
    model = build_design(design)
    prior = PriorDraws(model, names.VARIABLES)
    plain = {rv.name for rv in model.free_RVs if model.rvs_to_transforms[rv] is None}
    values = prior_values(model, 5, 3)
    drawn = prior.values(5, np.random.default_rng(3))
    # The same numbers in both, as far as they are not transformed.
    values |= {name: drawn[name] for name in plain}
    found = prior.variables(drawn)
    wanted = Predictor(design, model, only=names.VARIABLES).run(values)[0].isel(chain=0)
    assert set(found.data_vars) == set(wanted.data_vars) == set(prior.names)
    for name in found.data_vars:
        assert found[name].dims == wanted[name].dims
        if name not in (names.RELIABILITY,):
            np.testing.assert_allclose(found[name].values, wanted[name].values, rtol=1e-12)


def test_the_same_generator_gives_the_same_draws() -> None:
    prior = PriorDraws(build_design(_design("small")), [names.EXPECTED])
    one, same, other = (prior.draw(3, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one.identical(same) and not one.equals(other)
    assert list(one.data_vars) == [names.EXPECTED]
