from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr

from country import prior
from defectmodels import names
from defectmodels.errors import EvidenceError, FitError
from defectmodels.estimands.rates import annual
from defectmodels.inference import sampling
from defectmodels.inference.fit import FORMAT, Fit
from defectmodels.inference.sampling import constant_data, fit
from defectmodels.inference.store import TARGET_ACCEPT
from small import small_dataset, small_spec
from smallworld import make_dataset, make_spec

BASE = {"draws": 10, "tune": 10, "chains": 2, "random_seed": 1, "progress": False}


def tiny(**settings: Any) -> Fit:
    """One group, three years, one parameter: compiles in seconds."""
    spec = make_spec(
        "2019",
        "2021",
        "year",
        groups=("all",),
        baseline={"all": {"rate": prior(50.0, 5.0) | {"dist": "lognormal"}}},
    )
    data = make_dataset(("all", "2019", 40), ("all", "2020", 50, 60), groups=("all",))
    return fit(spec, data, **(BASE | {"draws": 60, "tune": 100} | settings))


# --- settings -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "setting, value, said",
    [
        ("draws", 3, "draws is 3; give a whole number of 4 or more"),
        ("tune", 0, "tune is 0; give a whole number of 1 or more"),
        ("chains", 0, "chains is 0"),
        ("cores", 0, "cores is 0"),
        ("cores", -1, "cores is -1"),
        ("random_seed", -1, "random_seed is -1; give a whole number from 0 to 2147483647"),
        ("random_seed", 2**31, "random_seed is 2147483648"),
        ("sampler", "stan", "unknown sampler 'stan'; allowed: nutpie, pymc"),
    ],
)
def test_settings_are_refused_before_anything_is_built(
    setting: str, value: object, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def built(*args: object) -> None:
        raise AssertionError("a model was built")

    monkeypatch.setattr(sampling, "make_design", built)
    with pytest.raises(FitError) as raised:
        fit(small_spec(), small_dataset(), **(BASE | {setting: value}))
    assert said in str(raised.value)


def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(EvidenceError, match="no statement that model 'small' can count"):
        fit(
            small_spec(),
            make_dataset(("everyone", "1990", 3), series=list(small_dataset().series.values())),
            **BASE,
        )  # type: ignore[arg-type]
    with pytest.raises(EvidenceError, match="closure"):
        fit(small_spec(), make_dataset(("everyone", "2015", 3)), **BASE)  # type: ignore[arg-type]


# --- what a fit holds -----------------------------------------------------------------------


def test_a_fit_says_what_made_it(small_fit: Fit) -> None:
    made = small_fit.made
    assert made["model"] == "small" and made["dataset"] == "small"
    assert made["model_digest"] == small_spec().digest
    assert made["dataset_digest"] == small_fit.dataset.digest == small_dataset().digest
    assert made["random_seed"] == 7 and made["sampler"] == "nutpie"
    assert made["settings"] == {
        "draws": 200,
        "tune": 300,
        "chains": 2,
        "target_accept": TARGET_ACCEPT,
    }
    assert {"defectmodels", "pymc", "nutpie", "arviz", "numpy", "python"} <= set(made["versions"])
    assert all(version for version in made["versions"].values())
    assert set(made["seconds"]) == {"compile", "build", "settle", "sample", "predict"}
    assert all(value >= 0 for value in made["seconds"].values())
    assert (
        small_fit.tree.attrs["format"] == FORMAT
        and json.loads(small_fit.tree.attrs["made"]) == made
    )


def test_a_fit_holds_its_groups(small_fit: Fit) -> None:
    assert set(small_fit.tree.children) == {
        "posterior", "sample_stats", "prior", "prior_predictive", "posterior_predictive",
        "log_likelihood", "observed_data", "constant_data", "evidence",
    }  # fmt: skip
    sizes = {"chain": 2, "draw": 200}
    for name in ("posterior", "sample_stats", "posterior_predictive", "log_likelihood"):
        group = small_fit.group(name)
        assert {dim: group.sizes[dim] for dim in sizes} == sizes, name
    for name in ("posterior", "prior", "posterior_predictive", "log_likelihood"):
        for variable, array in small_fit.group(name).data_vars.items():
            assert bool(np.isfinite(array).all()), (name, variable)
    assert {"diverging", "energy"} <= set(small_fit.group("sample_stats").data_vars)
    xr.testing.assert_identical(small_fit.constant, constant_data(small_fit.design, np.zeros(0)))


def test_a_fit_has_the_design_that_it_would_make_again(small_fit: Fit) -> None:
    has, again = small_fit.design, replace(small_fit).design
    assert has is not again
    assert [row.statement for row in has.selection.rows] == [
        row.statement for row in again.selection.rows
    ]
    for one, other in (
        (has.exposure, again.exposure),
        (has.covariates, again.covariates),
        (has.joint.program.ints, again.joint.program.ints),
        (has.joint.program.floats, again.joint.program.floats),
    ):
        np.testing.assert_array_equal(one, other)


def test_nothing_in_a_fit_changes_from_run_to_run(small_fit: Fit) -> None:
    """No group carries the sampler's clock."""
    for name, node in small_fit.tree.children.items():
        assert set(node.to_dataset().attrs) <= {"description"}, name


def test_the_posterior_agrees_with_the_evidence(small_fit: Fit) -> None:
    """Exact totals of hundreds pin expected arrivals to within frailty and chance."""
    selection = small_fit.design.selection
    for row in selection.direct:
        year = str(row.span.start.year)
        found = annual(small_fit, [year]).sum("group").squeeze("span")
        assert float(found.mean()) == pytest.approx(row.interval.low, rel=0.2)
    assert float(small_fit.posterior[names.EFFECT].sel(group="commoner").mean()) < -0.5


def test_the_predictive_draws_are_of_the_rows(small_fit: Fit) -> None:
    predictive = small_fit.group("posterior_predictive")
    low, median, high = predictive["direct"].quantile([0.001, 0.5, 0.999], ("chain", "draw")).values
    observed = small_fit.group("observed_data")["direct"].values
    assert ((low <= observed) & (observed <= high)).all()
    np.testing.assert_allclose(median, observed, rtol=0.25)


def test_the_log_likelihood_is_the_models(small_fit: Fit) -> None:
    """A Poisson or negative binomial count has no log probability above 0, and sums to a sharp total."""
    logs = small_fit.group("log_likelihood")
    for name in ("direct", "nested"):
        assert float(logs[name].max()) < 0
    exact = [row.certain for row in small_fit.design.selection.nested]
    mean = logs["nested"].mean(("chain", "draw")).values
    assert mean[~np.array(exact)].mean() > mean[np.array(exact)].mean()  # an interval says less


def test_the_prior_is_the_models(small_fit: Fit) -> None:
    before = small_fit.group("prior")
    assert before.sizes["draw"] == sampling.PRIOR_DRAWS
    factor = np.exp(np.abs(before["log_baseline"].sel(group="commoner").values - np.log(500)))
    # 90% of the prior lies within a factor of 10; three standard errors of 1,000 draws.
    assert np.mean(factor < 10) == pytest.approx(0.9, abs=0.03)
    assert float(before["log_baseline"].std()) > 3 * float(
        small_fit.posterior["log_baseline"].std("draw").mean()
    )


# --- the same draws -------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_draws_for_any_number_of_cores() -> None:
    first, again, other = (tiny(cores=1), tiny(cores=2), tiny(cores=2, random_seed=2))
    for name in ("posterior", "sample_stats", "prior", "posterior_predictive", "log_likelihood"):
        one, two = first.group(name), again.group(name)
        timing = {"step_size", "step_size_bar"}
        xr.testing.assert_identical(
            one.drop_vars(timing & set(one)), two.drop_vars(timing & set(two))
        )
        assert not one.equals(other.group(name)), name
    assert first.made["model_digest"] == other.made["model_digest"]


def test_chains_are_not_copies(small_fit: Fit) -> None:
    values = small_fit.posterior[names.EXPECTED].values
    assert not np.array_equal(values[0], values[1])


@pytest.mark.slow
def test_the_pymc_sampler_agrees_with_nutpie(small_fit: Fit) -> None:
    settings = {"random_seed": 3, "draws": 1000, "tune": 1000, "chains": 2, "progress": False}
    spec, data = small_spec(), small_dataset()
    one = fit(spec, data, sampler="nutpie", **settings)  # type: ignore[arg-type]
    other = fit(spec, data, sampler="pymc", **settings)  # type: ignore[arg-type]
    assert other.made["sampler"] == "pymc" and set(other.tree.children) == set(one.tree.children)
    assert set(other.posterior.data_vars) == set(one.posterior.data_vars)
    for name in (names.EXPECTED, names.EFFECT):
        first, second = one.posterior[name], other.posterior[name]
        spread = first.std(("chain", "draw"))
        distance = np.abs(first.mean(("chain", "draw")) - second.mean(("chain", "draw"))) / spread
        assert float(distance.max()) < 0.25, name
        width = second.std(("chain", "draw")) / spread
        assert float(width.min()) > 0.75 and float(width.max()) < 1.33, name
