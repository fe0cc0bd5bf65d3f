"""Numbers out of draws, each with its interval and its Monte Carlo error.

Invariant: no function here rounds; `digits` says how many decimals a Monte Carlo error allows.
Shown by ``tests/test_summary.py``.
"""

from __future__ import annotations

import math
import warnings
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from arviz_stats.base import array_stats

from defectmodels import names

INTERVAL = 0.9
"""Probability of every interval: central, equal tails. Written beside every interval printed."""


class Probability(NamedTuple):
    """A posterior probability and its Monte Carlo standard error."""

    value: float
    mcse: float

    def __str__(self) -> str:
        """Write the probability with the decimals its error allows, never as 0 or 1."""
        places = min(max(digits(self.mcse), 2), 3)
        if self.value in (0.0, 1.0):
            # All draws agree, and few draws cannot say how nearly.
            places = min(max(digits(self.mcse), 1), 3)
        edge = 10.0**-places
        if self.value > 1 - edge:
            return f"> {1 - edge:.{places}f}"
        return f"< {edge:.{places}f}" if self.value < edge else f"{self.value:.{places}f}"


def digits(mcse: float) -> int:
    """Decimals of which the last is moved by no more than one by twice the Monte Carlo error."""
    return max(0, math.floor(-math.log10(max(2 * mcse, 1e-12)))) if math.isfinite(mcse) else 0


def stack(array: xr.DataArray) -> xr.DataArray:
    """Put chains behind each other: dim ``sample`` comes last."""
    return array.stack(sample=names.SAMPLE).transpose(..., "sample")


def probability(event: xr.DataArray) -> Probability:
    """Posterior probability of an event and its Monte Carlo error.

    Parameters
    ----------
    event : xr.DataArray (chain, draw), bool
        Whether each draw has it.

    Returns
    -------
    Probability
        The error comes from the effective sample size of the event; where all draws agree it is
        one draw in all.
    """
    values = event.transpose(*names.SAMPLE).values.astype(float)
    share = float(values.mean())
    if share in (0.0, 1.0) or values.shape[1] < 4:
        return Probability(share, 1.0 / values.size)
    size = float(array_stats.ess(values, method="mean"))
    return Probability(share, math.sqrt(share * (1 - share) / size))


def effective(array: xr.DataArray) -> float:
    """Smallest bulk effective sample size of the elements that vary; inf when none does."""
    values = array.transpose(..., *names.SAMPLE).values.astype(float)
    values = values.reshape(-1, *values.shape[-2:])
    values = values[np.ptp(values, axis=(1, 2)) > 0]
    return float(np.min(array_stats.ess(values, method="bulk"))) if len(values) else math.inf


def largest_rhat(z: np.ndarray) -> float:
    """Largest R-hat of coordinates, np.ndarray (chain, draw, coordinate); NaN of a single chain."""
    return float(np.max(array_stats.rhat(np.moveaxis(z, -1, 0)))) if len(z) > 1 else math.nan


def summarise(array: xr.DataArray, interval: float = INTERVAL) -> xr.Dataset:
    """Median, mean, central interval and Monte Carlo error of every element.

    Parameters
    ----------
    array : xr.DataArray (chain, draw, ...)
    interval : float
        Probability of the central interval.

    Returns
    -------
    xr.Dataset
        median, low, high, mean and sd without chain and draw, and the Monte Carlo errors of the
        first three: mcse, mcse_low and mcse_high; units as in `array`.
    """
    values = array.astype(float)
    tail = (1 - interval) / 2
    quantiles = values.quantile([tail, 0.5, 1 - tail], dim=names.SAMPLE)
    summary = xr.Dataset(
        {
            "median": quantiles.isel(quantile=1, drop=True),
            "low": quantiles.isel(quantile=0, drop=True),
            "high": quantiles.isel(quantile=2, drop=True),
            "mean": values.mean(names.SAMPLE),
            "sd": values.std(names.SAMPLE, ddof=1),
            "mcse": _mcse(values, 0.5),
            "mcse_low": _mcse(values, tail),
            "mcse_high": _mcse(values, 1 - tail),
        },
        attrs=array.attrs | {"interval": interval},
    )
    return summary


def _mcse(array: xr.DataArray, quantile: float) -> xr.DataArray:
    """Monte Carlo standard error of a quantile; 0 for what does not vary."""
    ordered = array.transpose(..., *names.SAMPLE)
    result = ordered.isel({dim: 0 for dim in names.SAMPLE}, drop=True)
    if ordered.sizes["draw"] < 4:
        return result.copy(data=np.full(result.shape, np.nan))
    with warnings.catch_warnings():
        # Elements without any spread have no error, and the estimator warns of dividing by it.
        warnings.simplefilter("ignore", RuntimeWarning)
        error = np.asarray(array_stats.mcse(ordered.values, method="quantile", prob=quantile))
    flat = np.ptp(ordered.values, axis=(-2, -1)) == 0
    return result.copy(data=np.where(flat, 0.0, error))


def tidy(array: xr.DataArray, interval: float = INTERVAL) -> pd.DataFrame:
    """One row for each element, with its coordinates, median, interval and Monte Carlo error."""
    # The order of rows is that of the array's dims, whatever order its coordinates stand in.
    order = [str(dim) for dim in array.dims if dim not in names.SAMPLE]
    summary = summarise(array, interval)
    table = summary.to_dataframe(dim_order=order or None).reset_index()
    return table.assign(units=array.attrs.get("units", ""), interval=interval)
