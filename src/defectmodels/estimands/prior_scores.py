"""Every prior of a fit on the scale on which it is standard normal.

A prior's *scores* are the draws of its quantity, moved to where the prior is a standard normal one: the log
in prior deviations for a lognormal prior, normal quantiles of its probabilities for the others. Priors are
named as in `defectmodels.model.tagged`. Between them and the data stand quantities that are drawn around
others and have no prior of their own: the steps of a trend given its scale (``steps.GROUP``), and groups'
effects given the mean and the spread (``pooling.SERIES``). Their scores are standard normal as well.

Invariant: of prior draws all scores are standard normal. Shown by ``tests/test_rests.py``.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import xarray as xr
from scipy import special, stats

from defectmodels import names
from defectmodels.estimands.came import error_draws
from defectmodels.evidence.periods import MONTHS
from defectmodels.inference.fit import Fit
from defectmodels.model.priors import Beta, Gamma
from defectmodels.model.spec import ModelSpec
from defectmodels.model.tagged import Named, prior_of, tags
from defectmodels.model.terms import Covariates, Season, Trend

BETWEEN = ("steps", "pooling")
"""Kinds of what stands between priors and data."""
_FURTHEST = 8.0
"""Normal scores beyond it are rounding."""
_HIGH = 0.999


class Scores(NamedTuple):
    """A prior at every draw.

    Attributes
    ----------
    values : np.ndarray (component, chain, draw)
        Standard normal under the prior.
    logs : np.ndarray (chain, draw)
        Log density on the scale that the prior is held on (log, log odds), up to a constant.
    """

    values: np.ndarray
    logs: np.ndarray


def prior_scores(fit: Fit) -> dict[str, Scores]:
    """Scores of every prior by its name, then of what stands between priors and data."""
    found = {tag: _of_tag(fit, tag) for tag in tags(fit.design)}
    for term in fit.spec.term:
        if isinstance(term, Covariates):
            found |= _pooling(fit.spec, term, fit.posterior)
        elif isinstance(term, Trend):
            found |= _steps(fit.spec, term, fit.posterior)
    return found


def _values(posterior: xr.Dataset, name: str, **at: object) -> np.ndarray:
    """Draws of a variable's elements: np.ndarray (element, chain, draw)."""
    array = posterior[name].sel(at).transpose(..., *names.SAMPLE)
    return np.asarray(array.values, dtype=float).reshape(-1, *array.shape[-2:])


def _normal(values: np.ndarray) -> Scores:
    """Scores of what is normal on its own scale."""
    return Scores(values, -0.5 * (values**2).sum(axis=0))


def _of_tag(fit: Fit, tag: str) -> Scores:
    prior, posterior = prior_of(fit.spec, fit.dataset, tag), fit.posterior
    kind, _, name = tag.partition(".")
    if kind == "season":
        return _normal(_season(fit.spec, posterior))
    if kind == "exposure":
        own = [group for group, series in fit.spec.exposure.items() if series == name]
        sigma = fit.design.exposure_sigma[[fit.spec.groups.index(group) for group in own]]
        factor = _values(posterior, names.LOG_EXPOSURE_FACTOR, group=own)
        return _normal(factor / sigma[:, None, None])
    return _scored(prior, _quantity(fit, kind, name))


def _quantity(fit: Fit, kind: str, name: str) -> np.ndarray:
    """Draws of what a prior is of: np.ndarray (component, chain, draw)."""
    posterior = fit.posterior
    if kind == "baseline":
        rate = np.exp(_values(posterior, names.LOG_BASELINE, group=name))
        return rate * fit.spec.baseline[name].per
    if kind == "effect":
        return np.exp(_values(posterior, names.POOLED, covariate=name))
    if kind == "reliability":
        return _values(posterior, names.RELIABILITY, grade=name)
    if kind == "error":
        own = error_draws(posterior, name).transpose(*names.SAMPLE).values
        return np.asarray(own, dtype=float)[None]
    if kind in ("factor", "share"):
        own = _values(posterior, names.FACTOR, definition=name)
        outer = fit.spec.within.get(name)
        if outer is None or outer not in fit.design.scaled:
            return own
        return own / _values(posterior, names.FACTOR, definition=outer)
    variable = {"spread": names.SPREAD, "trend": names.TREND_SCALE, "frailty": names.FRAILTY}[kind]
    return _values(posterior, variable)


def _scored(prior: Named, values: np.ndarray) -> Scores:
    """Scores of a positive quantity or a probability."""
    if isinstance(prior, Beta):
        a, b = prior.shapes
        logs = (special.xlogy(a, values) + special.xlog1py(b, -values)).sum(axis=0)
        return Scores(_normal_scores(stats.beta(a, b), values), logs)
    if isinstance(prior, Gamma):
        law = stats.gamma(prior.shape, scale=prior.mean / prior.shape)
        logs = (prior.shape * (np.log(values) - values / prior.mean)).sum(axis=0)
        return Scores(_normal_scores(law, values), logs)
    return _normal((np.log(values) - prior.mu) / prior.sigma)


def _normal_scores(law: stats.rv_frozen, values: np.ndarray) -> np.ndarray:
    below = law.cdf(values)
    found = special.ndtri(below)
    high = below > _HIGH
    # The upper tail from its own end, where it has all its digits.
    found[high] = -special.ndtri(law.sf(values[high]))
    return np.clip(found, -_FURTHEST, _FURTHEST)


def _season(spec: ModelSpec, posterior: xr.Dataset) -> np.ndarray:
    """Independent directions of the season, whose effects add to 0."""
    term = next(one for one in spec.term if isinstance(one, Season))
    on = [group for group in spec.groups if not term.groups or group in term.groups]
    dims = (names.GROUP, names.SEASON, *names.SAMPLE)
    own = posterior[names.SEASON_EFFECT].sel({names.GROUP: on}).transpose(*dims).values
    count = own.shape[1]
    basis = np.linalg.svd(np.eye(count) - 1.0 / count)[0][:, : count - 1]
    directions = np.einsum("gs...,sk->gk...", own, basis) / math.log(term.size)
    return np.asarray(directions).reshape(-1, *own.shape[2:])


def _pooling(spec: ModelSpec, term: Covariates, posterior: xr.Dataset) -> dict[str, Scores]:
    """Deviations of groups' effects from the mean, in spreads."""
    found = {}
    for effect in term.effect:
        groups = list(effect.groups or spec.groups)
        if len(groups) > 1:
            own = _values(posterior, names.EFFECT, covariate=effect.series, group=groups)
            pooled = _values(posterior, names.POOLED, covariate=effect.series)
            spread = _values(posterior, names.SPREAD, pooled_covariate=effect.series)
            found[f"pooling.{effect.series}"] = _normal((own - pooled) / spread)
    return found


def _steps(spec: ModelSpec, term: Trend, posterior: xr.Dataset) -> dict[str, Scores]:
    """Steps of the walks, in scales."""
    weights, found = term.steps(spec.periods), {}
    total = np.tril(np.ones((weights.shape[1], weights.shape[1] - 1)), -1)
    # The walk between its steps is a fixed combination of them, which has one solution.
    back = np.linalg.pinv(weights @ total)
    length = max(1, MONTHS[term.every] // MONTHS[spec.periods.every])
    years = length * MONTHS[spec.periods.every] / 12
    for group in spec.groups:
        scale = _values(posterior, names.TREND_SCALE, group=group) * math.sqrt(years)
        walk = posterior[names.TREND].sel({names.GROUP: group})
        steps = walk.transpose(*names.SAMPLE, names.PERIOD).values @ back.T
        found[f"steps.{group}"] = _normal(np.moveaxis(steps, -1, 0) / scale)
    return found
