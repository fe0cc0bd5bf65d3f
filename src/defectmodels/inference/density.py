"""A model and its evidence as arrays that one compiled kernel reads: no model is ever compiled.

Log expected arrivals are linear in what the sampler moves, given the scales; so are the normal
priors. The matrix is read off the PyMC model, which stays the only place where a model is written
down: it is evaluated, interpreted, at the unit vectors. What is not linear is a short list (the
factors of definitions, the reliability of grades, frailty, a gamma prior), and the rows of evidence.

Other evidence, other priors or another series are other arrays: a refit compiles nothing.

Invariant: the density is that of the PyMC model to 1e-10, its gradient too, for every term, prior
and kind of row. Shown by ``tests/test_density.py``.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
from numba import cfunc, types
from scipy.special import betaln, gammaln

from defectmodels import names
from defectmodels.counting import calls
from defectmodels.counting.kept import from_disk
from defectmodels.errors import FitError
from defectmodels.inference import density_kernel as kernel
from defectmodels.inference.geometry import Chart, Layout, Slope, layout_of
from defectmodels.model.atoms import Free
from defectmodels.model.design import Design
from defectmodels.model.joint import divided_sets, weight_terms
from defectmodels.model.priors import Gamma

_HALF_LOG_TAU = 0.5 * np.log(2.0 * np.pi)
_LINEAR = 1e-8
"""How far a model may be from linear at a random point before it is refused."""


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


class _Special(NamedTuple):
    """Coordinates that are used by themselves: where they stand in the model's vector."""

    place: np.ndarray
    kind: int
    shapes: np.ndarray


@dataclass(frozen=True)
class Linear:
    """What of a model does not depend on the rows of evidence.

    Attributes
    ----------
    layout : Layout
    start : np.ndarray (n + scale,)
        Where the model starts, in the layout's order.
    offset : np.ndarray (cell + normal + special,)
    matrix : np.ndarray (cell + normal + special, n)
        Log expected arrivals by group and period, standardised normals, and special coordinates, as
        offset + matrix (scale x).
    scale_mu, scale_sigma : np.ndarray (scale,)
        Priors of the logs of the scales.
    kinds : np.ndarray (special,), int
    shapes : np.ndarray (special, 2), of beta and gamma priors
    factor : np.ndarray (definition, special)
        Which special coordinates multiply up to the factor of a definition.
    grade : np.ndarray (grade,), int
        Which special coordinate is the reliability of a grade.
    normals : int
    constant : float
        What of the log prior is the same everywhere.
    """

    layout: Layout
    start: np.ndarray
    offset: np.ndarray = field(repr=False)
    matrix: np.ndarray = field(repr=False)
    scale_mu: np.ndarray
    scale_sigma: np.ndarray
    kinds: np.ndarray
    shapes: np.ndarray
    factor: np.ndarray
    grade: np.ndarray
    normals: int
    constant: float


def _places(model: pm.Model) -> dict[str, np.ndarray]:
    """Where the values of each free variable stand in the model's vector."""
    found, end, point = {}, 0, model.initial_point()
    for rv in model.free_RVs:
        size = point[model.rvs_to_values[rv].name].size
        found[rv.name] = np.arange(end, end + size)
        end += size
    return found


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
    return found


def _factor_matrix(design: Design, specials: dict[str, _Special]) -> np.ndarray:
    """np.ndarray (definition, special): 1 where a coordinate is in a definition's product."""
    uses = design.spec.definition
    first = dict(
        zip(specials, np.cumsum([0, *(len(s.place) for s in specials.values())])[:-1], strict=True)
    )
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
            f"({type(rv.owner.op).__name__}); known: normal, and those of `density._specials`"
        )
    mu, sigma = rv.owner.op.dist_params(rv.owner)
    value = model.rvs_to_values[rv]
    return ((value - mu) / sigma).flatten(), pt.log(sigma + pt.zeros_like(value)).flatten()


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
    layout, places = layout_of(model, design), _places(model)
    specials = _specials(design, places)
    # The scaled coordinates are standard normal; the layout has their log scales last.
    inside = np.isin(np.arange(len(layout.order)), layout.order[: len(layout.scale)])
    scaled = np.isin(
        np.arange(len(layout.order)), layout.order[: len(layout.scale)][layout.scale >= 0]
    )
    normal = [
        name
        for name, place in places.items()
        if inside[place].all() and not scaled[place].any()
        and (name not in specials or specials[name].kind == kernel.PLAIN)
    ]  # fmt: skip
    scales = [name for name, place in places.items() if not inside[place].any()]
    pairs = [_normal(model, name) for name in (*normal, *scales)]
    graphs = [pt.log(model[names.EXPECTED]).flatten(), *(one for pair in pairs for one in pair)]
    run = pytensor.function(
        model.value_vars,
        model.replace_rvs_by_values(graphs),
        mode="FAST_COMPILE",
        on_unused_input="ignore",
    )
    shapes = [value.shape for value in model.initial_point().values()]
    ends = np.cumsum([0, *(int(np.prod(shape)) for shape in shapes)])

    def at(ordered: np.ndarray) -> list[np.ndarray]:
        x = np.empty_like(ordered)
        x[layout.order] = ordered
        return run(*(x[a:b].reshape(s) for a, b, s in zip(ends, ends[1:], shapes, strict=False)))

    n = len(layout.scale)
    own = np.concatenate([places[name] for name in normal]) if normal else np.zeros(0, int)
    of_special = [one.place for one in specials.values()]
    place = np.argsort(layout.order)[np.concatenate(of_special).astype(int)] if of_special else []

    def outputs(ordered: np.ndarray) -> np.ndarray:
        found = at(ordered)
        residuals = [found[1 + 2 * i] for i in range(len(normal))]
        return np.concatenate([found[0], *residuals, ordered[place]])

    origin = np.zeros(len(layout.order))
    offset = outputs(origin)
    matrix = np.array([outputs(one) - offset for one in np.eye(len(origin))[:n]]).T
    rng = np.random.default_rng(1)
    point = rng.normal(0.0, 0.3, len(origin))
    scale = np.exp(layout.which @ point[n:])
    away = np.abs(outputs(point) - offset - matrix @ (scale * point[:n]))
    if not away.max() < _LINEAR * max(1.0, np.abs(offset).max()):
        raise FitError(
            "log expected arrivals are not linear in the coordinates given the scales "
            f"(off by {away.max():.2g}); a term has to be (docs/extending.md)"
        )
    found = at(origin)
    log_sigma = np.concatenate([np.zeros(0), *(found[2 + 2 * i] for i in range(len(pairs)))])
    count = len(own)
    # log scale = mu + sigma times its standardised value: both follow from the value at 0.
    where = np.concatenate([places[name] for name in scales]) if scales else np.zeros(0, int)
    order = [int(np.flatnonzero(where == one)[0]) for one in layout.order[n:]]
    sigma = np.exp(log_sigma[count:])[order]
    zeros = [found[1 + 2 * i] for i in range(len(normal), len(pairs))]
    mu = (-np.concatenate(zeros)[order] if zeros else np.zeros(0)) * sigma
    kinds = np.repeat(
        [s.kind for s in specials.values()], [len(s.place) for s in specials.values()]
    )
    shape = np.concatenate([s.shapes for s in specials.values()]) if specials else np.zeros((0, 2))
    first = dict(zip(specials, np.cumsum([0, *map(len, of_special)]), strict=False))
    a, b = shape.T
    constant = -_HALF_LOG_TAU * (count + scaled.sum() + len(sigma)) - log_sigma.sum()
    constant -= betaln(a, b)[kinds == kernel.BETA].sum()
    constant += (a * np.log(b) - gammaln(a))[kinds == kernel.GAMMA].sum()
    start = np.concatenate([np.ravel(one) for one in model.initial_point().values()])
    return Linear(
        layout=layout,
        start=start[layout.order],
        offset=offset,
        matrix=matrix,
        scale_mu=mu,
        scale_sigma=sigma,
        kinds=kinds.astype(np.int64),
        shapes=shape,
        factor=_factor_matrix(design, specials),
        grade=first.get(names.RELIABILITY, 0) + np.arange(len(design.grades)),
        normals=count,
        constant=float(constant),
    )


class _Pieces:
    """Expected persons of rows, or of one period of them, as sums over cells."""

    def __init__(self, design: Design) -> None:
        self.design = design
        self.ends: list[int] = [0]
        self.cells: list[int] = []
        self.definitions: list[int] = []
        self.weights: list[float] = []

    def _entries(self, definition: str, weights: np.ndarray) -> None:
        cells = np.flatnonzero(weights)
        scaled = self.design.scaled
        place = scaled.index(definition) if definition in scaled else len(scaled)
        self.cells += cells.tolist()
        self.weights += weights.ravel()[cells].tolist()
        self.definitions += [place] * len(cells)

    def add(
        self,
        definition: str,
        weights: np.ndarray,
        less: Sequence[tuple[str, np.ndarray]] = (),
    ) -> int:
        """Add a piece: weights of its cells, np.ndarray (group, period), and what is taken off."""
        self._entries(definition, weights)
        for inner, taken in less:
            self._entries(inner, -taken)
        self.ends.append(len(self.cells))
        return len(self.ends) - 2

    def periods(self, count: Free) -> int:
        """Add a piece for each period of a count; the place after the last one."""
        for t in np.flatnonzero(count.inside.any(axis=0)):
            alone = np.arange(count.inside.shape[1]) == t
            less = [(name, weight * alone) for name, weight in count.less]
            self.add(count.definition, count.inside * alone, less)
        return len(self.ends) - 1


def _evidence(design: Design, chance: np.ndarray) -> tuple[dict[str, Any], dict[str, Any]]:
    """Sections of integers and of numbers that hold the rows."""
    selection, joint, pieces = design.selection, design.joint, _Pieces(design)
    direct = [0]
    for row in selection.direct:
        direct.append(pieces.periods(Free(row.statement.definition, design.cell_weights(row))))
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
        links.append(pieces.add(link.definition, link.inside, link.less))
        key = link.whole.tobytes()
        if key not in wholes:
            wholes[key] = pieces.add("", link.whole)
        links.append(wholes[key])
    free = [len(pieces.ends) - 1]
    for one in joint.free:
        free.append(pieces.periods(one))
    trials = np.array([row.parents[0].count for row in selection.nested], dtype=float)
    low_direct, high_direct = _bounds(selection.direct)
    low, high = _bounds(selection.nested)
    fixed, slope, grade = weight_terms(design, chance)
    sets = divided_sets(joint)
    ints = {
        "piece": pieces.ends,
        "entry_cell": pieces.cells,
        "entry_definition": pieces.definitions,
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
    return ints, floats


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
        return Chart(
            centre=start[n:], spread=np.eye(layout.scales), basis=np.eye(n), known=known,
            pull=known * start[:n], tied=np.zeros((n, n)), frail=np.zeros(n),
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
        packed = _packed(chart, self.linear.matrix)
        arrays = (self.ints, self.floats, packed, self.steps, self.constants)
        where = [number for one in arrays for number in (one.ctypes.data, len(one))]
        return Held(arrays, np.array(where, dtype=np.uint64))


def _packed(chart: Chart, matrix: np.ndarray) -> np.ndarray:
    parts = {name: np.ravel(getattr(chart, name)) for name in kernel.CHART if name != "map"}
    parts["map"] = (matrix @ chart.basis).T.ravel()
    return np.concatenate([parts[name] for name in kernel.CHART])


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
    ints, floats = _evidence(design, chance)
    joint = bool(design.joint.rows)
    ints |= {
        "scale_of": layout.scale,
        "special_kind": linear.kinds,
        "grade_special": linear.grade,
        "sizes": [
            len(layout.scale), layout.scales, design.exposure.size, linear.normals,
            len(linear.kinds), len(design.scaled), len(linear.grade), layout.frailty,
            len(program.components) if joint else 0, len(program.patterns), len(program.ints),
            len(program.floats),
        ],
    }  # fmt: skip
    floats |= {
        "offset": linear.offset,
        "scale_mu": linear.scale_mu,
        "scale_sigma": linear.scale_sigma,
        "special_shape": linear.shapes,
        "factor_special": linear.factor,
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
