"""A PyMC model read off as arrays: what of it does not depend on the rows of evidence.

Log expected arrivals are linear in what the sampler moves, given the scales; so are the normal
priors. The matrix is read off the PyMC model, which stays the only place where a model is written
down: it is evaluated, interpreted, at the unit vectors. What is not linear is a short list: the
factors of definitions, the reliability of grades, a gamma prior.

Invariant: a model that the arrays cannot hold is refused by name; what they hold is the model to
1e-10. Shown by ``tests/test_density.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
from scipy.special import betaln, gammaln

from defectmodels import names
from defectmodels.errors import FitError
from defectmodels.inference import density_kernel as kernel
from defectmodels.inference.geometry import Layout, layout_of, start_of
from defectmodels.model.design import Design
from defectmodels.model.measured import ADDED, DEVIATION, LOG_SCALE, PROBABILITY
from defectmodels.model.priors import Beta, Gamma

_HALF_LOG_TAU = 0.5 * np.log(2.0 * np.pi)
_LINEAR = 1e-8
"""How far a model may be from linear at a random point before it is refused."""


class _Special(NamedTuple):
    """Coordinates that are used by themselves: where they stand in the model's vector."""

    place: np.ndarray
    kind: int
    shapes: np.ndarray


class Tile(NamedTuple):
    """Rows that depend on the coordinates of one part of the layout.

    Attributes
    ----------
    part : int
    rows : slice
    weights : np.ndarray (row, coordinate of the part)
    """

    part: int
    rows: slice
    weights: np.ndarray


@dataclass(frozen=True)
class Linear:
    """What of a model does not depend on the rows of evidence.

    Attributes
    ----------
    layout : Layout
    start : np.ndarray (n + scale,)
        Where the model starts, in the layout's order.
    offset : np.ndarray (row,)
    tiles : tuple of Tile
        Log expected arrivals of cells, standardised normals, and special coordinates, in this order, are
        offset + matrix (scale x). The tiles are the matrix; outside of them it is 0.
    row_of_cell : np.ndarray (cell,), int
        Where each group and period stands: those of a part of the coordinates stand together.
    scale_mu, scale_sigma : np.ndarray (scale,)
        Priors of the logs of the scales.
    scale_seen : np.ndarray (scale, 2)
        How many normal values of each scale have been seen, and their sum of squares.
    kinds : np.ndarray (special,), int
    shapes : np.ndarray (special, 2), of beta and gamma priors
    factor : np.ndarray (definition, special)
        Which special coordinates multiply up to the factor of a definition.
    grade : np.ndarray (grade,), int
        Which special coordinate is the reliability of a grade.
    error : np.ndarray (error,), int
        Which one is the log, or log odds, of an error's parameter.
    normals : int
    constant : float
        What of the log prior is the same everywhere.
    """

    layout: Layout
    start: np.ndarray
    offset: np.ndarray = field(repr=False)
    tiles: tuple[Tile, ...] = field(repr=False)
    row_of_cell: np.ndarray = field(repr=False)
    scale_mu: np.ndarray
    scale_sigma: np.ndarray
    scale_seen: np.ndarray
    kinds: np.ndarray
    shapes: np.ndarray
    factor: np.ndarray
    grade: np.ndarray
    error: np.ndarray
    normals: int
    constant: float


def _ends(counts: Iterable[int]) -> np.ndarray:
    """Where pieces of these lengths begin, and where the last one ends."""
    return np.cumsum([0, *counts])


def _places(model: pm.Model) -> dict[str, np.ndarray]:
    """Where the values of each free variable stand in the model's vector."""
    point = start_of(model)
    ends = _ends(point[model.rvs_to_values[rv].name].size for rv in model.free_RVs)
    return {
        rv.name: np.arange(*pair) for rv, pair in zip(model.free_RVs, pairwise(ends), strict=True)
    }


def _specials(design: Design, places: dict[str, np.ndarray]) -> dict[str, _Special]:
    """Special coordinates of a model, by variable."""
    found = {}
    for group, base in design.spec.baseline.items():
        name = f"{names.LOG_BASELINE}_{group}"
        if isinstance(base.rate, Gamma) and name in places:
            gamma = (base.rate.shape, base.rate.shape * base.per / base.rate.mean)
            found[name] = _Special(places[name], kernel.GAMMA, np.array([gamma]))
    uses = design.spec.definition
    if "log_definition_factor" in places:
        place = places["log_definition_factor"]
        found["log_definition_factor"] = _Special(place, kernel.PLAIN, np.ones((len(place), 2)))
    if "definition_share" in places:
        shares = [share for name in design.scaled if (share := uses[name].share) is not None]
        shapes = [share.shapes for share in shares]
        found["definition_share"] = _Special(
            places["definition_share"], kernel.BETA, np.array(shapes)
        )
    if names.RELIABILITY in places:
        shapes = [design.spec.reliability[grade].shapes for grade in design.grades]
        found[names.RELIABILITY] = _Special(
            places[names.RELIABILITY], kernel.BETA, np.array(shapes)
        )
    return found | _of_errors(design, places)


def _of_errors(design: Design, places: dict[str, np.ndarray]) -> dict[str, _Special]:
    """Special coordinates of the errors of what is published."""
    if design.measurement is None:
        return {}
    priors = design.measurement.priors
    shapes = [prior.shapes for prior in priors if isinstance(prior, Beta)]
    found = {}
    for name, kind in (
        (PROBABILITY, kernel.BETA),
        (ADDED, kernel.PLAIN),
        (DEVIATION, kernel.PLAIN),
    ):
        if name in places:
            place = places[name]
            own = np.array(shapes) if kind == kernel.BETA else np.ones((len(place), 2))
            found[name] = _Special(place, kind, own)
    return found


def _error_places(design: Design, specials: dict[str, _Special]) -> np.ndarray:
    """np.ndarray (error,), place of each parameter's coordinate among the special ones."""
    if design.measurement is None:
        return np.zeros(0, dtype=int)
    first = _first(specials)
    return np.array([first[name] + at for name, at in design.measurement.sources])


def _scale_seen(design: Design, layout: Layout, places: dict[str, np.ndarray]) -> np.ndarray:
    """np.ndarray (scale, 2), what has been seen of each scale beside the rows: number, squares."""
    found = np.zeros((layout.scales, 2))
    if design.measurement is not None and LOG_SCALE in places:
        inside = len(layout.scale)
        found[np.isin(layout.order[inside:], places[LOG_SCALE])] = design.measurement.seen
    return found


def _first(specials: dict[str, _Special]) -> dict[str, int]:
    """Place of each variable's first coordinate among the special ones."""
    ends = _ends(len(one.place) for one in specials.values())
    return dict(zip(specials, ends.tolist(), strict=False))


def _factor_matrix(design: Design, specials: dict[str, _Special]) -> np.ndarray:
    """np.ndarray (definition, special): 1 where a coordinate is in a definition's product."""
    uses = design.spec.definition
    first = _first(specials)
    own = [name for name in design.scaled if uses[name].factor is not None]
    shares = [name for name in design.scaled if uses[name].share is not None]
    found = np.zeros((len(design.scaled), sum(len(s.place) for s in specials.values())))
    for at, name in enumerate(design.scaled):
        inner = name
        while inner in shares:
            found[at, first["definition_share"] + shares.index(inner)] = 1.0
            inner = design.spec.within[inner]
        if inner in own:
            found[at, first["log_definition_factor"] + own.index(inner)] = 1.0
    return found


def _normal(model: pm.Model, name: str) -> tuple[Any, Any]:
    """Standardised value of a normal variable, and its log standard deviation, as graphs."""
    rv = model[name]
    if type(rv.owner.op).__name__ != "NormalRV":
        raise FitError(
            f"variable '{name}' has a prior that the density does not know "
            f"({type(rv.owner.op).__name__}); known: normal, and those of `linear._specials`"
        )
    mu, sigma = rv.owner.op.dist_params(rv.owner)
    value = model.rvs_to_values[rv]
    return ((value - mu) / sigma).flatten(), pt.log(sigma + pt.zeros_like(value)).flatten()


class _Reader:
    """A PyMC model to be evaluated at vectors in the order of the layout."""

    def __init__(self, design: Design, model: pm.Model) -> None:
        self.layout, self.places = layout_of(model, design), _places(model)
        self.specials = _specials(design, self.places)
        self.count = len(self.layout.scale)
        inside = self.layout.order[: self.count]
        scaled = inside[self.layout.scale >= 0]
        # The scaled coordinates are standard normal; the logs of the scales are last in the layout.
        self.normal = [
            name
            for name, place in self.places.items()
            if np.isin(place, inside).all() and not np.isin(place, scaled).any()
            and (name not in self.specials or self.specials[name].kind == kernel.PLAIN)
        ]  # fmt: skip
        self.scales = [n for n, place in self.places.items() if not np.isin(place, inside).any()]
        pairs = [_normal(model, name) for name in (*self.normal, *self.scales)]
        graphs = [pt.log(model[names.EXPECTED]).flatten(), *(one for pair in pairs for one in pair)]
        self._shapes = [value.shape for value in start_of(model).values()]
        self._run = pytensor.function(
            model.value_vars,
            model.replace_rvs_by_values(graphs),
            mode="FAST_COMPILE",
            on_unused_input="ignore",
        )
        self._special_places = self._ordered([one.place for one in self.specials.values()])

    def _ordered(self, places: Sequence[np.ndarray]) -> np.ndarray:
        """Where places of the model's vector are in the layout's order."""
        return np.argsort(self.layout.order)[np.concatenate([np.zeros(0, int), *places])]

    def _at(self, ordered: np.ndarray) -> list[np.ndarray]:
        x = np.empty_like(ordered)
        x[self.layout.order] = ordered
        pieces = np.split(x, _ends(int(np.prod(shape)) for shape in self._shapes)[1:-1])
        return self._run(*(one.reshape(s) for one, s in zip(pieces, self._shapes, strict=True)))

    def outputs(self, ordered: np.ndarray) -> np.ndarray:
        """Log expected arrivals, standardised normals, and the special coordinates times their scales."""
        found = self._at(ordered)
        residuals = found[1 : 1 + 2 * len(self.normal) : 2]
        moved = self.layout.scale_at(ordered[self.count :]) * ordered[: self.count]
        return np.concatenate([found[0], *residuals, moved[self._special_places]])

    def log_sigmas(self) -> tuple[np.ndarray, np.ndarray]:
        """Log standard deviations of the normals, and of the logs of the scales."""
        found = self._at(np.zeros(len(self.layout.order)))[2::2]
        cut = len(self.normal)
        none = np.zeros(0)
        return np.concatenate([none, *found[:cut]]), np.concatenate([none, *found[cut:]])

    def scale_priors(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of the log of each scale, in the layout's order."""
        # Standardised at 0, the value is -mu / sigma.
        zeros = self._at(np.zeros(len(self.layout.order)))[1 + 2 * len(self.normal) :: 2]
        sigma = np.exp(self.log_sigmas()[1])
        mu = -np.concatenate([np.zeros(0), *zeros]) * sigma
        order = np.argsort(self._ordered([self.places[name] for name in self.scales]))
        return mu[order], sigma[order]

    def rows(self, periods: int) -> tuple[np.ndarray, list[tuple[int, slice]]]:
        """Order of the outputs that keeps parts together, and which of them each part's coordinates act on.

        Returns
        -------
        np.ndarray (row,)
        list of (part, rows)
        """
        layout = self.layout
        *local, last = range(len(layout.parts))
        of_coordinate = np.repeat(range(last + 1), [one.stop - one.start for one in layout.parts])
        cells = np.repeat(layout.components, periods)
        normals = of_coordinate[self._ordered([self.places[name] for name in self.normal])]
        specials = np.full(len(self._special_places), last)
        order = np.lexsort(
            (
                np.concatenate([cells, normals, specials]),
                np.repeat([0, 1, 2], [len(cells), len(normals), len(specials)]),
            )
        )
        everything = (0 if last == 1 else last, slice(0, len(order)))
        found = []
        for begin, own in ((0, np.sort(cells)), (len(cells), np.sort(normals))):
            ends = begin + np.searchsorted(own, range(last + 1))
            found += [(at, slice(*ends[at : at + 2])) for at in local if last > 1]
        return order, [*found, everything]


def _tiles(read: _Reader, periods: int) -> tuple[np.ndarray, tuple[Tile, ...], np.ndarray]:
    """Offset and tiles of the outputs, tried at a random point, and their order."""
    n, layout, size = read.count, read.layout, len(read.layout.order)
    order, rows = read.rows(periods)
    widths = [part.stop - part.start for part in layout.parts]
    offset = read.outputs(np.zeros(size))[order]
    tiles = [Tile(at, one, np.empty((widths[at], one.stop - one.start)).T) for at, one in rows]
    *local, last = range(len(widths))
    # Parts but the last one have no row in common: they are moved at once.
    for moved in ([last], local):
        for k in range(max(widths[at] for at in moved)):
            point = np.zeros(size)
            point[[layout.parts[at].start + k for at in moved if k < widths[at]]] = 1.0
            found = read.outputs(point)[order] - offset
            for tile in tiles:
                if tile.part in moved and k < widths[tile.part]:
                    tile.weights[:, k] = found[tile.rows]
    point = np.random.default_rng(1).normal(0.0, 0.3, size)
    moved_by = layout.scale_at(point[n:]) * point[:n]
    away = read.outputs(point)[order] - offset
    for tile in tiles:
        away[tile.rows] -= tile.weights @ moved_by[layout.parts[tile.part]]
    if not np.abs(away).max() < _LINEAR * max(1.0, np.abs(offset).max()):
        raise FitError(
            "log expected arrivals are not linear in the coordinates given the scales "
            f"(off by {np.abs(away).max():.2g}), or a variable with the dim '{names.GROUP}' acts on other "
            "groups; a term has to be (docs/extending.md)"
        )
    return offset, tuple(tiles), order


def lower(design: Design, model: pm.Model) -> Linear:
    """Read a PyMC model off at the unit vectors.

    Parameters
    ----------
    model : pm.Model
        From `build_design` of the same design.

    Raises
    ------
    FitError
        When the model has a prior that the kernel does not know, or is not linear given its scales.
    """
    read = _Reader(design, model)
    layout, specials = read.layout, read.specials
    offset, tiles, order = _tiles(read, len(design.periods))
    of_normals, of_scales = read.log_sigmas()
    scale_mu, scale_sigma = read.scale_priors()
    kinds = np.array([s.kind for s in specials.values() for _ in s.place], dtype=np.int64)
    shapes = np.concatenate([np.zeros((0, 2)), *(one.shapes for one in specials.values())])
    a, b = shapes.T
    # What is left of the normal densities, and of the beta and gamma ones.
    seen = _scale_seen(design, layout, read.places)
    count = len(of_normals) + int((layout.scale >= 0).sum()) + len(of_scales) + seen[:, 0].sum()
    constant = -_HALF_LOG_TAU * count - of_normals.sum() - of_scales.sum()
    constant -= betaln(a, b)[kinds == kernel.BETA].sum()
    constant += (a * np.log(b) - gammaln(a))[kinds == kernel.GAMMA].sum()
    start = np.concatenate([np.ravel(one) for one in start_of(model).values()])
    return Linear(
        layout=layout,
        start=start[layout.order],
        offset=offset,
        tiles=tiles,
        row_of_cell=np.argsort(order[: design.exposure.size]),
        scale_mu=scale_mu,
        scale_sigma=scale_sigma,
        scale_seen=seen,
        kinds=kinds,
        shapes=shapes,
        factor=_factor_matrix(design, specials),
        grade=_first(specials).get(names.RELIABILITY, 0) + np.arange(len(design.grades)),
        error=_error_places(design, specials),
        normals=len(of_normals),
        constant=float(constant),
    )
