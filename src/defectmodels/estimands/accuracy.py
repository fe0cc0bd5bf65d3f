"""How well draws tell a quantity: effective sample sizes, R-hat and Monte Carlo errors of many at once.

The numbers are ArviZ's (Vehtari et al. 2021, Rank-normalization, folding, and localization). Arrays are
np.ndarray (element, chain, draw).

Invariant: what does not vary has a number and no warning, and too few draws give NaN. Shown by
``tests/test_accuracy.py``.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from arviz_stats.base import array_stats


def _each(run: Callable[..., Any], values: np.ndarray, **settings: Any) -> np.ndarray:
    """Run one of ArviZ's functions on every element: np.ndarray (element,)."""
    if not len(values):
        return np.zeros(0)
    with warnings.catch_warnings():
        # Elements without any spread have no error, and the estimator warns of dividing by it.
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.atleast_1d(np.asarray(run(values, **settings), dtype=float))


def mean_sizes(values: np.ndarray) -> np.ndarray:
    """Effective sample sizes for means: np.ndarray (element,)."""
    return _each(array_stats.ess, values, method="mean")


def bulk_sizes(values: np.ndarray) -> np.ndarray:
    """Effective sample sizes of the centre, of normal scores: np.ndarray (element,)."""
    return _each(array_stats.ess, values, method="bulk")


def tail_sizes(values: np.ndarray, probabilities: tuple[float, float]) -> np.ndarray:
    """Smaller effective sample size of two quantiles: np.ndarray (element,)."""
    return _each(array_stats.ess, values, method="tail", prob=probabilities)


def mean_errors(values: np.ndarray) -> np.ndarray:
    """Monte Carlo standard errors of means: np.ndarray (element,)."""
    return _each(array_stats.mcse, values, method="mean")


def quantile_errors(
    values: np.ndarray, probabilities: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    """Quantiles and their Monte Carlo standard errors: two np.ndarray (probability, element).

    With fewer than 4 draws a chain no error is known.
    """
    quantiles = np.quantile(values, probabilities, axis=(1, 2))
    if values.shape[-1] < 4:
        return quantiles, np.full(quantiles.shape, np.nan)
    errors = [_each(array_stats.mcse, values, method="quantile", prob=p) for p in probabilities]
    return quantiles, np.array(errors)


def rhat(values: np.ndarray) -> np.ndarray:
    """R-hat of normal scores of the draws or of their distance from the median: np.ndarray (element,).

    The larger of the two; NaN of a single chain.
    """
    if values.shape[1] < 2:
        return np.full(len(values), np.nan)
    return _each(array_stats.rhat, values)
