"""What the headline makes of a prior, or of the likelihood, to a power: by weights of the draws.

A density to the power of more than 1 is believed more, to less than 1 it is believed less (Kallioinen, Paananen,
Bürkner and Vehtari 2024, Detecting and diagnosing prior and likelihood sensitivity with power-scaling, Statistics
and Computing 34, 57). `sensitivities` are theirs, from ArviZ: how far the cumulative distribution of a number moves
at a power near 1, from `SENSITIVE` on worth a look. `scaled` gives the numbers themselves at a power.

The likelihood is that of all statements together. It is not the sum of the rows' log likelihoods, each of which
is given the others.

Invariant: for a gamma prior and Poisson counts the weights give the posterior of the powered prior. Shown by
``tests/test_powers.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from arviz_stats import psense

from defectmodels import names
from defectmodels.estimands.checks import psis
from defectmodels.estimands.headline import Quantity, Value, moved, plain, weighted
from defectmodels.estimands.prior_scores import prior_scores
from defectmodels.inference.fit import Fit, once
from defectmodels.inference.without import count_all
from defectmodels.model.tagged import tags

LIKELIHOOD = "likelihood"
PRIORS = "all priors"
"""All priors with a name together."""
SENSITIVE = 0.05
"""Sensitivity from which a number is moved: what Kallioinen et al. take."""


@once
def log_priors(fit: Fit) -> xr.Dataset:
    """Log density of every named prior at the draws, each on the scale that it is held on, up to a constant.

    Returns
    -------
    xr.Dataset (chain, draw)
        One variable for each name of `defectmodels.model.tagged.tags`.
    """
    found = prior_scores(fit)
    return xr.Dataset({tag: (names.SAMPLE, found[tag].logs) for tag in tags(fit.design)})


@once
def log_likelihood(fit: Fit) -> xr.DataArray:
    """Log probability of all statements together: xr.DataArray (chain, draw)."""
    sizes = [fit.posterior.sizes[dim] for dim in names.SAMPLE]
    total = np.zeros(int(np.prod(sizes)))
    for log_z in count_all(fit).log_z.values():
        total += log_z
    found = xr.DataArray(total.reshape(sizes), dims=names.SAMPLE)
    logs = fit.group("log_likelihood")
    for variable, dim in ((names.DIRECT_COUNT, names.DIRECT), (names.NESTED_COUNT, names.NESTED)):
        if variable in logs:
            found = found + logs[variable].sum(dim).values
    return found


def components(fit: Fit) -> tuple[str, ...]:
    """What can be scaled: the likelihood, all named priors together, and each of them."""
    return (LIKELIHOOD, PRIORS, *log_priors(fit).data_vars)


def log_component(fit: Fit, component: str) -> xr.DataArray:
    """Log density of a component at the draws: xr.DataArray (chain, draw)."""
    if component == LIKELIHOOD:
        return log_likelihood(fit)
    priors = log_priors(fit)
    return priors.to_dataarray().sum("variable") if component == PRIORS else priors[component]


class Scaled(NamedTuple):
    """Numbers of the headline at a power.

    Attributes
    ----------
    pareto_k : float
        Of the weights; above `PARETO_K` they are not reliable.
    values : tuple of Value
    differences : tuple of (float, float)
        From the fit, and the Monte Carlo error of that.
    """

    pareto_k: float
    values: tuple[Value, ...]
    differences: tuple[tuple[float, float], ...]


def scaled(fit: Fit, numbers: Sequence[Quantity], component: str, power: float) -> Scaled:
    """Weigh the draws by a component's density to the power of `power` - 1."""
    logs = log_component(fit, component).transpose(*names.SAMPLE).values.ravel()
    # `psis` weighs by one over what it is given.
    log_weights, k = psis((1.0 - power) * logs[:, None])
    weights = np.exp(log_weights[:, 0])
    values = tuple(weighted(one, weights) for one in numbers)
    differences = tuple(
        _difference(one, value, weights) for one, value in zip(numbers, values, strict=True)
    )
    return Scaled(float(k[0]), values, differences)


def _difference(one: Quantity, value: Value, weights: np.ndarray) -> tuple[float, float]:
    if one.event:
        return moved(one, weights)
    # Both medians come from the same draws, so that their errors together are too much.
    before = plain(one)
    return value.value - before.value, float(np.hypot(value.mcse, before.mcse))


def sensitivities(fit: Fit, numbers: Sequence[Quantity]) -> pd.DataFrame:
    """Sensitivity of every number to every component.

    Returns
    -------
    pd.DataFrame
        component, before, after, quantity, sensitivity; NaN of what all draws agree on.
    """
    posterior = xr.Dataset(
        {
            str(at): one.values.astype(float).reset_coords(drop=True).transpose(*names.SAMPLE)
            for at, one in enumerate(numbers)
            if np.ptp(one.draws) > 0
        }
    )
    rows = []
    for component in components(fit):
        group = LIKELIHOOD if component == LIKELIHOOD else "prior"
        logs = log_component(fit, component).rename("component").to_dataset()
        tree = xr.DataTree.from_dict({"posterior": posterior, f"log_{group}": logs})
        found = psense(tree, group=group) if posterior else {}
        rows += [
            {
                "component": component,
                "before": one.before,
                "after": one.after,
                "quantity": one.name,
                "sensitivity": float(found[str(at)]) if str(at) in found else np.nan,
            }
            for at, one in enumerate(numbers)
        ]
    return pd.DataFrame(rows)
