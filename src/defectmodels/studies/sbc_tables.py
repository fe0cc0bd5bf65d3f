"""What ranks say: coverage, uniformity, bands, and how often events were so.

Ranks are those of a true value among `RANKED` posterior draws, so 0 to `RANKED`; under a right posterior all are
equally probable. The test and the band of a rank ECDF are those of equal local levels (Säilynoja, Bürkner and
Vehtari 2022, Graphical test for discrete uniformity and its applications in goodness-of-fit evaluation and
multiple sample comparison).

Invariant: of uniform ranks every interval covers with its probability, and p is uniform. Shown by
``tests/test_sbc_tables.py``.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pandas as pd
from arviz_stats.ecdf_utils import compute_ecdf, get_pointwise_confidence_band
from scipy import special, stats

from defectmodels.studies.certificate import COVERAGE
from defectmodels.studies.sbc_run import RANKED

BAND = 0.95
"""Probability with which the ECDF of uniform ranks stays within its band everywhere."""
BINS = 5
"""Bins of a reliability table."""
_SIMULATED = 4000
_SEED = 20_220_322


def transformed(ranks: np.ndarray, random_seed: int) -> np.ndarray:
    """Ranks as probabilities, each at random within its step, so that they are uniform exactly.

    Parameters
    ----------
    ranks : np.ndarray (simulation,), NaN where there is none

    Returns
    -------
    np.ndarray (simulation,)
    """
    within = np.random.default_rng([random_seed, 11]).random(len(ranks))
    return (ranks + within) / (RANKED + 1)


def coverage(ranks: np.ndarray, probability: float) -> float:
    """Share of ranks that lie in the central interval of a probability."""
    if not len(ranks):
        return math.nan
    tail = (1.0 - probability) / 2.0 * (RANKED + 1)
    # A rank stands for a step of the unit interval, which an end of the interval may cut.
    inside = np.minimum(ranks + 1, RANKED + 1 - tail) - np.maximum(ranks, tail)
    return float(np.clip(inside, 0.0, 1.0).mean())


def coverage_error(probability: float, simulations: int) -> float:
    """Standard deviation of `coverage` under uniform ranks."""
    if not simulations:
        return math.nan
    tail = (1.0 - probability) / 2.0 * (RANKED + 1)
    ranks = np.arange(RANKED + 1)
    inside = np.minimum(ranks + 1, RANKED + 1 - tail) - np.maximum(ranks, tail)
    return float(np.clip(inside, 0.0, 1.0).std() / math.sqrt(simulations))


def _level(values: np.ndarray) -> np.ndarray:
    """Smallest two-sided probability of any order statistic: np.ndarray (...) from (..., simulation)."""
    n = values.shape[-1]
    place = np.arange(1, n + 1)
    ordered = np.sort(values, axis=-1)
    below, above = (f(place, n + 1 - place, ordered) for f in (special.betainc, special.betaincc))
    return np.asarray(2.0 * np.minimum(below, above).min(axis=-1))


@cache
def _levels(simulations: int) -> np.ndarray:
    """Levels of uniform samples of a size, in order: np.ndarray (_SIMULATED,)."""
    rng = np.random.default_rng([_SEED, simulations])
    found = [_level(rng.random((100, simulations))) for _ in range(_SIMULATED // 100)]
    return np.sort(np.concatenate(found))


def uniformity(values: np.ndarray) -> float:
    """Probability, of uniform values, of an ECDF that somewhere is as far out.

    Parameters
    ----------
    values : np.ndarray (simulation,), from `transformed`

    Returns
    -------
    float
        From 1/4001 up in steps of as much; below that an upper bound, the level times the size of the sample.
    """
    if len(values) < 2:
        return math.nan
    null, level = _levels(len(values)), float(_level(values))
    found = (1.0 + np.searchsorted(null, level, side="right")) / (len(null) + 1.0)
    # Each order statistic has the level for itself.
    return float(min(found, level * len(values))) if found * len(null) < 2.0 else float(found)


def band(values: np.ndarray) -> pd.DataFrame:
    """ECDF and its simultaneous band: at, ecdf, low, high.

    Parameters
    ----------
    values : np.ndarray (simulation,), from `transformed`
    """
    n = len(values)
    at = np.arange(1, 100) / 100.0
    pointwise = 1.0 - float(np.quantile(_levels(n), 1.0 - BAND))
    low, high = get_pointwise_confidence_band(pointwise, n, at)
    ends = ([0.0], [1.0])
    columns = {"at": at, "ecdf": compute_ecdf(values, at), "low": low, "high": high}
    return pd.DataFrame(
        {name: np.concatenate([ends[0], one, ends[1]]) for name, one in columns.items()}
    )


def coverage_table(ranks: pd.DataFrame, random_seed: int) -> pd.DataFrame:
    """Coverage and uniformity, a row for each quantity; see `Calibration.table`."""
    rows = []
    for name, column in ranks.items():
        known = column.dropna().to_numpy(dtype=float)
        row = {"quantity": str(name), "simulations": len(known)}
        row |= {f"covered_{100 * p:.0f}": coverage(known, p) for p in COVERAGE}
        row |= {f"error_{100 * p:.0f}": coverage_error(p, len(known)) for p in COVERAGE}
        rows.append(row | {"p": uniformity(transformed(known, random_seed))})
    return pd.DataFrame(rows)


def reliability(chances: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """How often events were so, by their probability: event, low, high, said, was, error, n."""
    rows, ends = [], np.linspace(0.0, 1.0, BINS + 1)
    for name in chances:
        said, was = chances[name].to_numpy(float), events[name].to_numpy(float)
        place = np.clip(np.digitize(said, ends) - 1, 0, BINS - 1)
        for at in range(BINS):
            own = place == at
            if own.any():
                spread = math.sqrt((said[own] * (1 - said[own])).sum()) / own.sum()
                rows.append(
                    {"event": str(name), "low": ends[at], "high": ends[at + 1],
                     "said": said[own].mean(), "was": was[own].mean(), "error": spread,
                     "n": int(own.sum())}
                )  # fmt: skip
    return pd.DataFrame(rows, columns=["event", "low", "high", "said", "was", "error", "n"])


def event_table(chances: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Each event over all simulations: event, simulations, said, was, error, p (two-sided, normal)."""
    rows = []
    for name in chances:
        said, was = chances[name].to_numpy(float), events[name].to_numpy(float)
        error = math.sqrt((said * (1 - said)).sum()) / max(len(said), 1)
        # Weighed by how sure the probability was, so that wrong slopes show as well as wrong levels.
        away = (was - said) * (said - 0.5)
        spread = math.sqrt((said * (1 - said) * (said - 0.5) ** 2).sum())
        z = [abs((was - said).mean()) / error if error else 0.0]
        z.append(abs(away.sum()) / spread if spread else 0.0)
        p = min(1.0, 2.0 * float(min(2.0 * stats.norm.sf(one) for one in z)))
        rows.append(
            {"event": str(name), "simulations": len(said), "said": said.mean(), "was": was.mean(),
             "error": error, "p": p}
        )  # fmt: skip
    return pd.DataFrame(rows, columns=["event", "simulations", "said", "was", "error", "p"])
