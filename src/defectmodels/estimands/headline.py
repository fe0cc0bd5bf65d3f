"""The numbers of a fit's headline, from its draws as they are or weighted.

Invariant: even weights give the numbers of the draws themselves. Shown by ``tests/test_audit.py``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import xarray as xr

from defectmodels import names
from defectmodels.estimands.accuracy import mean_sizes
from defectmodels.estimands.decomposition import decompose
from defectmodels.estimands.quoted import comparisons
from defectmodels.estimands.summary import INTERVAL, probability, summarise
from defectmodels.estimands.tables import EVENTS
from defectmodels.inference.fit import Fit


class Value(NamedTuple):
    """A probability, or the median of a ratio with its central interval.

    `mcse` is the Monte Carlo standard error of the first number.
    """

    value: float
    low: float
    high: float
    mcse: float


@dataclass(frozen=True)
class Quantity:
    """A number of the headline, for a pair of spans; values (chain, draw)."""

    before: str
    after: str
    name: str
    values: xr.DataArray = field(compare=False)

    @property
    def pair(self) -> tuple[str, str]:
        """Spans that are compared."""
        return self.before, self.after

    @property
    def event(self) -> bool:
        """Whether its probability is asked for; else it is a ratio."""
        return self.name in EVENTS

    @cached_property
    def draws(self) -> np.ndarray:
        """np.ndarray (sample,)."""
        return self.values.transpose(*names.SAMPLE).values.astype(float).ravel()

    @cached_property
    def efficiency(self) -> float:
        """Effective sample size of the mean over the number of draws, at most 1."""
        values = self.values.transpose(*names.SAMPLE).values.astype(float)
        if np.ptp(values) == 0 or values.shape[1] < 4:
            return 1.0
        return min(1.0, float(mean_sizes(values[None])[0]) / values.size)


def quantities(fit: Fit) -> tuple[Quantity, ...]:
    """Numbers of every pair of the headline, those of the first pair first.

    Returns
    -------
    tuple of Quantity
        ``share_up``, ``count_up``, ``share_up & ~count_up``, ``share ratio`` and ``count ratio``;
        no shares with a single group, nothing without a pair.
    """
    of, pairs = comparisons(fit)
    several = len(fit.spec.groups) > 1
    found = []
    for before, after in pairs:
        change = decompose(fit, before, after, of=of)
        events = change.events
        both = events["share_up"] & ~events["count_up"]
        numbers = {
            "share_up": events["share_up"],
            "count_up": events["count_up"],
            "share_up & ~count_up": both,
            "share ratio": change.ratio("share"),
            "count ratio": change.ratio("count"),
        }
        if not several:
            numbers = {name: one for name, one in numbers.items() if name.startswith("count")}
        found += [Quantity(before, after, name, one) for name, one in numbers.items()]
    return tuple(found)


def plain(one: Quantity) -> Value:
    """Value over the draws as they are."""
    if one.event:
        found = probability(one.values)
        return Value(found.value, math.nan, math.nan, found.mcse)
    summary = summarise(one.values)
    return Value(*(float(summary[name]) for name in ("median", "low", "high", "mcse")))


def weighted(one: Quantity, weights: np.ndarray) -> Value:
    """Value over weighted draws.

    Parameters
    ----------
    weights : np.ndarray (sample,)
        Add to 1.
    """
    draws = one.draws
    if one.event:
        # Weights add to 1 up to rounding, which must not make a probability of more than 1.
        mean = float(draws[0]) if np.ptp(draws) == 0 else min(1.0, float(weights @ draws))
        error = math.sqrt(float(weights**2 @ (draws - mean) ** 2) / one.efficiency)
        # Where all draws agree it is one of the effective draws, as in `probability`.
        return Value(mean, math.nan, math.nan, max(error, float(weights @ weights)))

    def quantile(*p: float) -> np.ndarray:
        return np.quantile(draws, p, weights=weights, method="inverted_cdf")

    tail = (1 - INTERVAL) / 2
    low, middle, high = map(float, quantile(tail, 0.5, 1 - tail))
    # The median's error on the scale of probabilities, from the effective sample size.
    step = min(0.5, 0.5 * math.sqrt(float(weights @ weights) / one.efficiency))
    below, above = quantile(0.5 - step, 0.5 + step)
    return Value(middle, low, high, float(above - below) / 2)


def moved(one: Quantity, weights: np.ndarray) -> tuple[float, float]:
    """Change of a probability by weighting the draws, and its Monte Carlo error.

    Both probabilities come from the same draws, so that the error is smaller than theirs together.
    """
    draws = one.draws
    before, after = float(draws.mean()), float(weights @ draws)
    parts = weights * (draws - after) - (draws - before) / len(draws)
    error = math.sqrt(float(parts @ parts) / one.efficiency)
    return after - before, max(error, float(weights @ weights))
