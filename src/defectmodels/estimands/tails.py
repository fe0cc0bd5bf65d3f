"""How far out a published number lies among its predictive draws, and how well the draws tell.

A share of the draws is a poor measure of a small tail: one draw more or less beyond the number is all
the difference. So where few lie beyond it, the tail is that of a law with the draws' mean and
variance, unless their number speaks against it. The Monte Carlo error is a jackknife's that leaves
out blocks of neighbouring draws, and so knows that these resemble each other.

Invariant: of draws of a known law the tail is the law's, within its Monte Carlo error. Shown by
``tests/test_tails.py``.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

FEW = 5
"""With fewer draws beyond a number, their share is known to no better than half of itself."""
DOUBT = 0.025
"""A law under which so few draws beyond a number, or so many, are rarer than this is not believed."""
BLOCKS = 20
"""Blocks of draws for the jackknife; not many, so that neighbours are seldom parted."""


def tails(
    draws: np.ndarray, low: np.ndarray, high: np.ndarray, first: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Two-sided tail of each row's published interval, and its Monte Carlo error.

    Parameters
    ----------
    draws : np.ndarray (sample, reading)
        Predictive counts, chain after chain.
    low, high : np.ndarray (reading,)
        What is published; inf for no upper end.
    first : np.ndarray (row,)
        Place of the first reading of each row.

    Returns
    -------
    np.ndarray (row,)
        Twice the smaller tail beyond the interval, at most 1; of the reading least far out.
    np.ndarray (row,)
        Monte Carlo standard error of its logarithm; NaN of a single draw.
    """
    size, blocks = len(draws), min(BLOCKS, len(draws))
    starts = np.arange(blocks) * size // blocks
    kinds = (draws <= high, draws < low, draws, np.square(draws, dtype=float))
    parts = np.stack([np.add.reduceat(one.astype(float), starts, axis=0) for one in kinds])
    whole = parts.sum(axis=1, keepdims=True)
    tail = _tail(whole, np.array([[size]]), low, high, first)[0]
    if blocks < 2:
        return tail, np.full(len(tail), np.nan)
    left = size - np.diff(starts, append=size)[:, None]
    without = np.log(_tail(whole - parts, left, low, high, first))
    return tail, np.sqrt((blocks - 1) * without.var(axis=0))


def _tail(
    sums: np.ndarray, size: np.ndarray, low: np.ndarray, high: np.ndarray, first: np.ndarray
) -> np.ndarray:
    """Tail of each row: np.ndarray (block, row), never 0.

    Parameters
    ----------
    sums : np.ndarray (4, block, reading)
        Draws up to `high`, draws below `low`, sum of draws and sum of their squares.
    size : np.ndarray (block, 1)
        Number of draws.
    """
    upto, below, total, squares = sums
    mean = np.maximum(total / size, 0.5 / size)
    more = np.maximum(squares / size - (total / size) ** 2 - mean, 1e-6 * mean)
    # Negative binomial; Poisson where the draws are no wider.
    shape = mean**2 / more
    law = stats.nbinom(shape, shape / (shape + mean))
    sides = (
        _side(upto, upto / size, size, law.cdf(high)),
        _side(size - below, 1 - below / size, size, law.sf(low - 1)),
    )
    each = np.clip(2 * np.minimum(*sides), 1e-300, 1.0)
    found: np.ndarray = np.maximum.reduceat(each, first, axis=1)
    return found


def _side(beyond: np.ndarray, share: np.ndarray, size: np.ndarray, law: np.ndarray) -> np.ndarray:
    """Probability of one side, of which a law and a number of draws are known."""
    wanted = stats.poisson(size * law)
    agree = np.minimum(wanted.cdf(beyond), wanted.sf(beyond - 1)) >= DOUBT
    # Where none is beyond, more than so many were not to be expected.
    share = np.where(beyond > 0, share, -np.log(DOUBT) / size)
    return np.where((beyond < FEW) & agree, law, share)
