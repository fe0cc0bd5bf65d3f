"""Joint rows as counts: days cut into atoms, atoms into parts of published totals.

The days that the joint rows of a family speak of are cut at their ends. Where one definition is
within another, the persons of a piece are cut too: those whom the inner one counts, and the rest.
Pieces that the same rows count are one atom, the smallest count that any of them can tell apart.
Given a published total, an atom's persons in it are binomial; two atoms that take days of one total
divide it. On days without a total they are Poisson, or negative binomial with frailty.

Invariant: the parts of a row's atoms are its groups and days, each once (``tests/test_atoms.py``);
a count of an inner definition is a part of the outer one's (``tests/test_within.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

import numpy as np

from defectmodels.counting.problem import Part, Split, Sum
from defectmodels.errors import SpanError
from defectmodels.evidence.periods import Periods, Span
from defectmodels.evidence.selection import Counted, Selection

_WHOLE = 1e-9
"""Share of a period below which days are a rounding error."""
DIVIDED = 20
"""Largest total of which atoms are counted as dividing it. In a larger one they are taken as
independent binomials: a person counted by one is then not missing for the others. With shares p and
q their correlation is -sqrt(p q / ((1 - p) (1 - q))), a few hundredths for the elites."""


@dataclass(frozen=True)
class Link:
    """Share of a published total that an atom takes.

    Attributes
    ----------
    definition : str
        Its factor scales the share; '' where nothing does.
    inside, whole : np.ndarray (group, period)
        Weights of the atom's cells and of the total's.
    less : tuple of (str, np.ndarray)
        Inner definitions whose persons in some of these cells are other atoms': their factor and
        the weights of the cells are to be taken off.
    """

    definition: str
    inside: np.ndarray
    whole: np.ndarray
    less: tuple[tuple[str, np.ndarray], ...] = ()


@dataclass(frozen=True)
class Free:
    """Persons on days without a total: weights of their cells, np.ndarray (group, period).

    `definition` and `less` are those of `Link`.
    """

    definition: str
    inside: np.ndarray
    less: tuple[tuple[str, np.ndarray], ...] = ()


@dataclass(frozen=True)
class _Total:
    """A published total as one family sees it: persons left to be divided, and their cells."""

    groups: tuple[str, ...]
    count: int
    span: Span
    weights: np.ndarray


@dataclass
class _Cells:
    """Weights of cells under construction, and those taken off by inner definition."""

    inside: np.ndarray
    less: dict[str, np.ndarray] = field(default_factory=dict)

    def add(self, cell: Sequence[int], weights: np.ndarray, inner: str) -> None:
        """Add the groups of a cell, np.ndarray (period,), less an inner definition or ''."""
        taken = self.less.setdefault(inner, np.zeros(self.inside.shape)) if inner else None
        for group in cell:
            self.inside[group] += weights
            if taken is not None:
                taken[group] += weights


@dataclass
class _Atom:
    """A count under construction; its persons by total, and on days without one."""

    definition: str
    members: frozenset[Counted]
    totals: dict[int, _Cells]
    free: _Cells


def totals_of(
    selection: Selection, plain: bool, scaled: Sequence[str], groups: Sequence[str] = ()
) -> list[_Total]:
    """Published totals; for counts of the groups themselves, cut by what exact rows split off.

    Persons of a definition of its own are among those of a total only where it counts more groups
    than `groups`, those of the definition.
    """
    found = []
    for index, row in enumerate(selection.direct):
        if not row.certain or row.statement.definition in scaled:
            continue
        if not plain and not set(groups) < set(row.groups):
            continue
        left, count = row.groups, row.interval.low
        for other in selection.nested if plain else ():
            exact = other.certain and other.statement.definition not in scaled
            if exact and other.parents[0].index == index and other.span == row.span:
                left = tuple(g for g in left if g not in other.groups)
                count -= other.interval.low
                found.append(_Total(other.groups, other.interval.low, row.span, row.weights))
        found.append(_Total(left, count, row.span, row.weights))
    return found


def published_totals(
    selection: Selection, scaled: Sequence[str], groups: Sequence[str]
) -> list[tuple[int, np.ndarray]]:
    """Published totals as counts of the groups themselves see them.

    Returns
    -------
    list of (int, np.ndarray (group, period))
        Persons, and the weights of the cells they are in.
    """
    found = []
    for total in totals_of(selection, True, scaled):
        mask = np.array([float(group in total.groups) for group in groups])
        found.append((total.count, np.outer(mask, total.weights)))
    return found


def _cuts(counted: Sequence[Counted]) -> list[Span]:
    """Pieces between the ends of the spans, where at least one of them is."""
    ends = sorted(
        {one.span.start for one in counted} | {one.span.end + timedelta(1) for one in counted}
    )
    pieces = [Span(a, b - timedelta(1)) for a, b in pairwise(ends)]
    return [piece for piece in pieces if any(one.span.overlaps(piece) for one in counted)]


def _weights(span: Span, periods: Periods) -> np.ndarray:
    try:
        return periods.weights(span, overhang=1.0)
    except SpanError:
        # Wholly before or after the axis, which the row as a whole is not: it counts at the edge.
        found, edge = np.zeros(len(periods)), 0 if span.end < periods.span.start else -1
        found[edge] = span.days / periods.spans[edge].days
        return found


def _cells(
    counted: Sequence[Counted], totals: Sequence[_Total], groups: Sequence[str]
) -> list[list[int]]:
    """Groups that no count and no total tells apart, together."""
    sets = [one.groups for one in counted] + [total.groups for total in totals]
    cells: dict[tuple[bool, ...], list[int]] = {}
    for at, group in enumerate(groups):
        cells.setdefault(tuple(group in one for one in sets), []).append(at)
    return list(cells.values())


def _depth(one: Counted, within: Mapping[str, str]) -> int:
    """How many definitions contain a count's own."""
    depth, name = 0, one.definition
    while name in within:
        depth, name = depth + 1, within[name]
    return depth


def _layers(
    members: Sequence[Counted], within: Mapping[str, str]
) -> list[tuple[frozenset[Counted], str, str]]:
    """Persons of one cell, from the outermost definition inwards.

    Returns
    -------
    list of (frozenset of Counted, str, str)
        Counts that they are part of; the definition that counts them, '' where it is the groups
        themselves; the next inner one that does not, or ''.
    """
    if not members:
        return []
    name = {_depth(one, within): one.definition for one in members}
    if 0 in name and not members[0].family:
        name[0] = ""
    levels = sorted(name)
    inner = [*(name[level] for level in levels[1:]), ""]
    return [
        (frozenset(one for one in members if _depth(one, within) <= level), name[level], next_one)
        for level, next_one in zip(levels, inner, strict=True)
    ]


def _atoms(
    counted: Sequence[Counted],
    totals: Sequence[_Total],
    groups: Sequence[str],
    periods: Periods,
    within: Mapping[str, str],
) -> list[_Atom]:
    """Atoms of one family."""

    def none() -> _Cells:
        return _Cells(np.zeros((len(groups), len(periods))))

    found: dict[frozenset[Counted], _Atom] = {}
    for piece in _cuts(counted):
        for cell in _cells(counted, totals, groups):
            name = groups[cell[0]]
            here = [one for one in counted if name in one.groups and one.span.overlaps(piece)]
            for members, definition, inner in _layers(here, within):
                atom = found.setdefault(members, _Atom(definition, members, {}, none()))
                free = _weights(piece, periods)
                for at, total in enumerate(totals):
                    if name not in total.groups or not total.span.overlaps(piece):
                        continue
                    start, end = max(piece.start, total.span.start), min(piece.end, total.span.end)
                    common = _weights(Span(start, end), periods)
                    atom.totals.setdefault(at, none()).add(cell, common, inner)
                    free = free - common
                atom.free.add(cell, np.where(free > _WHOLE, free, 0.0), inner)
    return list(found.values())


class Builder:
    """Parts, links and splits of all families."""

    def __init__(self, groups: Sequence[str], periods: Periods, within: Mapping[str, str]) -> None:
        self.groups, self.periods, self.within = groups, periods, within
        self.parts: list[Part] = []
        self.links: list[Link] = []
        self.free: list[Free] = []
        self.splits: list[Split] = []

    def _whole(self, total: _Total) -> np.ndarray:
        mask = np.array([float(group in total.groups) for group in self.groups])
        return np.outer(mask, total.weights)

    def _link(self, atom: _Atom, cells: _Cells, total: _Total) -> int:
        less = tuple(cells.less.items())
        self.links.append(Link(atom.definition, cells.inside, self._whole(total), less))
        return len(self.links) - 1

    def _divide(
        self, total: _Total, atoms: Sequence[_Atom], cells: Sequence[_Cells], exhausted: bool
    ) -> list[int]:
        """Parts of one total that atoms divide with each other."""
        first = len(self.parts)
        for atom, one in zip(atoms, cells, strict=True):
            self.parts.append(Part((self._link(atom, one, total),), (total.count,)))
        places = list(range(first, len(self.parts)))
        self.splits.append(Split(tuple(places), total.count, exhausted))
        return places

    def _rest(self, atom: _Atom, totals: Sequence[_Total]) -> list[int]:
        """The part of an atom that divides no total with others, if any."""
        links = tuple(self._link(atom, cells, totals[at]) for at, cells in atom.totals.items())
        free = -1
        if atom.free.inside.any():
            self.free.append(Free(atom.definition, atom.free.inside, tuple(atom.free.less.items())))
            free = len(self.free) - 1
        if not links and free < 0:
            return []
        self.parts.append(Part(links, tuple(totals[at].count for at in atom.totals), free))
        return [len(self.parts) - 1]

    def family(
        self, counted: Sequence[Counted], totals: Sequence[_Total], plain: bool
    ) -> dict[Counted, Sum]:
        """Add the atoms of one family; the sums of its counts."""
        atoms = _atoms(counted, totals, self.groups, self.periods, self.within)
        places: list[list[int]] = [[] for _ in atoms]
        known = dict.fromkeys(counted, 0)
        for at, total in enumerate(totals):
            touching = [i for i, atom in enumerate(atoms) if at in atom.totals]
            if not touching:
                continue
            whole = self._whole(total)
            # What inner definitions take off an atom is another's.
            together = sum(
                (atoms[i].totals[at].inside for i in touching if not atoms[i].definition),
                np.zeros(whole.shape),
            )
            exhausted = plain and bool((whole - together < _WHOLE).all())
            if len(touching) == 1 and exhausted:
                atoms[touching[0]].totals.pop(at)
                for one in atoms[touching[0]].members:
                    known[one] += total.count
            elif len(touching) > 1 and (exhausted or total.count <= DIVIDED):
                cells = [atoms[i].totals.pop(at) for i in touching]
                parts = self._divide(total, [atoms[i] for i in touching], cells, exhausted)
                for i, part in zip(touching, parts, strict=True):
                    places[i].append(part)
        for atom, own in zip(atoms, places, strict=True):
            own += self._rest(atom, totals)
        return {
            one: Sum(
                tuple(
                    p for a, own in zip(atoms, places, strict=True) if one in a.members for p in own
                ),
                known[one],
            )
            for one in counted
        }
