"""Joint rows as one problem: what is said of the counts that they were cut into.

Invariant: rows that say nothing beyond the totals are left out by name, and statements that would cost
more than the budget are refused, or counted apart where the model file says so. Shown by
``tests/test_atoms.py`` and ``tests/test_design.py``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from defectmodels.counting.order import LIMIT
from defectmodels.counting.problem import FOREVER, BudgetError, Problem, Reading, Said, Sum
from defectmodels.counting.program import BUDGET, Program, alone, compile_problem, price
from defectmodels.evidence.intervals import Interval
from defectmodels.evidence.intervals import Reading as Word
from defectmodels.evidence.periods import Periods
from defectmodels.evidence.selection import Counted, JointRow, Selection, Unused
from defectmodels.evidence.statements import Comparison, Statement
from defectmodels.model.atoms import Builder, Free, Link, totals_of
from defectmodels.wording import say

_ADVICE = (
    'leave one of them out, or write over_budget = "apart" in the model file (docs/counting.md says '
    "what that neglects)"
)


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
    apart : tuple of str
        Ids of rows that were over the budget: each is counted as if it spoke of persons of its own.
    """

    rows: tuple[JointRow, ...]
    problem: Problem
    program: Program
    links: tuple[Link, ...]
    free: tuple[Free, ...]
    sum_of: dict[Counted, int]
    apart: tuple[str, ...] = ()


def _limits(interval: Interval) -> tuple[int, int]:
    return interval.low, FOREVER if interval.high is None else interval.high


@lru_cache(maxsize=1024)
def _allowed(
    statement: Comparison, place: int, most: int, words: tuple[Word, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest count beside each value of one compared with: np.ndarray (value,), int."""
    known = {word.name: word for word in words}
    limits = [_limits(statement.allowed_by(place, n, known)) for n in range(most + 1)]
    low, high = np.array(limits).T
    low.flags.writeable = high.flags.writeable = False
    return low, high


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
    for place, other in enumerate(against):
        if not sums[other].parts:
            first, last = _limits(statement.allowed_by(place, sums[other].known, words))
            low, high = max(low, first), min(high, last)
            continue
        tied.append((other, *_allowed(statement, place, most, tuple(words.values()))))
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
    return say("unused-follows") if true else say("unused-contradicts", count=count)


@dataclass
class _Cut:
    """Joint rows cut into counts: what becomes a `Problem`."""

    builder: Builder
    sums: list[Sum] = field(default_factory=list)
    sum_of: dict[Counted, int] = field(default_factory=dict)
    rows: list[JointRow] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    unused: list[Unused] = field(default_factory=list)

    @property
    def problem(self) -> Problem:
        """What is to be compiled."""
        builder = self.builder
        return Problem(
            tuple(builder.parts), tuple(self.sums), tuple(self.said), tuple(builder.splits)
        )

    def count(
        self, counted: Sequence[Counted], selection: Selection, scaled: Sequence[str]
    ) -> dict[Counted, int]:
        """Add counts that share persons with each other and with no earlier ones; their places."""
        found: dict[Counted, Sum] = {}
        for family in dict.fromkeys(one.family for one in counted):
            plain = family == ""
            own = [one for one in counted if one.family == family]
            counts = tuple(dict.fromkeys(group for one in own for group in one.groups))
            totals = totals_of(selection, plain, scaled, counts)
            found |= self.builder.family(own, totals, plain)
        first = len(self.sums)
        self.sums += [found[one] for one in counted]
        return {one: first + at for at, one in enumerate(counted)}


def make_joint(
    selection: Selection,
    groups: Sequence[str],
    periods: Periods,
    scaled: Sequence[str],
    words: Mapping[str, Word],
    grades: Sequence[str],
    more: Sequence[Counted] = (),
    within: Mapping[str, str] | None = None,
    over_budget: str = "refuse",
    budget: float = BUDGET,
    apart: Sequence[str] = (),
    like: Program | None = None,
    most: float = math.inf,
) -> tuple[Joint, tuple[Unused, ...]]:
    """Cut the joint rows of a selection into counts and compile them.

    Parameters
    ----------
    scaled : sequence of str
        Definitions whose rate is not the groups' own.
    words : mapping
        The dataset's readings of words.
    grades : sequence of str
        Grades that the model doubts; rows of others are certain.
    more : sequence of Counted
        Further counts that shall be told apart, though nothing is said of them.
    within : mapping, optional
        Definitions that count a part of another's persons, and that other.
    over_budget : str
        "refuse" a set of rows that would cost more than the budget, or count as few of its rows as
        possible "apart", as if each spoke of persons of its own.
    budget : float
        Largest number of states times counts of one step.
    apart : sequence of str
        Ids of rows that are counted apart in any case, as an earlier design counted them.
    like : Program, optional
        That of a similar design, with this budget: what the two have in common is not compiled again.
    most : float
        Highest `price` of all rows together; dearer ones are refused before they are compiled. It is not
        asked where rows that are over the budget are counted apart.

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
    apart = tuple(row.statement.id for row in selection.joint if row.statement.id in apart)

    def cut_with(apart: Sequence[str]) -> _Cut:
        builder = Builder(groups, periods, within or {})
        return _cut(builder, selection, scaled, words, grades, more, apart)

    while True:
        cut = cut_with(apart)
        if most < math.inf and over_budget == "refuse" and (cost := price(cut.problem)) > most:
            raise BudgetError([one.name for one in cut.said], int(cost), most)
        try:
            program = compile_problem(cut.problem, budget, like)
        except BudgetError as error:
            if len(error.names) == 1:
                raise
            if over_budget == "refuse":
                raise BudgetError(error.names, error.cost, error.budget, _ADVICE) from None
            further = [(*apart, name) for name in error.names]
            apart = min(further, key=lambda names: price(cut_with(names).problem))
            continue
        joint = Joint(
            tuple(cut.rows),
            cut.problem,
            program,
            tuple(cut.builder.links),
            tuple(cut.builder.free),
            cut.sum_of,
            tuple(sorted(apart)),
        )
        return joint, tuple(cut.unused)


def _cut(
    builder: Builder,
    selection: Selection,
    scaled: Sequence[str],
    words: Mapping[str, Word],
    grades: Sequence[str],
    more: Sequence[Counted],
    apart: Sequence[str],
) -> _Cut:
    """Cut the joint rows of a selection into counts; those that are `apart` each by itself."""
    together = [row for row in selection.joint if row.statement.id not in apart]
    counted = dict.fromkeys([*(one for row in together for one in row.counted), *more])
    cut = _Cut(builder)
    cut.sum_of = cut.count(list(counted), selection, scaled)
    places = {row.statement.id: cut.sum_of for row in together}
    for row in selection.joint:
        if row.statement.id in apart:
            own = list(dict.fromkeys(row.counted))
            places[row.statement.id] = cut.count(own, selection, scaled)
    most = max((s.known for s in cut.sums), default=0) + LIMIT
    first = 0
    for row in selection.joint:
        sum_of, graded = places[row.statement.id], row.statement.grade in grades
        one = _said(row, cut.sums, sum_of, words, graded, first, most)
        if reason := _settled(one, cut.sums):
            cut.unused.append(Unused(row.statement, reason))
            continue
        cut.rows.append(row)
        cut.said.append(one)
        first += len(one.weights) + (one.untrue >= 0)
    return cut


def only(joint: Joint, places: Sequence[int]) -> Joint:
    """Some of the joint rows, which share no persons with the others, and nothing of the others.

    Parameters
    ----------
    places : sequence of int
        Places of the rows.
    """
    found = taken(joint, places)
    return replace(found, program=compile_problem(found.problem, like=joint.program))


def taken(joint: Joint, places: Sequence[int]) -> Joint:
    """`only`, but not compiled yet: the program is that of all rows still."""
    own = alone(joint.problem, tuple(places))
    links = sorted({link for part in own.problem.parts for link in part.links})
    free = sorted({part.free for part in own.problem.parts if part.free >= 0})
    link_at = {link: at for at, link in enumerate(links)}
    free_at = {one: at for at, one in enumerate(free)}
    parts = tuple(
        replace(
            part,
            links=tuple(link_at[link] for link in part.links),
            free=free_at.get(part.free, -1),
        )
        for part in own.problem.parts
    )
    return Joint(
        tuple(joint.rows[at] for at in places),
        replace(own.problem, parts=parts),
        joint.program,
        tuple(joint.links[link] for link in links),
        tuple(joint.free[one] for one in free),
        {one: own.sums.index(at) for one, at in joint.sum_of.items() if at in own.sums},
        joint.apart,
    )


def with_said(joint: Joint, said: Sequence[Said]) -> Program:
    """Compile the same counts with other statements."""
    return compile_problem(replace(joint.problem, said=tuple(said)), like=joint.program)
