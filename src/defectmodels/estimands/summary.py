"""Numbers out of draws, each with its interval and its Monte Carlo error.

Invariant: no function here rounds; `digits` says how many decimals a Monte Carlo error allows.
Shown by ``tests/test_summary.py``.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from defectmodels import names
from defectmodels.estimands.accuracy import bulk_sizes, mean_sizes, quantile_errors, rhat

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
    """Put chains behind each other: dim ``sample`` comes last, without an index."""
    return array.stack(sample=names.SAMPLE, create_index=False).transpose(..., "sample")


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
    size = float(mean_sizes(values[None])[0])
    return Probability(share, math.sqrt(share * (1 - share) / size))


def effective(array: xr.DataArray) -> float:
    """Smallest bulk effective sample size of the elements that vary; inf when none does."""
    values = array.transpose(..., *names.SAMPLE).values.astype(float)
    values = values.reshape(-1, *values.shape[-2:])
    values = values[np.ptp(values, axis=(1, 2)) > 0]
    return float(np.min(bulk_sizes(values))) if len(values) else math.inf


def largest_rhat(z: np.ndarray) -> float:
    """Largest R-hat of coordinates, np.ndarray (chain, draw, coordinate); NaN of a single chain."""
    return float(np.max(rhat(np.moveaxis(z, -1, 0)))) if len(z) > 1 else math.nan


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
    ordered = values.transpose(..., *names.SAMPLE)
    found = central(ordered.values.reshape(-1, *ordered.shape[-2:]), interval)
    one = ordered.isel({dim: 0 for dim in names.SAMPLE}, drop=True)
    columns = {
        name: one.copy(data=column.reshape(one.shape)) for name, column in found._asdict().items()
    }
    return xr.Dataset(
        {
            "median": columns["median"],
            "low": columns["low"],
            "high": columns["high"],
            "mean": values.mean(names.SAMPLE),
            "sd": values.std(names.SAMPLE, ddof=1),
            "mcse": columns["mcse"],
            "mcse_low": columns["mcse_low"],
            "mcse_high": columns["mcse_high"],
        },
        attrs=array.attrs | {"interval": interval},
    )


class Central(NamedTuple):
    """Medians, central intervals and the Monte Carlo error of each: np.ndarray (element,)."""

    median: np.ndarray
    low: np.ndarray
    high: np.ndarray
    mcse: np.ndarray
    mcse_low: np.ndarray
    mcse_high: np.ndarray


def central(values: np.ndarray, interval: float = INTERVAL) -> Central:
    """Median and central interval of every element.

    Parameters
    ----------
    values : np.ndarray (element, chain, draw)
    interval : float
        Probability of the central interval.

    Returns
    -------
    Central
        Errors are 0 for what does not vary, and NaN with fewer than 4 draws a chain.
    """
    tail = (1 - interval) / 2
    chances = [0.5, tail, 1 - tail]
    quantiles, errors = quantile_errors(values, chances)
    if np.isnan(values).any():
        quantiles = np.nanquantile(values, chances, axis=(1, 2))
    if values.shape[-1] < 4:
        return Central(*quantiles, *np.full(errors.shape, np.nan))
    return Central(*quantiles, *np.where(np.ptp(values, axis=(1, 2)) == 0, 0.0, errors))


def tidy(array: xr.DataArray, interval: float = INTERVAL) -> pd.DataFrame:
    """One row for each element, with its coordinates, median, interval and Monte Carlo error."""
    # The order of rows is that of the array's dims, whatever order its coordinates stand in.
    order = [str(dim) for dim in array.dims if dim not in names.SAMPLE]
    summary = summarise(array, interval)
    table = summary.to_dataframe(dim_order=order or None).reset_index()
    return table.assign(units=array.attrs.get("units", ""), interval=interval)
