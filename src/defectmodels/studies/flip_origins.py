"""The model without an origin: how the rest is counted, and how probable what the origin says is.

An origin that is reliable with probability r says with probability 1 - r nothing: then all its statements
together have the probability that the prior gives them, whatever the counts are. The posterior is a mixture
of that with the origin and that without it; the weight of the first is r B / (r B + 1 - r), where B is how
much more probable the origin's statements are given all others than by the prior alone.

Invariant: two engines' log densities differ by the log probability of the rows that one of them has not, given
the others. Shown by ``tests/test_flip_run.py``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from defectmodels.errors import EvidenceError
from defectmodels.estimands.checks import psis
from defectmodels.estimands.headline import Quantity, weighted
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.selection import JointRow
from defectmodels.inference.engine import Engine
from defectmodels.inference.geometry import Chart, start_of, to_model
from defectmodels.inference.predict import prior_values
from defectmodels.inference.refits import MAKING, Refits
from defectmodels.inference.without import design_without, rows_by_origin
from defectmodels.model.design import Design, make_design

_PRIOR_DRAWS, _PRIOR_SEED = 1000, 19_970_701
_MOST_K = 99.0
"""Stands for a Pareto k that is not finite, which JSON does not know."""


@dataclass(frozen=True)
class Workshop:
    """What one process makes once."""

    dataset: Dataset
    design: Design
    refits: Refits

    @cached_property
    def chart(self) -> Chart:
        """That of the fit as it is, which suits evidence that is moved a little as well as its own would."""
        return self.refits.engine(self.design)[0].chart()

    @cached_property
    def prior(self) -> Prior:
        """Draws of the model without any statement."""
        return _prior(self)


class Prior(NamedTuple):
    """Draws from a prior.

    Attributes
    ----------
    z : np.ndarray (draw, coordinate)
        In the model's own coordinates.
    logs : np.ndarray (draw,)
        Log densities there, without any row.
    """

    z: np.ndarray
    logs: np.ndarray


def less_rows(shop: Workshop, gone: Set[str]) -> Engine:
    """The engine without some rows.

    The others are counted as they were, unless they are counted given what goes.

    Raises
    ------
    EvidenceError
        When the model could not use all that is left.
    """
    engine, _ = shop.refits.engine(shop.design)
    try:
        design = design_without(shop.design, shop.dataset, gone)
    except EvidenceError:
        return _anew(shop, gone)
    known = dict(zip(_joint(shop.design), engine.chance, strict=True))
    return engine.with_rows(design, np.array([known[one] for one in _joint(design)]))


def _joint(design: Design) -> list[str]:
    return [row.statement.id for row in design.joint.rows]


def _anew(shop: Workshop, gone: Set[str]) -> Engine:
    """The engine of the statements that stay, held against the model anew."""
    kept = {
        row.statement.id: row for row in shop.design.selection.rows if row.statement.id not in gone
    }
    said = {
        one.id
        for row in kept.values()
        for one in (row.readings if isinstance(row, JointRow) else (row.statement,))
    }
    statements = tuple(one for one in shop.dataset.statements if one.id in said)
    design = make_design(shop.design.spec, replace(shop.dataset, statements=statements))
    lost = sorted(set(kept) - {row.statement.id for row in design.selection.rows})
    if lost:
        raise EvidenceError(f"without it {', '.join(lost)} would not be used either")
    if (design.scaled, design.grades) != (shop.design.scaled, shop.design.grades):
        raise EvidenceError("without it nothing would be said of a definition or a grade")
    return shop.refits.engine(design)[0]


def densities(engine: Engine, chart: Chart, z: np.ndarray) -> np.ndarray:
    """Log densities at coordinates of a chart: np.ndarray (sample,)."""
    at = engine.density.at(chart)
    return np.array([at(one)[0] for one in z])


def log_mean(logs: np.ndarray) -> tuple[float, float]:
    """Log of the mean of exponentials, and its Monte Carlo error."""
    sound = np.where(np.isfinite(logs), logs, -np.inf)
    top = sound.max()
    if not np.isfinite(top):
        return -math.inf, math.inf
    values = np.exp(sound - top)
    mean = float(values.mean())
    return float(top) + math.log(mean), float(values.std() / mean / math.sqrt(len(values)))


def ids_of(design: Design) -> dict[str, frozenset[str]]:
    """Ids of the rows of each origin."""
    found = rows_by_origin(design).items()
    return {origin: frozenset(row.statement.id for row in rows) for origin, rows in found}


def _prior(shop: Workshop) -> Prior:
    engine, _ = shop.refits.engine(shop.design)
    with MAKING:
        values = prior_values(engine.model, _PRIOR_DRAWS, _PRIOR_SEED)
    x = np.concatenate(
        [values[name].reshape(_PRIOR_DRAWS, -1) for name in start_of(engine.model)], axis=1
    )
    layout, own = engine.linear.layout, engine.density.own
    # The model's own coordinates differ from its vector in order and by a constant.
    start = to_model(layout, np.zeros((1, x.shape[1])), own)[0]
    z = (x - start)[:, layout.order]
    none = less_rows(shop, _every(ids_of(shop.design)))
    return Prior(z, densities(none, none.density.own, z))


def _every(ids: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*ids.values())


def log_chance(shop: Workshop, origin: str) -> tuple[float, float]:
    """Log prior probability of all that an origin says, and its Monte Carlo error."""
    ids, prior = ids_of(shop.design), shop.prior
    alone = less_rows(shop, _every(ids) - ids[origin])
    return log_mean(densities(alone, alone.density.own, prior.z) - prior.logs)


def bayes(given: float, error: float, shop: Workshop, origin: str) -> dict[str, float | None]:
    """Log of how much more probable an origin's statements are given all others; None if not known."""
    try:
        prior, other = log_chance(shop, origin)
    except EvidenceError:
        prior, other = math.nan, math.nan
    found = {"log_bayes": given - prior, "log_bayes_error": math.hypot(error, other)}
    return {name: one if math.isfinite(one) else None for name, one in found.items()}


def weighed(
    events: Mapping[str, xr.DataArray], pair: tuple[str, str], logs: np.ndarray
) -> tuple[dict[str, Any], tuple[float, float]]:
    """The headline without some rows, by importance weights.

    Parameters
    ----------
    logs : np.ndarray (sample,)
        Log probability of the rows given all others.

    Returns
    -------
    dict
        found, Pareto k, and moment: mean square of the weights, whose mean is 1.
    tuple of float
        Log probability of the rows given all others, averaged over the posterior without them; and its
        Monte Carlo error.
    """
    log_weights, k = psis(logs[:, None])
    weights, size = np.exp(log_weights[:, 0]), len(logs)
    # The smallest weight is never smoothed: it tells what all of them are divided by.
    at = int(np.argmax(logs))
    total = -float(logs[at]) - float(log_weights[at, 0])
    error = math.sqrt(max(size * float(weights @ weights) - 1.0, 0.0) / size)
    values = {
        name: weighted(Quantity(*pair, f"{name}_up", one), weights) for name, one in events.items()
    }
    found = {name: [one.value, one.mcse] for name, one in values.items()}
    moments = {"k": float(min(k[0], _MOST_K)), "moment": size * float(weights @ weights)}
    return {"found": found, **moments}, (math.log(size) - total, error)
