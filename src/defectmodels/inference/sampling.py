"""Sampling: a model and a dataset in, a fit out.

Invariant: the same files, settings and seed give the same draws for any number of cores. Shown by
``tests/test_sampling.py``.
"""

from __future__ import annotations

import ctypes
import json
import logging
import os
import platform
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from typing import Any, Literal

import numpy as np
import pymc as pm
import pytensor
import xarray as xr

from defectmodels import names
from defectmodels.errors import FitError
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.selection import Row
from defectmodels.inference.fit import FORMAT, Fit, pack_evidence
from defectmodels.inference.geometry import Chart, Geometry, Slope
from defectmodels.inference.rows import kernel_draws, row_log_likelihood
from defectmodels.model.build import build_design
from defectmodels.model.design import Design, make_design
from defectmodels.model.spec import ModelSpec

Sampler = Literal["nutpie", "pymc"]
TARGET_ACCEPT = 0.9
"""Mean acceptance aimed at. In the coordinates of `defectmodels.inference.geometry` the reference model
takes 8 gradients a draw at 0.8, 12 at 0.85 and 15 at 0.9 and 0.95. At 0.8 a draw diverged now and then; at
0.95 the same number of steps goes less far, which costs effective draws."""
PRIOR_DRAWS = 1000
_VERSIONS = ("defectmodels", "pymc", "pytensor", "nutpie", "arviz", "numpy", "xarray", "numba")

_UNITS = {
    names.RATE: "arrivals per person-year at risk",
    names.EXPECTED: "persons",
    names.TREND: "log rate",
    names.EFFECT: "log rate per unit of the covariate",
    names.POOLED: "log rate per unit of the covariate",
    names.SEASON_EFFECT: "log rate",
    names.LOG_BASELINE: "log of arrivals per person-year at risk",
}


def _silently[T](work: Callable[[], T]) -> T:
    """Run a sampler without its warnings: what they warn of is a check, with a threshold."""
    log = logging.getLogger("pymc")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return work()
    finally:
        log.setLevel(level)


def _nutpie_slope(compiled: Any, chart: Chart) -> Slope:
    """Call what nutpie compiled: asking PyTensor for the function would compile it once more."""
    held = compiled.with_data(**chart.arrays())
    pointer = ctypes.POINTER(ctypes.c_double)

    def slope(z: np.ndarray) -> tuple[float, np.ndarray]:
        z, value, gradient = np.ascontiguousarray(z), np.full(1, np.nan), np.empty(len(z))
        arrays = (one.ctypes.data_as(pointer) for one in (z, gradient, value))
        # A code other than 0 says that the numbers are not finite; so do they.
        held.compiled_logp_func.ctypes(len(z), *arrays, held.user_data.ctypes.data)
        return float(value[0]), gradient

    return slope


def _pymc_slope(geometry: Geometry) -> Callable[[Chart], Slope]:
    """Log density and gradient as PyMC compiles them."""
    function = geometry.model.logp_dlogp_function(ravel_inputs=True)
    function.set_extra_values({})

    def slope_at(chart: Chart) -> Slope:
        def slope(z: np.ndarray) -> tuple[float, np.ndarray]:
            geometry.use(chart)
            value, gradient = function(z)
            return float(value), np.array(gradient)

        return slope

    return slope_at


# With fast maths, code compiled afresh and code from the cache round differently, and the same seed
# gives other draws the second time. It buys no speed here.
@pytensor.config.change_flags(numba__fastmath=False)
def _draw(
    geometry: Geometry,
    sampler: Sampler,
    draws: int,
    tune: int,
    chains: int,
    cores: int,
    seed: int,
    progress: bool,
) -> tuple[xr.DataTree, dict[str, float]]:
    """Posterior draws and the seconds that compiling and sampling took."""
    start = time.perf_counter()
    if sampler == "nutpie":
        import nutpie

        compiled = _silently(lambda: nutpie.compile_pymc_model(geometry.model))
        compiled_at = time.perf_counter()
        chart = geometry.settled(lambda chart: _nutpie_slope(compiled, chart))
        compiled = compiled.with_data(**chart.arrays())
        tree = _silently(
            lambda: nutpie.sample(
                compiled,
                draws=draws,
                tune=tune,
                chains=chains,
                cores=cores,
                seed=seed,
                target_accept=TARGET_ACCEPT,
                save_warmup=False,
                progress_bar=progress,
            )
        )
    else:
        slope_at = _silently(lambda: _pymc_slope(geometry))
        compiled_at = time.perf_counter()
        geometry.use(geometry.settled(slope_at))
        with geometry.model:
            tree = _silently(
                lambda: pm.sample(
                    draws,
                    tune=tune,
                    chains=chains,
                    cores=cores,
                    random_seed=seed,
                    nuts_sampler="pymc",
                    target_accept=TARGET_ACCEPT,
                    progressbar=progress,
                    compute_convergence_checks=False,
                )
            )
    return tree, {"compile": compiled_at - start, "sample": time.perf_counter() - compiled_at}


def _kept(dataset: xr.Dataset) -> xr.Dataset:
    """Only the variables of the contract, with units."""
    kept = dataset[[name for name in names.VARIABLES if name in dataset]]
    for name in kept.data_vars:
        kept[name].attrs = {
            "description": names.VARIABLES[str(name)],
            "units": _UNITS.get(str(name), "1"),
        }
    return kept.drop_attrs(deep=False)


def _bounds(rows: tuple[Row, ...], dim: str, kind: str) -> dict[str, xr.DataArray]:
    low = np.array([row.interval.low for row in rows], dtype="int64")
    # -1 stands for "no upper end".
    high = np.array(
        [-1 if row.interval.high is None else row.interval.high for row in rows], dtype="int64"
    )
    return {
        f"{kind}_low": xr.DataArray(low, dims=dim, attrs={"units": "persons"}),
        f"{kind}_high": xr.DataArray(high, dims=dim, attrs={"units": "persons", "open_end": -1}),
    }


def constant_data(design: Design, chance: np.ndarray) -> xr.Dataset:
    """Covariates, exposures, periods, intervals and prior chances of the rows, labelled.

    `chance` is np.ndarray (joint_row,), the prior probability of each joint row.
    """
    spans = design.periods.spans
    data = {
        "exposure": xr.DataArray(
            design.exposure, dims=(names.GROUP, names.PERIOD), attrs={"units": "persons at risk"}
        ),
        "period_years": xr.DataArray(
            design.periods.years, dims=names.PERIOD, attrs={"units": "years"}
        ),
        "period_start": xr.DataArray(
            np.array([s.start for s in spans], "datetime64[ns]"), dims=names.PERIOD
        ),
        "period_end": xr.DataArray(
            np.array([s.end for s in spans], "datetime64[ns]"), dims=names.PERIOD
        ),
        "season_index": xr.DataArray(design.periods.season, dims=names.PERIOD),
    }
    data |= _bounds(design.selection.direct, names.DIRECT, "direct")
    data |= _bounds(design.selection.nested, names.NESTED, "nested")
    coords = {
        k: v
        for k, v in design.coords.items()
        if k in {names.GROUP, names.PERIOD, names.DIRECT, names.NESTED}
    }
    if design.selection.joint:
        data |= _bounds(design.selection.joint, names.JOINT, "joint")
        data[names.CHANCE] = xr.DataArray(chance, dims=names.JOINT, attrs={"units": "1"})
        coords[names.JOINT] = design.coords[names.JOINT]
    if design.covariates.shape[1]:
        data["covariates"] = xr.DataArray(
            design.covariates, dims=(names.PERIOD, names.COVARIATE), attrs={"units": "1"}
        )
        coords[names.COVARIATE] = design.coords[names.COVARIATE]
    return xr.Dataset(data, coords)


def _predictive(model: pm.Model, tree: xr.DataTree, seed: int) -> dict[str, xr.Dataset]:
    """Prior, prior and posterior predictive draws, and the log likelihood by row."""
    # Some thousand evaluations do not repay compiling: the interpreter is done in two seconds.
    quick = {"mode": "FAST_COMPILE"}
    with model:
        prior = _silently(
            lambda: pm.sample_prior_predictive(PRIOR_DRAWS, random_seed=seed, compile_kwargs=quick)
        )
        posterior = _silently(
            lambda: pm.sample_posterior_predictive(
                tree, random_seed=seed + 1, progressbar=False, compile_kwargs=quick
            )
        )
        likelihood = _silently(
            lambda: pm.compute_log_likelihood(
                tree, progressbar=False, extend_inferencedata=False, compile_kwargs=quick
            )
        )
    return {
        "prior": _kept(prior["prior"].to_dataset()),
        "prior_predictive": prior["prior_predictive"].to_dataset(),
        "posterior_predictive": posterior["posterior_predictive"].to_dataset(),
        "log_likelihood": likelihood,
        "observed_data": prior["observed_data"].to_dataset(),
    }


def _add_row_likelihood(design: Design, groups: dict[str, xr.Dataset], chance: np.ndarray) -> None:
    """Put each joint row's log probability given the others in the place of the graph's."""
    posterior, likelihood = groups["posterior"], groups["log_likelihood"]
    found = row_log_likelihood(design, kernel_draws(design, posterior, chance))
    shape = tuple(posterior.sizes[dim] for dim in names.SAMPLE)
    likelihood[names.JOINT_COUNT] = xr.DataArray(
        found.reshape(*shape, -1), dims=(*names.SAMPLE, names.JOINT)
    )


def _stats(stats: xr.Dataset) -> xr.Dataset:
    wanted = (
        "diverging",
        "energy",
        "n_steps",
        "step_size",
        "step_size_bar",
        "lp",
        "logp",
        "tree_depth",
        "depth",
    )
    kept = stats[[name for name in wanted if name in stats]]
    return kept.assign(
        {name: kept[name].astype("int8") for name in kept.data_vars if kept[name].dtype == bool}
    )


def _clean(dataset: xr.Dataset) -> xr.Dataset:
    """Drop attributes that change from run to run, so that equal draws make equal files."""
    # The samplers label in different string types; one type reads back the same everywhere.
    text = {
        name: one.astype(str) for name, one in dataset.coords.items() if one.dtype.kind in "OTU"
    }
    return dataset.assign_coords(text).drop_attrs(deep=False)


def _settings_sound(
    draws: int, tune: int, chains: int, cores: int, random_seed: int, sampler: str
) -> None:
    for name, value, least in (
        ("draws", draws, 4),
        ("tune", tune, 1),
        ("chains", chains, 1),
        ("cores", cores, 1),
    ):
        if value < least:
            raise FitError(f"{name} is {value}; give a whole number of {least} or more")
    if not 0 <= random_seed < 2**31:
        raise FitError(f"random_seed is {random_seed}; give a whole number from 0 to {2**31 - 1}")
    if sampler not in ("nutpie", "pymc"):
        raise FitError(f"unknown sampler '{sampler}'; allowed: nutpie, pymc")


def fit(
    spec: ModelSpec,
    dataset: Dataset,
    *,
    random_seed: int,
    draws: int = 1000,
    tune: int = 1000,
    chains: int = 4,
    cores: int | None = None,
    sampler: Sampler = "nutpie",
    progress: bool = True,
) -> Fit:
    """Fit a model to a dataset.

    Parameters
    ----------
    spec : ModelSpec
        From `load_model`.
    dataset : Dataset
        From `load_dataset`.
    random_seed : int
        The same seed gives the same draws, for any number of cores.
    draws, tune, chains : int
        Draws kept and thrown away in each chain, and number of chains.
    cores : int, optional
        Chains run side by side; by default as many as the machine has, up to `chains`.
    sampler : {'nutpie', 'pymc'}
        What draws.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    Fit
        ``fit.checks`` says whether it may be quoted.

    Raises
    ------
    EvidenceError
        When the model and the dataset do not fit together.
    FitError
        When a setting is not allowed.
    """
    cores = cores if cores is not None else min(chains, os.cpu_count() or 1)
    _settings_sound(draws, tune, chains, cores, random_seed, sampler)
    start = time.perf_counter()
    design = make_design(spec, dataset)
    model = build_design(design)
    geometry = Geometry(model, design)
    seconds = {"build": time.perf_counter() - start}
    tree, spent = _draw(geometry, sampler, draws, tune, chains, cores, random_seed, progress)
    seconds |= spent
    start = time.perf_counter()
    chance = model[names.CHANCE].get_value() if design.selection.joint else np.zeros(0)
    groups = {
        "posterior": _kept(tree["posterior"].to_dataset()),
        "sample_stats": _stats(tree["sample_stats"].to_dataset()),
        **_predictive(model, tree, random_seed),
        "constant_data": constant_data(design, chance),
    }
    if design.selection.joint:
        _add_row_likelihood(design, groups, chance)
    seconds["predict"] = time.perf_counter() - start
    eras = [name for name, one in dataset.series.items() if one.role == "labels"]
    used = replace(
        dataset, series={name: dataset.one_series(name) for name in (*spec.series, *eras)}
    )
    groups["evidence"] = pack_evidence(spec, used)
    made = {
        "model": spec.name,
        "model_digest": spec.digest,
        "dataset": dataset.name,
        "dataset_digest": used.digest,
        "as_of": used.as_of,
        "sampler": sampler,
        "settings": {
            "draws": draws,
            "tune": tune,
            "chains": chains,
            "target_accept": TARGET_ACCEPT,
        },
        "random_seed": random_seed,
        "versions": {name: version(name) for name in _VERSIONS}
        | {"python": platform.python_version()},
        "seconds": {name: round(value, 2) for name, value in seconds.items()},
    }
    result = xr.DataTree.from_dict({name: _clean(group) for name, group in groups.items()})
    result.attrs = {"format": FORMAT, "made": json.dumps(made)}
    return Fit(spec, used, result)
