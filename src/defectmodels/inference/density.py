"""A model and its evidence as arrays that one compiled kernel reads: no model is ever compiled.

The model is read off once (`defectmodels.inference.linear`); here the rows of evidence are put beside it.
Other evidence, other priors or another series are other arrays: a refit compiles nothing.

Invariant: the density is that of the PyMC model to 1e-10, its gradient too, for every term, prior
and kind of row. Shown by ``tests/test_density.py``.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numba import cfunc, types
from scipy.special import gammaln

from defectmodels.counting import calls
from defectmodels.counting.kept import from_disk
from defectmodels.inference import density_kernel as kernel
from defectmodels.inference.geometry import Chart, Layout, Slope
from defectmodels.inference.linear import Linear, Tile
from defectmodels.model.design import Design
from defectmodels.model.inputs import divided_sets, weight_terms


class Compiled(NamedTuple):
    """The kernel's two entries, which other compiled code calls by their addresses."""

    density: Any
    copied: Any


@cache
def ready() -> Compiled:
    """Compile the kernel or read it from disk."""
    calls.ready()
    number, place = types.uint64, types.CPointer(types.float64)
    one = types.int64(number, place, place, place, types.voidptr)
    other = types.int64(number, number, place, place, types.voidptr)
    return from_disk(
        kernel.digamma,
        (*calls.FILES, Path(kernel.__file__)),
        lambda: Compiled(
            cfunc(one, cache=True, error_model="numpy")(kernel.entry),
            cfunc(other, cache=True, error_model="numpy")(kernel.copied),
        ),
    )


Product = tuple[str, tuple[int, ...]]
"""A factor: that of a definition ('' for none) times parameters of errors, by their places."""
Less = Sequence[tuple[str, np.ndarray]]
"""Definitions and weights of cells that are taken off."""
_PLAIN = -1


class _Pieces:
    """Expected persons of rows, or of one period of them, as sums over cells."""

    def __init__(self, design: Design) -> None:
        self.design = design
        self.ends: list[int] = [0]
        self.cells: list[int] = []
        self.definitions: list[int] = []
        self.weights: list[float] = []
        self.products: dict[Product, int] = {
            (name, ()): at for at, name in enumerate(design.scaled)
        }

    def _entries(self, definition: str, weights: np.ndarray, at: np.ndarray) -> None:
        scaled = definition if definition in self.design.scaled else ""
        for parameters, reach in self._reached(definition, weights, at):
            rows, columns = np.nonzero(reach)
            place = _PLAIN
            if scaled or parameters:
                place = self.products.setdefault((scaled, parameters), len(self.products))
            self.cells += (rows * len(self.design.periods) + at[columns]).tolist()
            self.weights += reach[rows, columns].tolist()
            self.definitions += [place] * len(rows)

    def _reached(
        self, definition: str, weights: np.ndarray, at: np.ndarray
    ) -> Iterator[tuple[tuple[int, ...], np.ndarray]]:
        """What is published as of some cells, by where it comes from and the errors' parameters."""
        if self.design.measurement is None:
            yield (), weights
            return
        for parameters, matrix in self.design.measurement.terms(definition):
            yield parameters, np.einsum("abt,at->bt", matrix[..., at], weights)

    @property
    def factors(self) -> np.ndarray:
        """Which factor each entry has; the last one is 1."""
        found = np.array(self.definitions, dtype=np.int64)
        return np.where(found == _PLAIN, len(self.products), found)

    def add(
        self, definition: str, weights: np.ndarray, at: np.ndarray | None = None, less: Less = ()
    ) -> int:
        """Add a piece: weights of its cells, np.ndarray (group, period), and what is taken off.

        With `at`, np.ndarray (period,), just of these periods.
        """
        at = np.arange(len(self.design.periods)) if at is None else at
        self._entries(definition, weights, at)
        for inner, taken in less:
            self._entries(inner, -taken, at)
        self.ends.append(len(self.cells))
        return len(self.ends) - 2

    def periods(self, definition: str, weights: np.ndarray, at: np.ndarray, less: Less = ()) -> int:
        """Add a piece for each period of a count; the place after the last one."""
        for place in range(len(at)):
            one = slice(place, place + 1)
            self.add(definition, weights[:, one], at[one], [(n, w[:, one]) for n, w in less])
        return len(self.ends) - 1


def _evidence(
    design: Design, row_of_cell: np.ndarray, chance: np.ndarray
) -> tuple[dict[str, Any], dict[str, Any], list[Product]]:
    """Sections of integers and of numbers that hold the rows, and the factors that they use."""
    selection, joint, pieces = design.selection, design.joint, _Pieces(design)
    direct = [0]
    for row in selection.direct:
        at = np.flatnonzero(row.weights)
        weights = np.outer(design.group_mask(row.groups), row.weights[at])
        direct.append(pieces.periods(row.statement.definition, weights, at))
    nested = []
    for row in selection.nested:
        parent = row.parents[0]
        whole = selection.direct[parent.index].weights
        part = np.outer(design.group_mask(row.groups), parent.weights)
        nested += [
            pieces.add(row.statement.definition, part),
            pieces.add("", np.outer(design.group_mask(parent.groups), whole)),
        ]
    wholes: dict[bytes, int] = {}
    links = []
    for link in joint.links:
        links.append(pieces.add(link.definition, link.inside, less=link.less))
        key = link.whole.tobytes()
        if key not in wholes:
            wholes[key] = pieces.add("", link.whole)
        links.append(wholes[key])
    free = [len(pieces.ends) - 1]
    for one in joint.free:
        at = np.flatnonzero(one.inside.any(axis=0))
        less = [(name, weight[:, at]) for name, weight in one.less]
        free.append(pieces.periods(one.definition, one.inside[:, at], at, less))
    trials = np.array([row.parents[0].count for row in selection.nested], dtype=float)
    low_direct, high_direct = _bounds(selection.direct)
    low, high = _bounds(selection.nested)
    fixed, slope, grade = weight_terms(design, chance)
    sets = divided_sets(joint)
    ints = {
        "piece": pieces.ends,
        "entry_cell": row_of_cell[np.array(pieces.cells, dtype=int)],
        "entry_definition": pieces.factors,
        "direct_piece": direct,
        "direct_low": low_direct,
        "direct_high": high_direct,
        "nested_piece": nested,
        "nested_trials": trials,
        "nested_low": low,
        "nested_high": high,
        "link_piece": links,
        "free_piece": free,
        "divided": np.cumsum([0, *map(len, sets)]),
        "divided_link": [link for one in sets for link in one],
        "weight_grade": grade,
    }
    floats = {
        "entry_weight": pieces.weights,
        "direct_constant": -gammaln(low_direct + 1.0),
        "nested_constant": gammaln(trials + 1)
        - gammaln(low + 1)
        - gammaln(np.maximum(trials - low, 0) + 1),
        "weight_fixed": fixed,
        "weight_slope": slope,
    }
    return ints, floats, list(pieces.products)


def _factors(design: Design, linear: Linear, products: list[Product]) -> np.ndarray:
    """np.ndarray (product, special), how often a special coordinate multiplies a factor."""
    found = np.zeros((len(products), linear.factor.shape[1]))
    for at, (definition, parameters) in enumerate(products):
        if definition:
            found[at] = linear.factor[design.scaled.index(definition)]
        for one in parameters:
            found[at, linear.error[one]] += 1.0
    return found


def _bounds(rows: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest count of each row; -1 where there is no highest."""
    low = np.array([row.interval.low for row in rows], dtype=np.int64)
    ends = [-1 if row.interval.high is None else row.interval.high for row in rows]
    return low, np.array(ends, dtype=np.int64)


class Held(NamedTuple):
    """Arrays that the kernel reads, and a record of their addresses and lengths.

    The record is good for as long as the arrays live.
    """

    arrays: tuple[np.ndarray, ...]
    record: np.ndarray


@dataclass(frozen=True)
class Density:
    """Log posterior density of a design, in any chart.

    Attributes
    ----------
    linear : Linear
    ints, floats : np.ndarray, what the kernel reads
    steps, constants : np.ndarray, the program of the joint rows
    """

    linear: Linear
    ints: np.ndarray = field(repr=False)
    floats: np.ndarray = field(repr=False)
    steps: np.ndarray = field(repr=False)
    constants: np.ndarray = field(repr=False)

    @property
    def layout(self) -> Layout:
        """What the coordinates are."""
        return self.linear.layout

    @property
    def own(self) -> Chart:
        """The model's own coordinates, with the origin where the model starts."""
        n, layout = len(self.layout.scale), self.layout
        start, known = self.linear.start, 1.0 - layout.prior
        sizes = [part.stop - part.start for part in layout.parts]
        tied = [np.zeros((size, size + sizes[-1])) for size in sizes[:-1]]
        return Chart(
            centre=start[n:], spread=np.eye(layout.scales), basis=tuple(map(np.eye, sizes)),
            known=known, pull=known * start[:n], tied=(*tied, np.zeros((sizes[-1], sizes[-1]))),
            frail=np.zeros(n),
        )  # fmt: skip

    def at(self, chart: Chart) -> Slope:
        """Log density and gradient as a function of the chart's coordinates.

        The Jacobian of the chart's spread is left out: it is the same everywhere. The function may be
        called from many threads at once.

        Returns
        -------
        callable
            From z, np.ndarray (n + scale,), to a float and an np.ndarray (n + scale,).
        """
        held = self.held(chart)
        run, record, size = ready().density.ctypes, held.record.ctypes.data, len(self.layout.order)
        pointer = ctypes.POINTER(ctypes.c_double)

        def slope(z: np.ndarray) -> tuple[float, np.ndarray]:
            z = np.ascontiguousarray(z, dtype=np.float64)
            value, gradient = np.empty(1), np.empty(size)
            # Called through ctypes, which lets other threads run meanwhile.
            run(size, *(one.ctypes.data_as(pointer) for one in (z, gradient, value)), record)
            return float(value[0]), gradient

        # What the record points to has to live as long as the function.
        slope.held = held  # type: ignore[attr-defined]
        return slope

    def held(self, chart: Chart) -> Held:
        """The arrays in a chart, and where they are."""
        packed = _packed(chart, self.linear.tiles)
        arrays = (self.ints, self.floats, packed, self.steps, self.constants)
        where = [number for one in arrays for number in (one.ctypes.data, len(one))]
        return Held(arrays, np.array(where, dtype=np.uint64))


def _packed(chart: Chart, tiles: Sequence[Tile]) -> np.ndarray:
    vectors = [getattr(chart, name) for name in kernel.CHART[: -len(kernel.TILED)]]
    found = np.empty(sum(one.size for one in (*vectors, *chart.tied, *(t.weights for t in tiles))))
    # One after the other: of a large model the tiles are most of the memory.
    maps = ((tile.weights @ chart.basis[tile.part]).T for tile in tiles)
    end = 0
    for one in chain(vectors, chart.tied, maps):
        begin, end = end, end + one.size
        found[begin:end] = one.ravel()
    return found


def make_density(design: Design, linear: Linear, chance: np.ndarray) -> Density:
    """Pack a design for the kernel.

    Parameters
    ----------
    linear : Linear
        From `lower`, of this design or of one that differs in its rows only.
    chance : np.ndarray (joint_row,)
        Prior probability of each joint row.
    """
    layout, program = linear.layout, design.joint.program
    ints, floats, products = _evidence(design, linear.row_of_cell, chance)
    ints |= {
        "scale_of": layout.scale,
        "part": [0, *(part.stop for part in layout.parts)],
        "tile": [(tile.part, tile.rows.start, tile.rows.stop) for tile in linear.tiles],
        "special_kind": linear.kinds,
        "grade_special": linear.grade,
        "sizes": [
            len(layout.scale), layout.scales, design.exposure.size, linear.normals,
            len(linear.kinds), len(products), len(linear.grade), layout.frailty,
        ],
    }  # fmt: skip
    floats |= {
        "offset": linear.offset,
        "scale_mu": linear.scale_mu,
        "scale_sigma": linear.scale_sigma,
        "special_shape": linear.shapes,
        "scale_seen": linear.scale_seen,
        "factor_special": _factors(design, linear, products),
        "constant": [linear.constant],
    }
    whole = [np.ravel(ints[name]).astype(np.int64) for name in kernel.INTS]
    real = [np.ravel(floats[name]).astype(np.float64) for name in kernel.FLOATS]
    ends = np.cumsum([len(kernel.INTS) + 1 + len(kernel.FLOATS) + 1, *map(len, whole)])
    return Density(
        linear,
        np.concatenate([ends, np.cumsum([0, *map(len, real)]), *whole]).astype(np.int64),
        np.concatenate(real),
        program.ints,
        program.floats,
    )
