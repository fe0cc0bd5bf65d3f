"""Whole persons of a scenario, coupled to those who came.

In fitted periods each person who came would have come with probability min(1, ratio), independently,
and where the scenario expects more, further persons come, Poisson with the same frailty of the period.
Given the realised counts that frailty is gamma. In later periods, where nobody has come yet, all
scenarios share a frailty and a uniform number for each group and period.

The joint law of two histories of which one happened is not in any data. This coupling is the one of
independent persons (a thinned Poisson process); each scenario alone has the law that the model gives.

Invariant: where a scenario expects what was, exactly those who came come; counts are those of the
inverse distribution function at given uniform numbers, so that they do not depend on which other
scenarios are asked for. Shown by ``tests/test_coupled.py``.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence

import numpy as np
from numba import njit

_TAIL = 10.0
"""Standard deviations below the mean at which the sum of the pmf starts; below it lies nothing."""
_LEAST = 1e-17
"""Beyond the mean the sum ends with this mass: rounding can keep it below a u near 1 for ever."""


_LATER = 3
"""Keeps later persons apart from other draws with the same seed."""


@njit(cache=True, error_model="numpy")
def _binomial(n: int, p: float, u: float) -> int:
    """Smallest k with P(Binomial(n, p) <= k) >= u."""
    if n == 0 or p >= 1.0:
        return n
    k = max(0, int(n * p - _TAIL * math.sqrt(n * p * (1.0 - p)) - _TAIL))
    log = math.lgamma(n + 1.0) - math.lgamma(k + 1.0) - math.lgamma(n - k + 1.0)
    mass = math.exp(log + k * math.log(p) + (n - k) * math.log1p(-p))
    total, odds = mass, p / (1.0 - p)
    while total < u and k < n and (k < n * p or mass > _LEAST):
        mass *= (n - k) / (k + 1.0) * odds
        k += 1
        total += mass
    return k


@njit(cache=True, error_model="numpy")
def _poisson(mean: float, u: float) -> int:
    """Smallest k with P(Poisson(mean) <= k) >= u."""
    if mean <= 0.0:
        return 0
    k = max(0, int(mean - _TAIL * math.sqrt(mean) - _TAIL))
    mass = math.exp(k * math.log(mean) - mean - math.lgamma(k + 1.0))
    total = mass
    while total < u and (k < mean or mass > _LEAST):
        k += 1
        mass *= mean / k
        total += mass
    return k


@njit(cache=True, error_model="numpy", nogil=True)
def _thin(
    came: np.ndarray, mean: np.ndarray, ratio: np.ndarray, w: np.ndarray, stay: np.ndarray,
    more: np.ndarray, found: np.ndarray,
) -> None:  # fmt: skip
    for s in range(came.shape[0]):
        for t in range(came.shape[1]):
            r = ratio[s, t]
            if r <= 1.0:
                found[s, t] = came[s, t] if r == 1.0 else _binomial(came[s, t], r, stay[s, t])
            else:
                extra = _poisson((r - 1.0) * mean[s, t] * w[s, t], more[s, t])
                found[s, t] = came[s, t] + extra


@njit(cache=True, error_model="numpy", nogil=True)
def _draw(mean: np.ndarray, w: np.ndarray, u: np.ndarray, found: np.ndarray) -> None:
    for s in range(mean.shape[0]):
        for t in range(mean.shape[1]):
            found[s, t] = _poisson(mean[s, t] * w[s, t], u[s, t])


def _c(array: np.ndarray) -> np.ndarray:
    """In memory order: numba compiles a function for each order that it meets."""
    return np.ascontiguousarray(array)


def thinned(
    came: np.ndarray,
    mean: np.ndarray,
    ratio: np.ndarray,
    w: np.ndarray,
    stay: np.ndarray,
    more: np.ndarray,
) -> np.ndarray:
    """Persons of a scenario given those who came.

    Parameters
    ----------
    came : np.ndarray (sample, period), int
    mean, ratio : np.ndarray (sample, period)
        Expected arrivals of the fit, and those of the scenario over them.
    w : np.ndarray (sample, period)
        Frailty of the period.
    stay, more : np.ndarray (sample, period), uniform numbers

    Returns
    -------
    np.ndarray (sample, period), int
    """
    found = np.empty(came.shape, dtype=np.int64)
    _thin(_c(came), _c(mean), _c(ratio), _c(w), _c(stay), _c(more), found)
    return found


def new(mean: np.ndarray, w: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Persons in later periods: np.ndarray (sample, period), int, from arrays of that shape."""
    found = np.empty(mean.shape, dtype=np.int64)
    _draw(_c(mean), _c(w), _c(u), found)
    return found


def frailty_given(
    came: np.ndarray, expected: np.ndarray, cv: np.ndarray | None, rng: np.random.Generator
) -> np.ndarray:
    """Draw the frailty of each period given how many came of all groups.

    Parameters
    ----------
    came, expected : np.ndarray (sample, period), persons of all groups; zeros where nothing is known
    cv : np.ndarray (sample,) or None
        Coefficient of variation; None in a model without frailty.

    Returns
    -------
    np.ndarray (sample, period), mean 1 beforehand: gamma with shape 1 / cv^2 + came and rate
    1 / cv^2 + expected, since counts are Poisson given it
    """
    if cv is None:
        return np.ones(came.shape)
    a = 1.0 / cv[:, None] ** 2
    return np.asarray(rng.gamma(a + came) / (a + expected))


def later_chance(
    items: Sequence[str], shape: tuple[int, int], cv: np.ndarray | None, random_seed: int
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """What chance holds for later periods.

    The first periods have the same however many follow, and an item whichever others there are.

    Parameters
    ----------
    items : sequence of str
        What persons are counted of: groups, and definitions with persons of their own.
    shape : (int, int)
        Samples and later periods.
    cv : np.ndarray (sample,) or None
        As for `frailty_given`.

    Returns
    -------
    np.ndarray (sample, period)
        Frailty, common to all items.
    dict of str to np.ndarray (sample, period)
        Uniform numbers of each item.
    """
    # Period by period, so that a longer future begins like a shorter one.
    across = shape[::-1]
    w = np.ones(across)
    if cv is not None:
        a = 1.0 / cv**2
        w = np.random.default_rng([random_seed, _LATER]).gamma(np.broadcast_to(a, across)) / a
    found = {}
    for item in items:
        key = [random_seed, _LATER, zlib.crc32(item.encode())]
        found[item] = np.random.default_rng(key).random(across).T
    return w.T, found
