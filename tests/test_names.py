from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import xarray as xr

from country import country, country_spec
from defectmodels import names
from defectmodels.inference.fit import Fit
from defectmodels.inference.sampling import fit

DIMS = {
    names.LOG_BASELINE: ("group",),
    names.LOG_EXPOSURE_FACTOR: ("group",),
    names.EFFECT: ("group", "covariate"),
    names.POOLED: ("covariate",),
    names.SPREAD: ("pooled_covariate",),
    names.SEASON_EFFECT: ("group", "season"),
    names.TREND: ("group", "period"),
    names.TREND_SCALE: ("group",),
    names.FRAILTY: (),
    names.FACTOR: ("definition",),
    names.RELIABILITY: ("grade",),
    names.ERROR_PARAMETER: ("error",),
    names.REVISION_SCALE: (),
    names.RATE: ("group", "period"),
    names.EXPECTED: ("group", "period"),
}
UNITS = {
    names.LOG_BASELINE: "log of arrivals per person-year at risk",
    names.EFFECT: "log rate per unit of the covariate",
    names.TREND: "log rate",
    names.FRAILTY: "1",
    names.TREND_SCALE: "1",
    names.RATE: "arrivals per person-year at risk",
    names.EXPECTED: "persons",
}


def constants() -> Iterator[str]:
    for name, value in vars(names).items():
        if name.isupper() and isinstance(value, str):
            yield value


def test_every_variable_is_documented_once() -> None:
    assert set(DIMS) == set(names.VARIABLES)
    assert all(text and "\n" not in text for text in names.VARIABLES.values())
    found = list(constants())
    assert len(set(found)) == len(found)


def test_names_are_no_methods_of_xarray() -> None:
    """`posterior.count` would be the method, not the variable."""
    for name in (*names.VARIABLES, names.DIRECT_COUNT, names.NESTED_COUNT, names.JOINT_COUNT):
        assert not hasattr(xr.Dataset, name) and not hasattr(xr.DataArray, name), name


def promised(fit: Fit, group: str) -> None:
    for name, array in fit.group(group).data_vars.items():
        assert name in names.VARIABLES
        assert array.dims == (*names.SAMPLE, *DIMS[str(name)]), name
        assert array.dtype == np.float64
        assert array.attrs["description"] == names.VARIABLES[str(name)]
        assert array.attrs["units"] == UNITS.get(str(name), array.attrs["units"]) != ""


@pytest.mark.parametrize("group", ["posterior", "prior"])
def test_a_fit_keeps_to_the_contract(small_fit: Fit, group: str) -> None:
    absent = {names.LOG_EXPOSURE_FACTOR, names.SEASON_EFFECT, names.FACTOR, names.RELIABILITY}
    absent |= {names.ERROR_PARAMETER, names.REVISION_SCALE}
    assert set(small_fit.group(group).data_vars) == set(names.VARIABLES) - absent
    promised(small_fit, group)


def test_coordinates_are_the_names_of_things(small_fit: Fit) -> None:
    coords = small_fit.posterior.coords
    assert list(coords["group"].values) == ["elite", "commoner"]
    assert list(coords["period"].values) == [str(year) for year in range(2012, 2022)]
    assert (
        list(coords["covariate"].values) == list(coords["pooled_covariate"].values) == ["closure"]
    )
    ids = [row.statement.id for row in small_fit.design.selection.direct]
    for group in ("posterior_predictive", "log_likelihood", "observed_data", "constant_data"):
        assert list(small_fit.group(group)["direct_row"].values) == ids
    for node in small_fit.tree.children.values():
        for name, coordinate in node.to_dataset().coords.items():
            wanted = "i" if name in names.SAMPLE else "U"
            assert coordinate.dtype.kind == wanted, name


def test_constant_data_has_units(small_fit: Fit) -> None:
    constant = small_fit.constant
    assert constant["exposure"].attrs["units"] == "persons at risk"
    assert constant["period_years"].attrs["units"] == "years"
    assert constant["direct_low"].attrs["units"] == "persons"
    assert not {"joint_low", "joint_high", "joint_chance"} & set(constant)
    starts = constant["period_start"].values.astype("datetime64[D]").astype(str)
    assert starts[0] == "2012-01-01" and len(starts) == 10


def test_rates_times_exposure_are_expected_arrivals(small_fit: Fit) -> None:
    constant, posterior = small_fit.constant, small_fit.posterior
    by_hand = posterior["rate"] * constant["exposure"] * constant["period_years"]
    np.testing.assert_allclose(
        by_hand.transpose(*posterior["expected"].dims), posterior["expected"]
    )


def test_rates_are_baseline_effects_and_trend(small_fit: Fit) -> None:
    posterior = small_fit.posterior
    effects = (posterior["effect"] * small_fit.constant["covariates"]).sum("covariate")
    log_rate = posterior["log_baseline"] + effects + posterior["trend"]
    np.testing.assert_allclose(
        log_rate.transpose(*posterior["rate"].dims), np.log(posterior["rate"]), atol=1e-10
    )
    np.testing.assert_allclose(posterior["trend"].mean("period"), 0.0, atol=1e-10)


@pytest.mark.slow
def test_a_model_with_every_term_keeps_to_the_contract() -> None:
    fitted = fit(
        country_spec(), country(), random_seed=1, draws=30, tune=60, chains=2, progress=False
    )
    # No row of the country has a grade, and the model has no errors.
    absent = {names.RELIABILITY, names.ERROR_PARAMETER, names.REVISION_SCALE}
    assert set(fitted.posterior.data_vars) == set(names.VARIABLES) - absent
    rows = [row.statement.id for row in fitted.design.selection.joint]
    assert rows
    for name in ("joint_low", "joint_high", "joint_chance"):
        assert fitted.constant[name].dims == ("joint_row",)
        assert list(fitted.constant[name]["joint_row"].values) == rows
    assert fitted.constant["joint_chance"].attrs["units"] == "1"
    promised(fitted, "posterior")
    promised(fitted, "prior")
