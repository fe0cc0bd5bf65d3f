"""Coordinates in which a sampler finds a posterior easy: another description of the same posterior.

Given the scales (spreads of effects, scales of trends, frailty) all other coordinates are nearly
normal. Their precision has two parts: what the counts say, which is computed once, and the prior,
which the scales change. The sampler moves in coordinates z that are standard normal there. What the
counts pin down is thereby centred, what they do not touch is not, and what lies between is between,
at every value of the scales.

A block of coordinates e ~ Normal(0, 1) acts through u = s e, with one scale s. The counts add a
precision to u; in its eigenbasis, where it is k,

    e = (s (pull - tied u') + sqrt(1 + s^2 k) z) / (1 + s^2 k),

where pull is what the counts draw u towards and tied u' is the part of it that goes with the blocks
after this one. Coordinates without a scale are the first block, with s = 1 and their prior in k
instead of the 1. All blocks together are one triangular system. Frailty makes counts say less:
k, pull and tied carry a factor for it.

Two things are taken as fixed although they change with the scales: the eigenbases, and what
eliminating one block leaves of the precision of the next. That costs gradients, never correctness:
whatever the constants are, the density is that of the model times the Jacobian.

Invariant: the log density in the new coordinates is that of the model plus the log Jacobian, and the
coordinates are a function of model and evidence alone, without any random number. Shown by
``tests/test_geometry.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from weakref import WeakKeyDictionary

import numpy as np
import pymc as pm
from scipy.optimize import minimize

from defectmodels.model.build import LOG_FRAILTY
from defectmodels.model.design import Design

ROUNDS = 3
"""Times that the best scales, and what the counts say at these scales, are found in turn."""
_STEP = 1e-4
_SCALE_STEP = 1e-3
_FRAILTY_STEP = 0.2
_LEAST_CURVATURE = 0.5
"""Smallest curvature taken for the log of a scale; a prior with a factor of 10 has it."""
_LEAST = 1e-8
"""Smallest precision of a coordinate without a scale."""
_WORST = 1e30
"""Stands for a log density that is not a number, to turn a line search back."""


@dataclass(frozen=True)
class Layout:
    """What the coordinates of a model are: n without the scales, then the scales.

    Attributes
    ----------
    order : np.ndarray (n + scale,), int
        Places in the model's vector: blocks one after the other, then the logs of the scales.
    blocks : tuple of slice
        Coordinates that share a scale; the first are those without one.
    scale : np.ndarray (n,), int
        Which scale multiplies a coordinate, or -1.
    scales : int
        How many scales there are.
    frailty : int
        Which of them is the frailty, or -1.
    """

    order: np.ndarray
    blocks: tuple[slice, ...]
    scale: np.ndarray
    scales: int
    frailty: int

    @property
    def prior(self) -> np.ndarray:
        """np.ndarray (n,): 1 where there is a scale; else the prior is part of what is known."""
        return (self.scale >= 0).astype(float)

    @property
    def which(self) -> np.ndarray:
        """np.ndarray (n, scale): 1 where the scale multiplies the coordinate."""
        return (self.scale[:, None] == np.arange(self.scales)).astype(float)

    @property
    def frail(self) -> np.ndarray:
        """np.ndarray (scale,): 1 for the frailty."""
        return (np.arange(self.scales) == self.frailty).astype(float)


@dataclass(frozen=True)
class Chart:
    """Constants of the coordinates; the names are those of the module's text.

    Attributes
    ----------
    centre : np.ndarray (scale,)
    spread : np.ndarray (scale, scale)
        The logs of the scales are centre + spread z.
    basis : np.ndarray (n, n), eigenvectors of the blocks
    known : np.ndarray (n,), k at the central frailty
    pull : np.ndarray (n,)
    tied : np.ndarray (n, n), between eigenvectors
    frail : np.ndarray (n,), part of k that goes with 1 / frailty^2
    """

    centre: np.ndarray
    spread: np.ndarray
    basis: np.ndarray
    known: np.ndarray
    pull: np.ndarray
    tied: np.ndarray
    frail: np.ndarray


Slope = Callable[[np.ndarray], tuple[float, np.ndarray]]
"""Log density of the coordinates z and its gradient."""
SlopeAt = Callable[[Chart], Slope]
"""The same for any chart."""


_starts: WeakKeyDictionary[pm.Model, dict[str, np.ndarray]] = WeakKeyDictionary()


def start_of(model: pm.Model) -> dict[str, np.ndarray]:
    """Where a model starts, by the names of its free variables.

    PyMC compiles a function for it each time, which takes longer than all else that asks for it.
    """
    if model not in _starts:
        _starts[model] = model.initial_point()
    return _starts[model]


def layout_of(model: pm.Model, design: Design) -> Layout:
    """Sort the coordinates of a model into blocks and scales."""
    places, end = {}, 0
    for name, value in start_of(model).items():
        places[name] = np.arange(end, end + value.size)
        end += value.size
    blocks: list[tuple[np.ndarray, int]] = []
    scales: list[int] = []
    for one in design.scaled_variables:
        for which, place in enumerate(places[one.scale]):
            blocks.append((places[one.variable][one.which == which], len(scales)))
            scales.append(int(place))
    frailty = len(scales) if LOG_FRAILTY in places else -1
    scales += list(places.get(LOG_FRAILTY, ()))
    rest = np.setdiff1d(np.arange(end), np.concatenate([scales, *(at for at, _ in blocks)]))
    blocks = [(rest, -1), *((at, which) for at, which in blocks if len(at))]
    ends = np.cumsum([0, *(len(at) for at, _ in blocks)])
    return Layout(
        order=np.concatenate([*(at for at, _ in blocks), scales]).astype(int),
        blocks=tuple(slice(*pair) for pair in pairwise(ends)),
        scale=np.repeat([which for _, which in blocks], [len(at) for at, _ in blocks]),
        scales=len(scales),
        frailty=frailty,
    )


def to_model(layout: Layout, z: np.ndarray, chart: Chart) -> tuple[np.ndarray, np.ndarray]:
    """The model's vector at coordinates, and the log Jacobian.

    Parameters
    ----------
    z : np.ndarray (..., n + scale)

    Returns
    -------
    np.ndarray (..., n + scale)
    np.ndarray (...)
    """
    ordered, jacobian = _charted(layout, z, chart)
    x = np.empty_like(ordered)
    x[..., layout.order] = ordered
    return x, jacobian + np.linalg.slogdet(chart.spread)[1]


def _charted(layout: Layout, z: np.ndarray, chart: Chart) -> tuple[np.ndarray, np.ndarray]:
    """The model's coordinates in the layout's order, and the log Jacobian less that of the spread."""
    n = len(layout.scale)
    log_scale = chart.centre + z[..., n:] @ chart.spread.T
    scale = np.exp(log_scale @ layout.which.T)
    frailer = (log_scale - chart.centre) @ layout.frail
    weight = 1.0 + chart.frail * (np.exp(-2.0 * frailer[..., None]) - 1.0)
    precision = layout.prior + scale**2 * chart.known * weight
    gain = scale * weight / precision
    found = gain * chart.pull + z[..., :n] / np.sqrt(precision)
    # From the last one on: each depends on those after it.
    for i in range(n - 1, -1, -1):
        moved = (scale[..., i + 1 :] * found[..., i + 1 :]) @ chart.tied[i, i + 1 :]
        found[..., i] -= gain[..., i] * moved
    x = np.concatenate([found @ chart.basis.T, log_scale], axis=-1)
    return x, -0.5 * np.log(precision).sum(axis=-1)


def settled(layout: Layout, start: Chart, slope_at: SlopeAt) -> Chart:
    """Chart that suits the posterior.

    Parameters
    ----------
    start : Chart
        The model's own coordinates.
    slope_at : callable
        From a chart to the log density in it, and its gradient.
    """
    n = len(layout.scale)
    own = slope_at(start)
    # Places are vectors of the own coordinates: the model's, less its start.
    origin = np.concatenate([start.pull, start.centre])
    place, spread = np.zeros_like(origin), start.spread
    for turn in range(ROUNDS + 1):
        place = _climbed(own, place, slice(0, n))
        chart = _seen(layout, start, own, place, spread, frailer=turn == ROUNDS)
        if turn == ROUNDS or not layout.scales:
            break
        slope = slope_at(chart)
        z = _climbed(slope, np.zeros_like(place), slice(n, None))
        spread = spread @ _root(_curvature(slope, z, slice(n, None), _SCALE_STEP))
        place = _charted(layout, z, chart)[0] - origin
    return chart


def _seen(
    layout: Layout, start: Chart, own: Slope, place: np.ndarray, spread: np.ndarray, frailer: bool
) -> Chart:
    """Chart at a place that is the best one for its scales; `frailer` also sees what frailty changes."""
    n = len(layout.scale)
    log_scale = start.centre + place[n:]
    scale = np.exp(layout.which @ log_scale)

    def known(at: np.ndarray) -> np.ndarray:
        found = _curvature(own, at, slice(0, n), _STEP) - np.diag(layout.prior)
        return found / scale[:, None] / scale[None, :]

    precision = known(place)
    x = place[:n] + start.pull
    pull = layout.prior * x / scale + precision @ (scale * x)
    change = np.zeros((n, n))
    if layout.frailty >= 0 and frailer:
        step = np.concatenate([np.zeros(n), _FRAILTY_STEP * layout.frail])
        change = (known(place + step) - known(place - step)) / (2 * _FRAILTY_STEP)
    return replace(
        _eliminated(layout, precision, change, pull, layout.prior / scale**2),
        centre=log_scale,
        spread=spread,
    )


def _eliminated(
    layout: Layout, precision: np.ndarray, change: np.ndarray, pull: np.ndarray, prior: np.ndarray
) -> Chart:
    """Chart without its scales: take the blocks out of the precision one after the other.

    Parameters
    ----------
    precision, change : np.ndarray (n, n)
        What the counts say, and its derivative by the log of the frailty.
    pull : np.ndarray (n,), precision times the values that the counts speak for
    prior : np.ndarray (n,), precision that the prior adds at these scales
    """
    precision, change, pull = precision.copy(), change.copy(), pull.copy()
    n = len(pull)
    basis, tied, known, frail = np.zeros((n, n)), np.zeros((n, n)), np.zeros(n), np.zeros(n)
    for block in layout.blocks:
        later = slice(block.stop, n)
        values, vectors = np.linalg.eigh(precision[block, block])
        # What has no prior of its own has it among what is known, which is then positive.
        values = np.maximum(values, np.where(prior[block] > 0, 0.0, _LEAST))
        basis[block, block], known[block] = vectors, values
        slopes = np.einsum("ij,ik,kj->j", vectors, change[block, block], vectors)
        frail[block] = np.clip(-0.5 * slopes / np.maximum(values, _LEAST), 0.0, 1.0)
        tied[block, later] = vectors.T @ precision[block, later]
        pull[block] = vectors.T @ pull[block]
        # Of the later blocks, what this one does not take up.
        taken = vectors @ (tied[block, later] / (prior[block] + values)[:, None])
        pull[later] -= taken.T @ (vectors @ pull[block])
        precision[later, later] -= precision[later, block] @ taken
        change[later, later] -= change[later, block] @ taken + taken.T @ (
            change[block, later] - change[block, block] @ taken
        )
    nothing = np.zeros(0)
    return Chart(nothing, nothing, basis, known, pull, tied @ basis, frail)


def _climbed(slope: Slope, place: np.ndarray, free: slice) -> np.ndarray:
    """The best place that differs in the free coordinates only."""

    def down(values: np.ndarray) -> tuple[float, np.ndarray]:
        at = place.copy()
        at[free] = values
        value, gradient = slope(at)
        if not (np.isfinite(value) and np.isfinite(gradient).all()):
            return _WORST, np.zeros_like(values)
        return -value, -gradient[free]

    options = {"maxiter": 2000, "maxfun": 3000, "ftol": 1e-13, "gtol": 1e-6}
    found = place.copy()
    found[free] = minimize(down, place[free], jac=True, method="L-BFGS-B", options=options).x
    return found


def _curvature(slope: Slope, place: np.ndarray, free: slice, step: float) -> np.ndarray:
    """Negative second derivatives, by central differences of the gradient."""
    moves = step * np.eye(len(place))[free]
    rows = [slope(place - move)[1][free] - slope(place + move)[1][free] for move in moves]
    found = np.array(rows).reshape(len(moves), len(moves)) / (2 * step)
    return (found + found.T) / 2


def _root(curvature: np.ndarray) -> np.ndarray:
    """Square root of a covariance, from its inverse."""
    values, vectors = np.linalg.eigh(curvature)
    return vectors / np.sqrt(np.maximum(values, _LEAST_CURVATURE))
