"""Leave-one-out of several fits of the same rows, with stacking weights.

Expected log predictive density (elpd) of each row given the others, by Pareto smoothed importance
sampling (Vehtari, Gelman and Gabry 2017; Vehtari et al. 2024), and weights that make the mixture of
the fits predict the rows best (stacking; Yao et al. 2018), both by ArviZ. The likelihood of a joint
row is given the other rows, which is just what leaving it out needs.

Invariant: the elpd of a fit is the sum over the rows of its checks, and weights add to 1. Shown by
``tests/test_compare.py``.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from defectmodels import names
from defectmodels.estimands.checks import PARETO_K, psis
from defectmodels.evidence.files import digest
from defectmodels.inference.fit import Fit
from defectmodels.wording import say

ROW = "row"
CLEAR = 2.0
"""Standard errors by which a difference in elpd has to be off 0 before one fit is preferred."""
SMALL = 4.0
"""A smaller difference in elpd is none to speak of: its standard error is not to be trusted (Sivula
et al. 2025, Uncertainty in Bayesian leave-one-out cross-validation based model comparison)."""


@dataclass(frozen=True)
class Loo:
    """Fits of the same rows by how well they predict each row from the others.

    Attributes
    ----------
    table : pd.DataFrame
        fit, elpd, se, p (effective number of parameters), elpd_diff and dse (against the best, and
        its standard error), weight (stacking), high_k (rows with a Pareto k above `PARETO_K`); best
        first, natural logs.
    rows : int
        Number of rows.
    unreliable : dict of str to tuple of str
        Ids of the rows whose Pareto k is above `PARETO_K`, of the fits that have any.
    """

    table: pd.DataFrame
    rows: int
    unreliable: dict[str, tuple[str, ...]]

    @property
    def clear(self) -> bool:
        """Whether the best is clear of the next."""
        gap, error = -float(self.table["elpd_diff"].iloc[1]), float(self.table["dse"].iloc[1])
        return gap >= SMALL and gap >= CLEAR * error


def row_ids(fit: Fit) -> dict[str, tuple[str, ...]]:
    """Ids of the rows of a fit, by how they are counted."""
    logs = fit.group("log_likelihood")
    return {
        str(name): tuple(map(str, logs[_dim(logs[name])].values))
        for name in sorted(logs.data_vars, key=str)
    }


def _dim(array: xr.DataArray) -> str:
    (dim,) = (str(name) for name in array.dims if name not in names.SAMPLE)
    return dim


def evidence_of(fit: Fit) -> str:
    """Digest of the rows of a fit: what is said, how it is read and how it is counted.

    Series are no part of it: models with other covariates may predict the same rows.
    """
    return digest(
        {
            "as_of": fit.made["as_of"],
            "header": fit.dataset.header.model_dump(mode="json"),
            "statements": [one.model_dump(mode="json") for one in fit.dataset.statements],
            "rows": row_ids(fit),
            "apart": sorted(fit.design.joint.apart),
        }
    )


def why_apart(one: Fit, other: Fit) -> str:
    """Say why leave-one-out of two fits cannot be compared."""
    if one.made["dataset"] != other.made["dataset"]:
        return say("compared-other-dataset", dataset=str(other.made["dataset"]))
    if one.made["as_of"] != other.made["as_of"]:
        day = other.made["as_of"]
        return say("compared-other-day", day=str(day)) if day else say("compared-no-day")
    if one.dataset.header != other.dataset.header or (
        one.dataset.statements != other.dataset.statements
    ):
        return say("compared-other-version")
    first, second = (
        {(kind, row) for kind, rows in row_ids(fit).items() for row in rows} for fit in (one, other)
    )
    if first != second:
        return say(
            "compared-other-rows", first=str(len(first - second)), this=str(len(second - first))
        )
    return say("compared-other-cut")


def pointwise(fit: Fit) -> xr.DataArray:
    """Log likelihood of every row: xr.DataArray (chain, draw, row)."""
    logs = fit.group("log_likelihood")
    parts = []
    for name in sorted(logs.data_vars, key=str):
        part = logs[name].rename({_dim(logs[name]): ROW}).transpose(*names.SAMPLE, ROW)
        parts.append(part.drop_attrs())
    return xr.concat(parts, dim=ROW).rename("rows")


def scored(fit: Fit) -> Any:
    """Leave-one-out of one fit: ELPDData of ArviZ, with the elpd and the Pareto k of every row."""
    # ArviZ is slow to load, and only this needs all of it.
    from arviz_stats import loo

    logs = pointwise(fit)
    weights, k = psis(logs.values.reshape(-1, logs.sizes[ROW]))
    groups = {"posterior": fit.posterior, "log_likelihood": logs.to_dataset()}
    shape = logs.copy(data=weights.reshape(logs.shape))
    high = logs[ROW].copy(data=k).rename("pareto_k")
    with warnings.catch_warnings():
        # It warns of Pareto k, which is given with the ids of the rows.
        warnings.simplefilter("ignore")
        tree = xr.DataTree.from_dict(groups)
        return loo(tree, pointwise=True, reff=1.0, log_weights=shape, pareto_k=high)


def leave_one_out(fits: Mapping[str, Fit]) -> Loo:
    """Compare two fits or more of the same rows."""
    return stacked({name: scored(fit) for name, fit in fits.items()})


def stacked(found: Mapping[str, Any]) -> Loo:
    """Compare two fits or more of the same rows, each given by what `scored` says of it."""
    from arviz_stats import compare

    unreliable = {}
    for name, one in found.items():
        # A k that is not a number is no sign of health.
        off = ~(one.pareto_k.values <= PARETO_K)
        if off.any():
            unreliable[name] = tuple(map(str, one.pareto_k[ROW].values[off]))
    with warnings.catch_warnings():
        # It warns of Pareto k, and of choosing one of many fits, which stacking does not.
        warnings.simplefilter("ignore")
        table = compare(dict(found), method="stacking", round_to="none")
    table = table.rename_axis("fit").reset_index()
    # The names as they were given: a column of texts forgets what its messages were made of.
    given = {str(name): name for name in found}
    table["fit"] = pd.Series([given[name] for name in table["fit"]], table.index, dtype=object)
    table["high_k"] = [len(unreliable.get(name, ())) for name in table["fit"]]
    columns = ["fit", "elpd", "se", "p", "elpd_diff", "dse", "weight", "high_k"]
    # The optimiser stops a rounding error below 0.
    table["weight"] = np.clip(table["weight"].astype(float), 0.0, 1.0)
    return Loo(table[columns], int(next(iter(found.values())).n_data_points), unreliable)
