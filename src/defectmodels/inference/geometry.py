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

Groups that no row of evidence counts together make a part each, and what all groups have in common is
the last part. The parts are tied to the last one only, so that the cost grows with their number and
not with its square. Most models have one part: their groups share a total.

Invariant: the log density in the new coordinates is that of the model plus the log Jacobian, and the
coordinates are a function of model and evidence alone, without any random number. Shown by
``tests/test_geometry.py``, and of several parts by ``tests/test_components.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import pymc as pm
from scipy.optimize import minimize

from defectmodels import names
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
_STEPS = 2000
_NEAR = 50
"""Steps of a climb: to the top, and until a chart is worth more than further steps."""
_WORST = 1e30
"""Stands for a log density that is not a number, to turn a line search back."""


@dataclass(frozen=True)
class Layout:
    """What the coordinates of a model are: n without the scales, then the scales.

    Attributes
    ----------
    order : np.ndarray (n + scale,), int
        Places in the model's vector: blocks one after the other, then the logs of the scales.
    parts : tuple of slice
        Coordinates of each component of groups, then those that belong to none; only the last ones are tied
        to others. With one component that has all coordinates, and the last part is empty.
    blocks : tuple of slice
        Coordinates of a part that share a scale; the first of a part are those without one.
    scale : np.ndarray (n,), int
        Which scale multiplies a coordinate, or -1.
    part_of_scale : np.ndarray (scale,), int
        Part to which a scale belongs.
    frailty : int
        Which scale is the frailty, or -1.
    components : np.ndarray (group,), int
        Which part the groups belong to. Other rows, of a refit, may tie groups of several parts: that
        costs gradients.
    """

    order: np.ndarray
    parts: tuple[slice, ...]
    blocks: tuple[slice, ...]
    scale: np.ndarray
    part_of_scale: np.ndarray
    frailty: int
    components: np.ndarray

    @property
    def scales(self) -> int:
        """How many scales there are."""
        return len(self.part_of_scale)

    @property
    def prior(self) -> np.ndarray:
        """np.ndarray (n,): 1 where there is a scale; else the prior is part of what is known."""
        return (self.scale >= 0).astype(float)

    def scale_at(self, log_scale: np.ndarray) -> np.ndarray:
        """np.ndarray (..., n), what multiplies each coordinate, from the logs of the scales (..., scale)."""
        none = np.zeros((*log_scale.shape[:-1], 1))
        # A coordinate without a scale, -1, finds the last one.
        return np.exp(np.concatenate([log_scale, none], axis=-1)[..., self.scale])

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
    basis : tuple of np.ndarray (part, part)
        Eigenvectors of the blocks, part by part.
    known : np.ndarray (n,), k at the central frailty
    pull : np.ndarray (n,)
    tied : tuple of np.ndarray (part, part + last part)
        Between eigenvectors: of each part with itself and with the last part, which has itself only.
    frail : np.ndarray (n,), part of k that goes with 1 / frailty^2
    """

    centre: np.ndarray
    spread: np.ndarray
    basis: tuple[np.ndarray, ...]
    known: np.ndarray
    pull: np.ndarray
    tied: tuple[np.ndarray, ...]
    frail: np.ndarray


Slope = Callable[[np.ndarray], tuple[float, np.ndarray]]
"""Log density of the coordinates z and its gradient."""
SlopeAt = Callable[[Chart], Slope]
"""The same for any chart."""


Parts = Sequence[np.ndarray]
"""Places of the parts of a vector; the last are those that all others are tied to."""


class Arrow(NamedTuple):
    """A symmetric matrix of coordinates in parts that are tied to the last one only.

    Attributes
    ----------
    own : list of np.ndarray (part, part)
    edge : list of np.ndarray (part, last part)
        Of all parts but the last one.
    """

    own: list[np.ndarray]
    edge: list[np.ndarray]

    def less(self, other: Arrow, over: float) -> Arrow:
        """Difference to another one, divided by a number."""
        return Arrow(
            [(one - two) / over for one, two in zip(self.own, other.own, strict=True)],
            [(one - two) / over for one, two in zip(self.edge, other.edge, strict=True)],
        )

    def rescaled(self, taken: np.ndarray, scale: np.ndarray, parts: Parts) -> Arrow:
        """Take off a diagonal, then divide rows and columns by scales."""
        scales = [scale[part] for part in parts]
        own = [
            (one - np.diag(taken[part])) / s[:, None] / s[None, :]
            for one, part, s in zip(self.own, parts, scales, strict=True)
        ]
        last = scales[-1]
        edge = [one / s[:, None] / last for one, s in zip(self.edge, scales, strict=False)]
        return Arrow(own, edge)

    def times(self, vector: np.ndarray, parts: Parts) -> np.ndarray:
        """Product with a vector."""
        pieces = [vector[part] for part in parts]
        found = [own @ piece for own, piece in zip(self.own, pieces, strict=True)]
        for at, edge in enumerate(self.edge):
            found[at] = found[at] + edge @ pieces[-1]
            found[-1] = found[-1] + pieces[at] @ edge
        return np.concatenate(found)

    def edged(self, at: int) -> np.ndarray:
        """A part and what ties it to the last one, whose own corner is 0."""
        own, edge = self.own[at], self.edge[at]
        return np.block([[own, edge], [edge.T, np.zeros((edge.shape[1], edge.shape[1]))]])

    def dense(self, parts: Parts) -> np.ndarray:
        """The whole matrix."""
        size = sum(map(len, parts))
        found = np.zeros((size, size))
        for part, own in zip(parts, self.own, strict=True):
            found[np.ix_(part, part)] = own
        for part, edge in zip(parts, self.edge, strict=False):
            found[np.ix_(part, parts[-1])] = edge
            found[np.ix_(parts[-1], part)] = edge.T
        return found


_starts: WeakKeyDictionary[pm.Model, dict[str, np.ndarray]] = WeakKeyDictionary()


def start_of(model: pm.Model) -> dict[str, np.ndarray]:
    """Where a model starts, by the names of its free variables.

    PyMC compiles a function for it each time, which takes longer than all else that asks for it.
    """
    if model not in _starts:
        _starts[model] = model.initial_point()
    return _starts[model]


def layout_of(model: pm.Model, design: Design) -> Layout:
    """Sort the coordinates of a model into parts, blocks and scales."""
    places, end = {}, 0
    for name, value in start_of(model).items():
        places[name] = np.arange(end, end + value.size)
        end += value.size
    scale, scales = np.full(end, -1), list[int]()
    for one in design.scaled_variables:
        scale[places[one.variable]] = len(scales) + one.which
        scales += places[one.scale].tolist()
    frailty = len(scales) if LOG_FRAILTY in places else -1
    scales += places.get(LOG_FRAILTY, np.zeros(0, dtype=int)).tolist()
    part, components = _parts(model, design, places), design.components
    inside = np.setdiff1d(np.arange(end), scales)
    inside = inside[np.lexsort((scale[inside], part[inside]))]
    sizes = np.bincount(part[inside], minlength=components.max() + 2)
    # A block ends where the part or the scale does.
    ends = np.flatnonzero(np.diff(part[inside]) | np.diff(scale[inside])) + 1
    return Layout(
        order=np.concatenate([inside, scales]).astype(int),
        parts=tuple(slice(*pair) for pair in pairwise([0, *np.cumsum(sizes)])),
        blocks=tuple(slice(*pair) for pair in pairwise([0, *ends, len(inside)])),
        scale=scale[inside],
        part_of_scale=part[np.array(scales, dtype=int)],
        frailty=frailty,
        components=components,
    )


def _parts(model: pm.Model, design: Design, places: dict[str, np.ndarray]) -> np.ndarray:
    """np.ndarray (place in the model's vector,), int: which part it belongs to."""
    components = design.components
    count = components.max() + 1
    found = np.full(sum(map(len, places.values())), count)
    if count == 1:
        return np.zeros_like(found)
    for name, dims in model.named_vars_to_dims.items():
        if name in places and dims and dims[0] == names.GROUP:
            found[places[name]] = np.repeat(components, len(places[name]) // len(components))
    for one in design.scaled_variables:
        if one.group is not None:
            found[places[one.variable]] = components[one.group]
    return found


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
    scale = layout.scale_at(log_scale)
    frailer = (log_scale - chart.centre) @ layout.frail
    weight = 1.0 + chart.frail * (np.exp(-2.0 * frailer[..., None]) - 1.0)
    precision = layout.prior + scale**2 * chart.known * weight
    gain = scale * weight / precision
    found = gain * chart.pull + z[..., :n] / np.sqrt(precision)
    # From the last one on: each depends on those after it in its part, and on the last part.
    shared = layout.parts[-1]
    for part, tied in zip(layout.parts[::-1], chart.tied[::-1], strict=True):
        size = part.stop - part.start
        if part != shared:
            moved = (scale[..., shared] * found[..., shared]) @ tied[:, size:].T
            found[..., part] -= gain[..., part] * moved
        for i in range(part.stop - 1, part.start - 1, -1):
            own = slice(i + 1, part.stop)
            moved = (scale[..., own] * found[..., own]) @ tied[
                i - part.start, i + 1 - part.start : size
            ]
            found[..., i] -= gain[..., i] * moved
    pieces = [
        found[..., part] @ basis.T for part, basis in zip(layout.parts, chart.basis, strict=True)
    ]
    x = np.concatenate([*pieces, log_scale], axis=-1)
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

    def best(place: np.ndarray) -> np.ndarray:
        """The best place that has its scales."""
        if len(layout.parts) == 2:
            return _climbed(own, place, slice(0, n))
        # Of many parts there are many coordinates, and unlike each other: a chart from near by is better.
        place = _climbed(own, place, slice(0, n), _NEAR)
        near = _seen(layout, start, own, place, start.spread, frailer=False)
        z = _climbed(slope_at(near), np.zeros_like(place), slice(0, n))
        return _charted(layout, z, near)[0] - origin

    for turn in range(ROUNDS + 1):
        place = best(place)
        chart = _seen(layout, start, own, place, spread, frailer=turn == ROUNDS)
        if turn == ROUNDS or not layout.scales:
            break
        slope = slope_at(chart)
        z = _climbed(slope, np.zeros_like(place), slice(n, None))
        parts = [n + np.flatnonzero(layout.part_of_scale == at) for at in range(len(layout.parts))]
        curvature = _curvature(slope, z, parts, _SCALE_STEP).dense([at - n for at in parts])
        spread = spread @ _root(curvature)
        place = _charted(layout, z, chart)[0] - origin
    return chart


def _seen(
    layout: Layout, start: Chart, own: Slope, place: np.ndarray, spread: np.ndarray, frailer: bool
) -> Chart:
    """Chart at a place that is the best one for its scales; `frailer` also sees what frailty changes."""
    n = len(layout.scale)
    log_scale = start.centre + place[n:]
    scale = layout.scale_at(log_scale)
    parts = [np.arange(part.start, part.stop) for part in layout.parts]

    def known(at: np.ndarray) -> Arrow:
        return _curvature(own, at, parts, _STEP).rescaled(layout.prior, scale, parts)

    precision = known(place)
    x = place[:n] + start.pull
    pull = layout.prior * x / scale + precision.times(scale * x, parts)
    # Nothing, in the form of the precision.
    change = precision.less(precision, 1.0)
    if layout.frailty >= 0 and frailer:
        step = np.concatenate([np.zeros(n), _FRAILTY_STEP * layout.frail])
        change = known(place + step).less(known(place - step), 2 * _FRAILTY_STEP)
    return replace(
        _eliminated(layout, precision, change, pull, layout.prior / scale**2),
        centre=log_scale,
        spread=spread,
    )


class _Known(NamedTuple):
    """What the counts say of coordinates: precision, its change with the log of the frailty, and pull."""

    precision: np.ndarray
    change: np.ndarray
    pull: np.ndarray


class _Out(NamedTuple):
    """A part of a chart; `tied` goes from eigenvectors to coordinates."""

    basis: np.ndarray
    tied: np.ndarray
    known: np.ndarray
    pull: np.ndarray
    frail: np.ndarray


def _eliminated(
    layout: Layout, precision: Arrow, change: Arrow, pull: np.ndarray, prior: np.ndarray
) -> Chart:
    """Chart without its scales: take the parts out of the precision one after the other.

    Parameters
    ----------
    precision, change : Arrow
        What the counts say, and its derivative by the log of the frailty.
    pull : np.ndarray (n,), precision times the values that the counts speak for
    prior : np.ndarray (n,), precision that the prior adds at these scales
    """
    *parts, last = layout.parts
    blocks: dict[slice, list[slice]] = {part: [] for part in layout.parts}
    ends = np.array([part.stop for part in layout.parts])
    for block in layout.blocks:
        part = layout.parts[np.searchsorted(ends, block.stop)]
        blocks[part].append(slice(block.start - part.start, block.stop - part.start))
    found, left = [], _Known(precision.own[-1], change.own[-1], pull[last])
    for at, part in enumerate(parts):
        own = np.concatenate([pull[part], np.zeros(len(left.pull))])
        of_part = _Known(precision.edged(at), change.edged(at), own)
        out, more = _taken_out(blocks[part], of_part, prior[part])
        found.append(out)
        left = _Known(*(one + other for one, other in zip(left, more, strict=True)))
    found.append(_taken_out(blocks[last], left, prior[last])[0])
    tied = [
        np.hstack(
            [
                out.tied[:, : len(out.basis)] @ out.basis,
                out.tied[:, len(out.basis) :] @ found[-1].basis,
            ]
        )
        for out in found[:-1]
    ]
    nothing = np.zeros(0)
    return Chart(
        centre=nothing,
        spread=nothing,
        basis=tuple(out.basis for out in found),
        known=np.concatenate([out.known for out in found]),
        pull=np.concatenate([out.pull for out in found]),
        tied=(*tied, found[-1].tied @ found[-1].basis),
        frail=np.concatenate([out.frail for out in found]),
    )


def _taken_out(blocks: Sequence[slice], known_of: _Known, prior: np.ndarray) -> tuple[_Out, _Known]:
    """Take the blocks of a part out of the precision one after the other.

    Parameters
    ----------
    blocks : sequence of slice
    known_of : _Known
        Of the part, and of the last part behind it.
    prior : np.ndarray (part,)

    Returns
    -------
    _Out
    _Known
        What it adds to the last part.
    """
    precision, change, pull = (one.copy() for one in known_of)
    n, count = len(pull), len(prior)
    basis, tied = np.zeros((count, count)), np.zeros((count, n))
    known, frail = np.zeros(count), np.zeros(count)
    for block in blocks:
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
    rest = slice(count, n)
    left = _Known(precision[rest, rest], change[rest, rest], pull[rest])
    return _Out(basis, tied, known, pull[:count], frail), left


def _climbed(slope: Slope, place: np.ndarray, free: slice, steps: int = _STEPS) -> np.ndarray:
    """The best place that differs in the free coordinates only, or one on the way to it."""

    def down(values: np.ndarray) -> tuple[float, np.ndarray]:
        at = place.copy()
        at[free] = values
        value, gradient = slope(at)
        if not (np.isfinite(value) and np.isfinite(gradient).all()):
            return _WORST, np.zeros_like(values)
        return -value, -gradient[free]

    options = {"maxiter": steps, "maxfun": 3000, "ftol": 1e-13, "gtol": 1e-6}
    found = place.copy()
    found[free] = minimize(down, place[free], jac=True, method="L-BFGS-B", options=options).x
    return found


def _curvature(slope: Slope, place: np.ndarray, parts: Parts, step: float) -> Arrow:
    """Negative second derivatives, by central differences of the gradient.

    Coordinates of different parts are moved at once: they are tied to the last part only.
    """
    *local, shared = parts

    def change(moved: np.ndarray) -> np.ndarray:
        move = np.zeros_like(place)
        move[moved] = step
        found: np.ndarray = (slope(place - move)[1] - slope(place + move)[1]) / (2 * step)
        return found

    own = [np.empty((len(part), len(part))) for part in parts]
    edge = [np.empty((len(part), len(shared))) for part in local]
    for k in range(max(map(len, local))):
        those = [at for at, part in enumerate(local) if k < len(part)]
        found = change(np.array([local[at][k] for at in those]))
        for at in those:
            own[at][k] = found[local[at]]
    for k, moved in enumerate(shared):
        found = change(moved)
        own[-1][k] = found[shared]
        for at, part in enumerate(local):
            edge[at][:, k] = found[part]
    return Arrow([(one + one.T) / 2 for one in own], edge)


def _root(curvature: np.ndarray) -> np.ndarray:
    """Square root of a covariance, from its inverse."""
    values, vectors = np.linalg.eigh(curvature)
    return vectors / np.sqrt(np.maximum(values, _LEAST_CURVATURE))
