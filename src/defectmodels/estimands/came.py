"""Who came, given what was published: the errors of a model undone, draw by draw.

Given the rates and a period's frailty, persons are Poisson by the group they are of and the one they are
published as, and so are entries of no person. Given the published counts these split by their shares, and
those who were left out are Poisson still.

Invariant: the law is that of going through all counts; without errors those who came are those published.
Shown by ``tests/test_came.py``.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from defectmodels import names
from defectmodels.estimands.coupled import frailty_given
from defectmodels.inference.fit import Fit
from defectmodels.model.measured import Measurement

_LEAST = 1e-300
_SIZE = "revision size"


def error_draws(posterior: xr.Dataset, name: str) -> xr.DataArray:
    """Draws of what a prior of an error is of, such as ``undercount included``: (chain, draw)."""
    if name == _SIZE:
        return posterior[names.REVISION_SCALE]
    return posterior[names.ERROR_PARAMETER].sel({names.ERROR: name}, drop=True)


def published(fit: Fit) -> xr.DataArray:
    """Expected arrivals as they are published: (chain, draw, group, period), persons; see `expected`.

    Without errors these are the expected arrivals.
    """
    expected = fit.posterior[names.EXPECTED].transpose(*names.SAMPLE, names.GROUP, names.PERIOD)
    measurement = fit.design.measurement
    if measurement is None:
        return expected
    errors = fit.posterior[names.ERROR_PARAMETER].transpose(*names.SAMPLE, names.ERROR)
    found = measurement.published(expected.values, errors.values)
    return expected.copy(data=found[..., : expected.sizes[names.GROUP], :])


def came(
    measurement: Measurement,
    counts: np.ndarray,
    expected: np.ndarray,
    values: np.ndarray,
    cv: np.ndarray | None,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw who came, given the published counts of every group and period.

    Parameters
    ----------
    counts : np.ndarray (sample, group, period), int, persons as they are published
    expected : np.ndarray (sample, group, period), persons who are expected to come
    values : np.ndarray (sample, error), parameters of the errors
    cv : np.ndarray (sample,) or None
        Coefficient of variation of a period's frailty.

    Returns
    -------
    np.ndarray (sample, group, period), int, persons
    """
    kept, entries = measurement.persons(expected, values)
    published = np.einsum("sabt,sbt->sat", kept, expected) + entries
    frailty = frailty_given(counts.sum(axis=1), published.sum(axis=1), cv, rng)
    left_out = np.clip(1.0 - kept.sum(axis=1), 0.0, 1.0)
    found: np.ndarray = rng.poisson(expected * left_out * frailty[:, None, :])
    groups = expected.shape[1]
    for at in range(groups):
        # By the group they are of; the last are of none.
        means = np.concatenate([kept[:, at] * expected, entries[:, [at]]], axis=1)
        means = np.moveaxis(means, 1, -1)
        shares = means / np.maximum(means.sum(axis=-1, keepdims=True), _LEAST)
        drawn = rng.multinomial(counts[:, at], shares)
        found += np.moveaxis(drawn[..., :groups], -1, 1)
    return found
