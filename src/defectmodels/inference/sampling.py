"""Sampling: a model and a dataset in, a fit out.

Invariant: the same files, settings and seed give the same draws for any number of cores. Shown by
``tests/test_sampling.py``.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from defectmodels import names
from defectmodels.errors import FitError
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.selection import Row
from defectmodels.inference.density import ready
from defectmodels.inference.engine import Drawn, Engine, make_engine, timed
from defectmodels.inference.fit import FORMAT, Fit, check_target, pack_evidence
from defectmodels.inference.geometry import Chart, to_model
from defectmodels.inference.predict import Predictor, cut, joint_logs, prior_values
from defectmodels.inference.refits import MAKING
from defectmodels.inference.store import Refit, Sampler, recipe, stored, used_by
from defectmodels.model.design import Design, make_design
from defectmodels.model.spec import ModelSpec

PRIOR_DRAWS = 1000
_PREDICTIVE = 1
"""Keeps simulated rows apart from what the sampler draws with the same seed."""
_UNITS = {
    names.RATE: "arrivals per person-year at risk",
    names.EXPECTED: "persons",
    names.TREND: "log rate",
    names.EFFECT: "log rate per unit of the covariate",
    names.POOLED: "log rate per unit of the covariate",
    names.SEASON_EFFECT: "log rate",
    names.LOG_BASELINE: "log of arrivals per person-year at risk",
}


def _with_units(dataset: xr.Dataset) -> xr.Dataset:
    """Say of every variable of the contract what it is, and its unit."""
    for name in dataset.data_vars:
        dataset[name].attrs = {
            "description": names.VARIABLES[str(name)],
            "units": _UNITS.get(str(name), "1"),
        }
    return dataset


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


def _chained(dataset: xr.Dataset, chains: int) -> xr.Dataset:
    """Cut one long chain into as many as were drawn."""
    draws = dataset.sizes["draw"] // chains
    return xr.Dataset(
        {
            name: (one.dims, one.values.reshape(chains, draws, *one.shape[2:]))
            for name, one in dataset.data_vars.items()
        },
        {"chain": np.arange(chains), "draw": np.arange(draws)}
        | {name: one.values for name, one in dataset.coords.items()},
    )


def _groups(engine: Engine, x: np.ndarray, chains: int, seed: int) -> dict[str, xr.Dataset]:
    """Posterior, prior, what both predict, and the log likelihood by row.

    Parameters
    ----------
    x : np.ndarray (chain * draw, coordinate)
    """
    predictor, joint = Predictor(engine.design, engine.model), engine.design.selection.joint
    rng = np.random.default_rng([seed, _PREDICTIVE])
    found: dict[str, xr.Dataset] = {}
    for prefix, count, values in (
        ("posterior", chains, cut(engine.model, x)),
        ("prior", 1, prior_values(engine.model, PRIOR_DRAWS, seed)),
    ):
        variables, moments, logs = predictor.run(values)
        rows = predictor.simulated(variables, moments, engine.chance, rng)
        if prefix == "posterior":
            if joint:
                logs = logs | {
                    names.JOINT_COUNT: joint_logs(engine.design, variables, engine.chance)
                }
            found["log_likelihood"] = _chained(predictor.labelled_rows(logs), count)
        found[prefix] = _with_units(_chained(variables, count))
        found[f"{prefix}_predictive"] = _chained(predictor.labelled_rows(rows), count)
    found["observed_data"] = xr.Dataset(
        {
            name: (dim, np.array([row.interval.low for row in rows]))
            for name, dim, rows in (
                (names.DIRECT_COUNT, names.DIRECT, engine.design.selection.direct),
                (names.NESTED_COUNT, names.NESTED, engine.design.selection.nested),
                (names.JOINT_COUNT, names.JOINT, joint),
            )
            if rows
        },
        {dim: engine.design.coords[dim] for dim in (names.DIRECT, names.NESTED, names.JOINT)
         if engine.design.coords[dim]},
    )  # fmt: skip
    return found


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


def gathered(
    engine: Engine,
    chart: Chart,
    drawn: Drawn,
    used: Dataset,
    made: dict[str, Any],
    seconds: dict[str, float],
) -> Fit:
    """Make a fit of what a sampler drew.

    Parameters
    ----------
    chart : Chart
        In whose coordinates the draws are.
    used : Dataset
        From `used_by`, of the dataset that the engine's design was made of.
    made : dict
        From `recipe`.
    seconds : dict of str to float
        What has been spent on it so far.
    """
    spec, seed, chains = engine.design.spec, made["random_seed"], len(drawn.z)
    x = to_model(engine.linear.layout, drawn.z.reshape(-1, drawn.z.shape[-1]), chart)[0]
    found = timed(seconds, "predict", lambda: _groups(engine, x, chains, seed))
    groups = {
        "posterior": found.pop("posterior"),
        "sample_stats": _stats(drawn.stats),
        **found,
        "constant_data": constant_data(engine.design, engine.chance),
    }
    groups["evidence"] = pack_evidence(spec, used)
    made = made | {"seconds": {name: round(value, 2) for name, value in seconds.items()}}
    tree = xr.DataTree.from_dict({name: _clean(group) for name, group in groups.items()})
    tree.attrs = {"format": FORMAT, "made": json.dumps(made)}
    result = Fit(spec, used, tree)
    # What the fit would make again of its model and its evidence.
    vars(result)["design"] = engine.design
    return result


def fit(
    spec: ModelSpec,
    dataset: Dataset,
    *,
    random_seed: int,
    draws: int = 1000,
    tune: int = 500,
    chains: int = 4,
    cores: int | None = None,
    sampler: Sampler = "nutpie",
    progress: bool = True,
    file: str | Path | None = None,
    refit: Refit = "on_change",
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
    file : str or Path, optional
        Where to keep the fit, whole or not at all; ends in ``.nc`` or ``.zarr``.
    refit : {'on_change', 'always', 'never'}
        When a fit is made although `file` holds one: when model, evidence, sampler, settings, seed,
        versions or the package's code are others; always; or never, whatever it was made of.

    Returns
    -------
    Fit
        ``fit.checks`` says whether it may be quoted.

    Raises
    ------
    EvidenceError
        When the model and the dataset do not fit together.
    FitError
        When a setting is not allowed, or `file` cannot be written, or is never to be made and holds no
        fit.
    """
    cores = cores if cores is not None else min(chains, os.cpu_count() or 1)
    _settings_sound(draws, tune, chains, cores, random_seed, sampler)
    used = used_by(spec, dataset)
    made = recipe(
        spec, used, random_seed=random_seed, draws=draws, tune=tune, chains=chains, sampler=sampler
    )
    if file is not None:
        check_target(Path(file))
        earlier = stored(Path(file), made, refit)
        if earlier is not None:
            return earlier
    seconds: dict[str, float] = {}
    # Once a machine; afterwards the kernel is read from disk.
    timed(seconds, "compile", ready)
    with MAKING:
        engine = timed(seconds, "build", lambda: make_engine(make_design(spec, dataset)))
    chart = timed(seconds, "settle", engine.chart)
    drawn = timed(
        seconds,
        "sample",
        lambda: engine.draw(
            chart,
            random_seed=random_seed,
            draws=draws,
            tune=tune,
            chains=chains,
            cores=cores,
            sampler=sampler,
            progress=progress,
        ),
    )
    with MAKING:
        made_fit = gathered(engine, chart, drawn, used, made, seconds)
    if file is not None:
        made_fit.save(file)
    return made_fit
