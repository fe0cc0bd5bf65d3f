"""Joint rows as counts: days cut into atoms, atoms into parts of published totals.

The days that the joint rows of a family speak of are cut at their ends. Pieces that the same rows
count are one atom, the smallest count that any of them can tell apart. Given a published total, an
atom's persons in it are binomial; two atoms that take days of one total divide it. On days without
a total they are Poisson, or negative binomial with frailty.

Invariant: the parts of a row's atoms are its groups and days, each once. Shown by
``tests/test_atoms.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from defectmodels.counting.program import (
    FOREVER,
    LIMIT,
    Part,
    Problem,
    Program,
    Reading,
    Said,
    Split,
    Sum,
    compile_problem,
)
from defectmodels.errors import SpanError
from defectmodels.evidence.intervals import Interval
from defectmodels.evidence.intervals import Reading as Word
from defectmodels.evidence.periods import Periods, Span
from defectmodels.evidence.selection import Counted, JointRow, Selection, Unused
from defectmodels.evidence.statements import Comparison, Statement

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
        Its factor scales the share.
    inside, whole : np.ndarray (group, period)
        Weights of the atom's cells and of the total's.
    """

    definition: str
    inside: np.ndarray
    whole: np.ndarray


@dataclass(frozen=True)
class Free:
    """Persons on days without a total: weights of their cells, np.ndarray (group, period)."""

    definition: str
    inside: np.ndarray


@dataclass(frozen=True)
class Joint:
    """Joint rows of a design, ready to be counted.

    Attributes
    ----------
    rows : tuple of JointRow
    problem : Problem
    program : Program
    links : tuple of Link
    free : tuple of Free
    sum_of : dict
        Place of each count among the problem's sums.
    """

    rows: tuple[JointRow, ...]
    problem: Problem
    program: Program
    links: tuple[Link, ...]
    free: tuple[Free, ...]
    sum_of: dict[Counted, int]


@dataclass(frozen=True)
class _Total:
    """A published total as one family sees it: persons left to be divided, and their cells."""

    groups: tuple[str, ...]
    count: int
    span: Span
    weights: np.ndarray


@dataclass
class _Atom:
    """A count under construction."""

    definition: str
    members: frozenset[Counted]
    inside: dict[int, np.ndarray]
    free: np.ndarray


def _totals(
    selection: Selection, plain: bool, scaled: Sequence[str], groups: Sequence[str]
) -> list[_Total]:
    """Published totals; for counts of the groups themselves, less what exact rows split off.

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
        found.append(_Total(left, count, row.span, row.weights))
    return found


def _cuts(counted: Sequence[Counted]) -> list[Span]:
    """Pieces between the ends of the spans, where at least one of them is."""
    ends = sorted(
        {one.span.start for one in counted} | {one.span.end + timedelta(1) for one in counted}
    )
    pieces = [Span(a, b - timedelta(1)) for a, b in zip(ends, ends[1:], strict=False)]
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


def _atoms(
    counted: Sequence[Counted], totals: Sequence[_Total], groups: Sequence[str], periods: Periods
) -> list[_Atom]:
    """Atoms of one family."""
    shape = (len(groups), len(periods))
    found: dict[frozenset[Counted], _Atom] = {}
    for piece in _cuts(counted):
        for cell in _cells(counted, totals, groups):
            name = groups[cell[0]]
            members = frozenset(
                one for one in counted if name in one.groups and one.span.overlaps(piece)
            )
            if not members:
                continue
            definition = next(iter(members)).definition
            atom = found.setdefault(members, _Atom(definition, members, {}, np.zeros(shape)))
            free = _weights(piece, periods)
            for at, total in enumerate(totals):
                if name not in total.groups or not total.span.overlaps(piece):
                    continue
                start, end = max(piece.start, total.span.start), min(piece.end, total.span.end)
                common = _weights(Span(start, end), periods)
                atom.inside.setdefault(at, np.zeros(shape))[cell] += common
                free = free - common
            atom.free[cell] += np.where(free > _WHOLE, free, 0.0)
    return list(found.values())


class _Builder:
    """Parts, links and sums of all families."""

    def __init__(self, groups: Sequence[str], periods: Periods) -> None:
        self.groups, self.periods = groups, periods
        self.parts: list[Part] = []
        self.links: list[Link] = []
        self.free: list[Free] = []
        self.splits: list[Split] = []
        self.members: dict[Counted, list[int]] = {}
        self.known: dict[Counted, int] = {}

    def _link(self, definition: str, inside: np.ndarray, total: _Total) -> int:
        mask = np.array([float(group in total.groups) for group in self.groups])
        self.links.append(Link(definition, inside, np.outer(mask, total.weights)))
        return len(self.links) - 1

    def _part(self, part: Part, atom: _Atom) -> int:
        self.parts.append(part)
        for one in atom.members:
            self.members.setdefault(one, []).append(len(self.parts) - 1)
        return len(self.parts) - 1

    def family(self, counted: Sequence[Counted], totals: Sequence[_Total], plain: bool) -> None:
        """Add the atoms of one family."""
        atoms = _atoms(counted, totals, self.groups, self.periods)
        for one in counted:
            self.members.setdefault(one, [])
            self.known.setdefault(one, 0)
        own: list[dict[int, np.ndarray]] = [dict(atom.inside) for atom in atoms]
        for at, total in enumerate(totals):
            touching = [i for i, atom in enumerate(atoms) if at in atom.inside]
            if not touching:
                continue
            mask = np.array([float(group in total.groups) for group in self.groups])
            whole = np.outer(mask, total.weights)
            together = sum((atoms[i].inside[at] for i in touching), np.zeros(whole.shape))
            exhausted = plain and bool((whole - together < _WHOLE).all())
            if len(touching) == 1 and exhausted:
                for one in atoms[touching[0]].members:
                    self.known[one] += total.count
                own[touching[0]].pop(at)
            elif len(touching) > 1 and (exhausted or total.count <= DIVIDED):
                split = []
                for i in touching:
                    link = self._link(atoms[i].definition, own[i].pop(at), total)
                    split.append(self._part(Part((link,), (total.count,)), atoms[i]))
                self.splits.append(Split(tuple(split), total.count, exhausted))
        for atom, inside in zip(atoms, own, strict=True):
            links = tuple(self._link(atom.definition, w, totals[at]) for at, w in inside.items())
            free = -1
            if atom.free.any():
                self.free.append(Free(atom.definition, atom.free))
                free = len(self.free) - 1
            if links or free >= 0:
                self._part(Part(links, tuple(totals[at].count for at in inside), free), atom)


def _limits(interval: Interval) -> tuple[int, int]:
    return interval.low, FOREVER if interval.high is None else interval.high


def _reading(
    statement: Statement,
    against: Sequence[int],
    sums: Sequence[Sum],
    words: Mapping[str, Word],
    most: int,
) -> Reading:
    """What a reading allows; counts compared with that are known become limits."""
    if not isinstance(statement, Comparison):
        interval = statement.interval(words)
        assert interval is not None  # selection leaves out what is no interval
        return Reading(*_limits(interval))
    low, high, tied = 0, FOREVER, []
    for other in against:
        if not sums[other].parts:
            first, last = _limits(statement.allowed(sums[other].known, words))
            low, high = max(low, first), min(high, last)
            continue
        limits = np.array([_limits(statement.allowed(n, words)) for n in range(most + 1)])
        tied.append((other, limits[:, 0], limits[:, 1]))
    return Reading(low, high, tuple(tied))


def _said(
    row: JointRow,
    sums: Sequence[Sum],
    sum_of: Mapping[Counted, int],
    words: Mapping[str, Word],
    graded: bool,
    first: int,
    most: int,
) -> Said:
    subject, *against = (sum_of[one] for one in row.counted)
    readings = tuple(_reading(one, against, sums, words, most) for one in row.readings)
    weights = tuple(range(first, first + len(readings)))
    untrue = first + len(readings) if graded else -1
    return Said(row.statement.id, subject, readings, weights, untrue)


def _settled(said: Said, sums: Sequence[Sum]) -> str | None:
    """Why a row says nothing that the totals do not say, or None."""
    if any(sums[s].parts for s in said.sums):
        return None
    count = sums[said.subject].known
    true = any(reading.low <= count <= reading.high for reading in said.readings)
    return (
        "follows from the published totals"
        if true
        else f"contradicts the published totals, which make it {count:,}"
    )


def make_joint(
    selection: Selection,
    groups: Sequence[str],
    periods: Periods,
    scaled: Sequence[str],
    words: Mapping[str, Word],
    grades: Sequence[str],
    more: Sequence[Counted] = (),
) -> tuple[Joint, tuple[Unused, ...]]:
    """Cut the joint rows of a selection into counts and compile them.

    Parameters
    ----------
    words : mapping
        The dataset's readings of words.
    grades : sequence of str
        Grades that the model doubts; rows of others are certain.
    more : sequence of Counted
        Further counts that shall be told apart, though nothing is said of them.

    Returns
    -------
    Joint
    tuple of Unused
        Rows that the totals settle.

    Raises
    ------
    BudgetError
        When rows cannot be counted jointly at a reasonable cost.
    ConflictError
        When certain rows cannot all be true.
    """
    counted = list(dict.fromkeys([*(one for row in selection.joint for one in row.counted), *more]))
    builder = _Builder(groups, periods)
    for family in dict.fromkeys(one.family for one in counted):
        plain = family == ""
        own = [one for one in counted if one.family == family]
        builder.family(own, _totals(selection, plain, scaled, own[0].groups), plain)
    sums = [Sum(tuple(builder.members[one]), builder.known[one]) for one in counted]
    sum_of = {one: at for at, one in enumerate(counted)}
    most = max((s.known for s in sums), default=0) + LIMIT
    rows, said, unused, first = [], [], [], 0
    for row in selection.joint:
        one = _said(row, sums, sum_of, words, row.statement.grade in grades, first, most)
        if reason := _settled(one, sums):
            unused.append(Unused(row.statement, reason))
            continue
        rows.append(row)
        said.append(one)
        first += len(one.weights) + (one.untrue >= 0)
    problem = Problem(tuple(builder.parts), tuple(sums), tuple(said), tuple(builder.splits))
    joint = Joint(
        tuple(rows),
        problem,
        compile_problem(problem),
        tuple(builder.links),
        tuple(builder.free),
        sum_of,
    )
    return joint, tuple(unused)


def with_said(joint: Joint, said: Sequence[Said]) -> Program:
    """Compile the same counts with other statements."""
    return compile_problem(replace(joint.problem, said=tuple(said)))
