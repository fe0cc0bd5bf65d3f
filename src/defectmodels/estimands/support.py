"""Whether the data can speak to a scenario: how far its covariates lie from those that were seen.

Two measures, period by period. *Range*: how far a covariate lies beyond the smallest or the largest
value of the fitted periods, in its own unit. *Hull*: how far the covariates that act on a group lie
together from the convex hull of those of the fitted periods (King and Zeng 2006, Political Analysis
14:131-159), each measured in shares of its range, so that 1 is as far as it ever moved. A scenario
inside both is still no experiment.

Invariant: a point of the hull has distance 0, and what was lies in it. Shown by
``tests/test_support.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from scipy.optimize import nnls

from defectmodels import names
from defectmodels.estimands.courses import Course, Reckoner
from defectmodels.model.terms import Covariates

OUTSIDE = 0.01
"""Share of the covariates' ranges from which a point counts as outside."""
_WHOLE = 1e4
"""Weight that makes the shares of a mixture add to 1."""
_QUANTILES = (0.05, 0.5, 0.95)
"""Where a path is not known, these of it are looked at."""


def hull_distance(points: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Distance of points from the convex hull of others.

    Parameters
    ----------
    points : np.ndarray (point, covariate)
    seen : np.ndarray (row, covariate)

    Returns
    -------
    np.ndarray (point,), in shares of the ranges of what was seen; what never varied counts in its own
    unit
    """
    if not points.shape[1]:
        return np.zeros(len(points))
    size = np.ptp(seen, axis=0)
    size = np.where(size > 0, size, 1.0)
    # From the smallest value on: far from 0 the weight would no longer hold the sum at 1.
    low = seen.min(axis=0)
    rows = np.unique((seen - low) / size, axis=0)
    matrix = np.vstack([rows.T, np.full(len(rows), _WHOLE)])
    distinct, place = np.unique((points - low) / size, axis=0, return_inverse=True)
    found = np.empty(len(distinct))
    for at, point in enumerate(distinct):
        weights, _ = nnls(matrix, np.append(point, _WHOLE))
        found[at] = np.linalg.norm(rows.T @ weights - point)
    return np.asarray(found[np.ravel(place)])


def beyond_range(points: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """How far each covariate lies beyond what was seen of it: np.ndarray (point, covariate)."""
    below, above = seen.min(axis=0) - points, points - seen.max(axis=0)
    return np.maximum(0.0, np.maximum(below, above))


def _looked_at(course: Course, at: np.ndarray) -> np.ndarray:
    """Covariates in some periods: np.ndarray (quantile, period, covariate)."""
    x = course.covariates[..., at, :]
    return x[None] if x.ndim == 2 else np.quantile(x, _QUANTILES, axis=0)


def support(reckoner: Reckoner, courses: Sequence[Course]) -> xr.Dataset:
    """How far the covariates of scenarios lie from those of the fitted periods.

    Returns
    -------
    xr.Dataset
        range (scenario, covariate, period), in units of the covariate; hull (scenario, group, period),
        in shares of the ranges; later (period,), years after the last fitted day; changed (scenario,
        period), whether the scenario is another history there.
    """
    fit, seen = reckoner.fit, reckoner.factual.covariates
    n, total = reckoner.fitted, len(reckoner.periods)
    groups, covariates = fit.spec.groups, fit.spec.covariates
    terms = [term for term in fit.spec.term if isinstance(term, Covariates)]
    acts = terms[0].acts(groups) if terms else np.zeros((len(groups), 0), dtype=bool)
    reach = np.zeros((len(courses), len(covariates), total))
    hull = np.zeros((len(courses), len(groups), total))
    changed = np.zeros((len(courses), total), dtype=bool)
    for one, course in enumerate(courses):
        changed[one, :n], changed[one, n:] = reckoner.moved(course), True
        at = np.flatnonzero(changed[one])
        looked = _looked_at(course, at)
        if not len(at):
            continue
        flat = looked.reshape(looked.shape[0] * len(at), looked.shape[2])
        far = beyond_range(flat, seen).reshape(looked.shape)
        reach[one][:, at] = far.max(axis=0).T
        # A group on which no changed covariate acts stays where it was.
        other = (looked != seen[np.minimum(at, n - 1)]).any(axis=(0, 1)) | (total > n)
        for group in range(len(groups)):
            own = acts[group]
            if not (own & other).any():
                continue
            distance = hull_distance(flat[:, own], seen[:, own])
            hull[one, group, at] = distance.reshape(looked.shape[:2]).max(axis=0)
    ends = np.array([span.end.toordinal() for span in reckoner.periods.spans])
    later = np.maximum(0, ends - fit.spec.periods.span.end.toordinal()) / 365.25
    return xr.Dataset(
        {
            "range": (("scenario", names.COVARIATE, names.PERIOD), reach, {"units": "covariate"}),
            "hull": (("scenario", names.GROUP, names.PERIOD), hull, {"units": "share of ranges"}),
            "later": ((names.PERIOD,), later, {"units": "years"}),
            "changed": (("scenario", names.PERIOD), changed),
        },
        {
            "scenario": [course.scenario.name for course in courses],
            names.COVARIATE: list(covariates),
            names.GROUP: list(groups),
            names.PERIOD: list(reckoner.periods.labels),
        },
        {"every": fit.spec.axis.every},
    )
