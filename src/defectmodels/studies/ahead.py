"""What a posterior says of days after an origin: covariates as they came, or held as they were.

Invariant: held covariates change nothing up to the origin, and nothing after it where they did not
move. Shown by ``tests/test_ahead.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from defectmodels import names
from defectmodels.estimands.scores import log_score_interval
from defectmodels.evidence.intervals import Interval
from defectmodels.model.design import Design

REPEATS = 4
"""Frailties drawn for each draw of the posterior."""


def expected_draws(posterior: xr.Dataset) -> np.ndarray:
    """Expected arrivals with the covariates as they came: np.ndarray (sample, group, period)."""
    dims = (*names.SAMPLE, names.GROUP, names.PERIOD)
    found: np.ndarray = posterior[names.EXPECTED].transpose(*dims).values
    return found.reshape(-1, *found.shape[2:])


def held(posterior: xr.Dataset, design: Design, origin: int) -> np.ndarray:
    """Expected arrivals with covariates and exposures held after an origin.

    They keep the levels, means by days, of the period of the origin; season and trend go on.

    Parameters
    ----------
    origin : int
        Place of the last period before what is predicted.

    Returns
    -------
    np.ndarray (sample, group, period), persons
    """
    found = expected_draws(posterior)
    later = np.arange(len(design.periods)) > origin
    exposure, x = design.exposure, design.covariates
    factor = np.where(later, exposure[:, [origin]] / exposure, 1.0)
    if names.EFFECT not in posterior:
        return found * factor
    dims = (*names.SAMPLE, names.GROUP, names.COVARIATE)
    effect = posterior[names.EFFECT].transpose(*dims).values.reshape(*found.shape[:2], -1)
    moved = np.where(later[:, None], x[origin] - x, 0.0)
    return found * factor * np.exp(effect @ moved.T)


def frailty_draws(posterior: xr.Dataset) -> np.ndarray | None:
    """Coefficient of variation of a period's frailty: np.ndarray (sample,); None without one."""
    if names.FRAILTY not in posterior:
        return None
    return posterior[names.FRAILTY].transpose(*names.SAMPLE).values.ravel()


def means(
    expected: np.ndarray, frailty: np.ndarray | None, cells: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Poisson means of a count over some cells, with a frailty for each period.

    Parameters
    ----------
    expected : np.ndarray (sample, group, period)
    frailty : np.ndarray (sample,) or None
    cells : np.ndarray (group, period)
        Share of each cell that is counted.

    Returns
    -------
    np.ndarray (sample * REPEATS,), persons
    """
    on = np.flatnonzero(cells.any(axis=0))
    rate = (expected[:, :, on] * cells[:, on]).sum(axis=1)
    if frailty is None:
        return rate.sum(axis=1)
    rate, cv = np.repeat(rate, REPEATS, axis=0), np.repeat(frailty, REPEATS)[:, None]
    shape = 1.0 / cv**2
    found: np.ndarray = (rate * rng.gamma(shape, 1.0 / shape, size=rate.shape)).sum(axis=1)
    return found


def log_probability(mean: np.ndarray, allowed: Sequence[Interval]) -> float:
    """Log probability of a statement with equally likely readings, taken at its word.

    Parameters
    ----------
    mean : np.ndarray (draw,)
        From `means`.
    allowed : sequence of Interval
        Numbers that each reading allows.
    """
    each = [log_score_interval(one.low, one.high, mean) for one in allowed]
    return float(np.logaddexp.reduce(each) - np.log(len(each)))
