"""Proper scores of a predictive distribution of a count, and its coverage.

Scores follow Gneiting & Raftery 2007, Strictly proper scoring rules, prediction, and estimation, JASA
102:359-378. The log score is the log probability of what came, so more is better; of CRPS and the
interval score less is better, and both are in persons.

Invariant: each score is that of the closed form where there is one. Shown by ``tests/test_scores.py``.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special, stats

from defectmodels.errors import SpecError
from defectmodels.estimands.summary import INTERVAL


def log_score(observed: int, mean: np.ndarray, size: np.ndarray | None = None) -> float:
    """Log probability of a count under a mixture over draws.

    The mean over draws of the probability, not the share of simulated counts that hit it
    (Rao-Blackwell). Far outside all draws it rests on the nearest of them and is rough.

    Parameters
    ----------
    observed : int
    mean : np.ndarray (draw,)
        Expected count of each draw.
    size : np.ndarray (draw,), optional
        Size of the negative binomial, variance mean + mean^2 / size; Poisson without it.
    """
    if size is None:
        logs = stats.poisson.logpmf(observed, mean)
    else:
        logs = stats.nbinom.logpmf(observed, size, size / (size + mean))
    return _log_mean(logs)


def log_score_interval(
    low: int, high: int | None, mean: np.ndarray, size: np.ndarray | None = None
) -> float:
    """Log probability that a count lies in low..high, both included, under a mixture over draws.

    Parameters
    ----------
    low, high : int
        No upper end when `high` is None.
    mean, size : np.ndarray (draw,)
        As for `log_score`.

    Raises
    ------
    SpecError
        When the interval holds no number.
    """
    if high is not None and high < low:
        raise SpecError(f"interval {low}..{high} holds no number; give its ends in order")
    law = stats.poisson(mean) if size is None else stats.nbinom(size, size / (size + mean))
    # The smaller tail is taken off the larger, so that a far interval keeps its digits.
    above = law.sf(low - 1) - (0.0 if high is None else law.sf(high))
    below = (1.0 if high is None else law.cdf(high)) - law.cdf(low - 1)
    inside = np.where(law.cdf(low - 1) > 0.5, above, below)
    with np.errstate(divide="ignore"):
        return _log_mean(np.log(np.clip(inside, 0.0, 1.0)))


def _log_mean(logs: np.ndarray) -> float:
    return float(special.logsumexp(logs) - math.log(len(logs)))


def crps(observed: float, draws: np.ndarray) -> float:
    """Continuous ranked probability score from draws, without the bias of few of them.

    E|X - y| - E|X - X'| / 2, the second mean over pairs of different draws (the fair score: Ferro
    2014, QJRMS 140:1917-1923), by sorting.

    Parameters
    ----------
    observed : float
    draws : np.ndarray (draw,)
        Two or more.
    """
    x = np.sort(np.asarray(draws, dtype=float))
    count = len(x)
    if count < 2:
        raise SpecError(f"{count} draw(s) have no spread to score; give two or more")
    pairs = ((2 * np.arange(1, count + 1) - count - 1) * x).sum()
    return float(np.abs(x - observed).mean() - pairs / (count * (count - 1)))


def interval_score(observed: float, low: float, high: float, interval: float = INTERVAL) -> float:
    """Score of a central interval: its width, and 2 / (1 - interval) for each unit of a miss."""
    miss = max(low - observed, 0.0) + max(observed - high, 0.0)
    return float(high - low + 2.0 / (1.0 - interval) * miss)


def central(draws: np.ndarray, interval: float = INTERVAL) -> tuple[float, float, float]:
    """Median and both ends of the central interval of draws."""
    tail = (1.0 - interval) / 2.0
    low, median, high = np.quantile(draws, [tail, 0.5, 1.0 - tail])
    return float(median), float(low), float(high)


def coverage(covered: np.ndarray, interval: float = INTERVAL) -> tuple[float, float, float]:
    """Share of intervals that covered, with its own interval.

    Parameters
    ----------
    covered : np.ndarray (case,), bool

    Returns
    -------
    share, low, high : float
        Ends from the Jeffreys posterior, Beta(1/2 + hits, 1/2 + misses); cases that share years are
        not independent, so that it is too narrow.
    """
    hits, cases = int(np.sum(covered)), len(covered)
    tail = (1.0 - interval) / 2.0
    ends = stats.beta(0.5 + hits, 0.5 + cases - hits).ppf([tail, 1.0 - tail])
    return hits / cases if cases else math.nan, float(ends[0]), float(ends[1])
