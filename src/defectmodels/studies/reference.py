"""Reference posteriors: what long runs found of a model, for shorter ones to be held against.

As in posteriordb (Magnusson et al. 2024, posteriordb: Testing, Benchmarking and Developing Bayesian Inference
Algorithms) a reference is 10,000 draws that hardly resemble their neighbours. Kept are the mean, standard deviation and
quantiles of every scalar parameter and every number of the verdict, each with its Monte Carlo error: the draws
themselves would be megabytes, and are had again from the seed.

Invariant: two runs of one model agree within their Monte Carlo errors, and a run of another does not. Shown by
``tests/test_published.py``.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from arviz_stats.base import array_stats
from scipy import stats

from defectmodels import names
from defectmodels.estimands.accuracy import (
    bulk_sizes,
    mean_errors,
    quantile_errors,
    rhat,
    tail_sizes,
)
from defectmodels.estimands.identification import in_verdict
from defectmodels.estimands.judged import labels
from defectmodels.estimands.quoted import quoted_quantities
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.core import core_digest
from defectmodels.inference.engine import make_engine
from defectmodels.inference.fit import Fit
from defectmodels.inference.predict import Predictor
from defectmodels.inference.refits import Settings, sampled
from defectmodels.inference.sampling import constant_data
from defectmodels.inference.store import recipe, used_by
from defectmodels.model.design import make_design
from defectmodels.model.spec import ModelSpec
from defectmodels.studies.saved import Saved, load

KIND = "reference"
LONG = Settings(draws=5000, tune=1000, chains=10)
THIN = 5
"""One draw of so many is kept, unless a model needs more."""
TAILS = (0.05, 0.5, 0.95)
ERRORS = 2.0
"""Combined Monte Carlo errors that a number may lie from its reference, unless other seeds agree."""
FAMILY = 0.001
"""Probability that any statistic of any number of a sound run lies beyond `furthest`."""
_NOT_KEPT = (names.RATE, names.EXPECTED, names.TREND)
"""One element for each period: the numbers of the verdict stand for them."""
_STATISTICS = ("mean", "sd", "low", "median", "high")
_PRINTED = ("low", "median", "high")
_ROUNDING = 1e-9


def numbers(fit: Fit) -> dict[str, np.ndarray]:
    """Every scalar parameter and number of the verdict that varies: np.ndarray (chain, draw) by name."""
    posterior = fit.posterior
    wanted = {str(name): posterior[name] for name in posterior.data_vars if name not in _NOT_KEPT}
    wanted |= {name: one for name, one in quoted_quantities(fit).items() if in_verdict(name)}
    found = {}
    for name, array in wanted.items():
        values = array.transpose(..., *names.SAMPLE).values.astype(float)
        values = values.reshape(-1, *values.shape[-2:])
        for label, one in zip(labels(name, array), values, strict=True):
            if name.startswith("P(") or np.ptp(one) > _ROUNDING * np.abs(one).max():
                found[str(label)] = one
    return found


def summary(fit: Fit) -> pd.DataFrame:
    """What draws say of every number.

    Returns
    -------
    pd.DataFrame
        number; mean, sd, low, median and high (5%, 50% and 95%), each with its Monte Carlo error in
        ``..._error``; rhat, ess_bulk, ess_tail, and lag, the correlation of neighbours. Of an event only the
        mean, which is its probability.
    """
    found = numbers(fit)
    values = np.array(list(found.values()))
    table = pd.DataFrame({"number": list(found), "mean": values.mean(axis=(1, 2))})
    table["sd"] = values.std(axis=(1, 2), ddof=1)
    quantiles, errors = quantile_errors(values, TAILS)
    event = table["number"].str.startswith("P(").to_numpy()
    spreads = [
        np.nan if skip else float(array_stats.mcse(one[None], method="sd")[0])
        for one, skip in zip(values, event, strict=True)
    ]
    # Where all draws agree the next one might not.
    table["mean_error"] = np.fmax(np.nan_to_num(mean_errors(values)), _least(values))
    table["sd_error"] = spreads
    for name, column, error in zip(("low", "median", "high"), quantiles, errors, strict=True):
        table[name], table[f"{name}_error"] = column, error
    for column in table.columns:
        if str(column).partition("_")[0] in _STATISTICS[1:]:
            table.loc[event, column] = np.nan
    centred = values - values.mean(axis=(1, 2), keepdims=True)
    with np.errstate(invalid="ignore"):
        lag = (centred[..., 1:] * centred[..., :-1]).mean(axis=(1, 2)) / centred.var(axis=(1, 2))
    return table.assign(
        rhat=rhat(values),
        ess_bulk=bulk_sizes(values),
        ess_tail=tail_sizes(values, TAILS[::2]),
        lag=lag,
    )


def _least(values: np.ndarray) -> np.ndarray:
    """Error of a mean of which all draws agree; 0 for others."""
    return np.where(np.ptp(values, axis=(1, 2)) > 0, 0.0, 1.0 / values[0].size)


def drawn(
    spec: ModelSpec, dataset: Dataset, settings: Settings, random_seed: int, thin: int = 1
) -> tuple[Fit, dict[str, Any]]:
    """Sample the posterior, and only that.

    Returns
    -------
    Fit
        With a posterior, of which every `thin`-th draw is kept, and constant data.
    dict
        gradients and CPU seconds after tuning and in all, and draws that diverged.
    """
    used, design, begin = used_by(spec, dataset), make_design(spec, dataset), time.process_time()
    engine = make_engine(design)
    predictor = Predictor(design, engine.model, names.VARIABLES)
    made = sampled(engine, predictor, settings, random_seed)
    kept = made.posterior.isel(draw=slice(None, None, thin))
    tree = xr.DataTree.from_dict(
        {"posterior": kept, "constant_data": constant_data(design, engine.chance)}
    )
    cost = {
        "gradients": made.gradients,
        "cpu_seconds": round(time.process_time() - begin, 1),
        "diverging": made.diverging,
    }
    return Fit(spec, used, tree), cost


def make_reference(
    spec: ModelSpec,
    dataset: Dataset,
    *,
    random_seed: int,
    settings: Settings = LONG,
    thin: int = THIN,
) -> Saved:
    """Make the reference of a model on a dataset by a long run.

    Parameters
    ----------
    spec, dataset
        From `load_model` and `load_dataset`.
    random_seed : int
    settings : Settings
    thin : int
        Every so many-th draw is kept.

    Returns
    -------
    Saved
        Table ``numbers``, as `summary`; facts: draws kept, thin, cost.
    """
    # Of the code as it was read in, whatever becomes of the files while the run goes on.
    core = core_digest()
    fit, cost = drawn(spec, dataset, settings, random_seed, thin)
    made = recipe(spec, fit.dataset, random_seed=random_seed, sampler="nutpie", **vars(settings))
    kept = int(np.prod([fit.posterior.sizes[dim] for dim in names.SAMPLE]))
    made["core"] = core
    return Saved(KIND, made, {"numbers": summary(fit)}, {"draws": kept, "thin": thin} | cost)


def load_reference(path: str | Path) -> Saved:
    """Read a reference.

    Raises
    ------
    FitError
        When the file holds none.
    """
    return load(path, KIND)


def stale(reference: Saved, spec: ModelSpec, dataset: Dataset) -> tuple[str, ...]:
    """What has changed since a reference was made: of 'model', 'dataset', 'date', 'code'."""
    used = used_by(spec, dataset)
    made = {"model_digest": spec.digest, "dataset_digest": used.digest, "as_of": used.as_of}
    return reference.moved(made)


def drift(reference: Saved, fresh: pd.DataFrame) -> pd.DataFrame:
    """Hold a run against its reference.

    Parameters
    ----------
    fresh : pd.DataFrame
        From `summary`.

    Returns
    -------
    pd.DataFrame
        number, statistic, reference, fresh, error (both Monte Carlo errors together), z; a row for every
        statistic that both have.

    Raises
    ------
    ValueError
        When one has numbers that the other does not.
    """
    was, now = (one.set_index("number") for one in (reference.tables["numbers"], fresh))
    apart = sorted(set(was.index) ^ set(now.index))
    if apart:
        raise ValueError(f"only one of both has {', '.join(apart[:5])}; make the reference again")
    now, found = now.loc[was.index], []
    for statistic in _STATISTICS:
        error = np.hypot(was[f"{statistic}_error"], now[f"{statistic}_error"])
        columns = {"reference": was[statistic], "fresh": now[statistic], "error": error}
        table = pd.DataFrame(columns).rename_axis("number").reset_index()
        found.append(table.assign(statistic=statistic))
    whole = pd.concat(found, ignore_index=True).dropna()
    return whole.assign(z=(whole["fresh"] - whole["reference"]) / whole["error"])


def furthest(count: int) -> float:
    """Combined errors that the furthest of so many statistics keeps within, by Bonferroni's correction."""
    return float(stats.norm.isf(FAMILY / (2 * count)))


def beyond(table: pd.DataFrame) -> set[tuple[str, str, bool]]:
    """Statistics that the verdict prints and that lie more than `ERRORS` away.

    Medians and ends of intervals, and probabilities of events. Means and standard deviations of
    ratios are not printed, and their tails are too heavy for an error of theirs to be known well.

    Returns
    -------
    set of (str, str, bool)
        Number, statistic, whether above.
    """
    far = table[(table["z"].abs() > ERRORS) & table["number"].map(in_verdict)]
    event, mean = far["number"].str.startswith("P("), far["statistic"] == "mean"
    rows = far[(event & mean) | (~event & far["statistic"].isin(_PRINTED))].to_dict("records")
    return {(str(row["number"]), str(row["statistic"]), float(row["z"]) > 0) for row in rows}
