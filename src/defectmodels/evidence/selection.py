"""Which statements a model can count, how, and why the others are left out.

Invariant: every statement of the dataset is either one row of the result or in `unused` with a
reason; no person is counted twice: rows counted directly are disjoint in groups or days, and rows
nested in them are conditional on them. Shown by ``tests/test_selection.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from defectmodels.errors import SpanError
from defectmodels.evidence.dataset import Dataset, Definition, check_definitions
from defectmodels.evidence.periods import Periods, Span
from defectmodels.evidence.statements import Comparison, Interval, Statement, StatusWord, Uncounted

OVERHANG = 0.05
"""Largest share of a statement's days that may lie outside the fitted periods; such days are
counted at the edge period's rate. 5% lets 'July 1997 to December 2011' be used on an axis from
1998."""


MOST_NUMBERS = 20_000
"""Widest interval that is counted: each of its numbers has a probability of its own."""


@dataclass(frozen=True)
class Parent:
    """A directly counted row that contains persons of a nested one.

    Attributes
    ----------
    index : int
        Its place among the direct rows.
    weights : np.ndarray (period,)
        Share of each period's days that the two rows have in common.
    groups : tuple of str
        Its groups, less those of exact rows over its whole span that were split off before.
    count : int
        Its persons, less theirs.
    """

    index: int
    weights: np.ndarray
    groups: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class Row:
    """A statement as the likelihood sees it.

    Attributes
    ----------
    statement : Statement
        What was published.
    interval : Interval
        Whole numbers that it allows.
    groups : tuple of str
        Groups of the model that it counts.
    weights : np.ndarray (period,)
        Share of each period's days that it covers.
    parents : tuple of Parent
        For a nested row: the directly counted rows that contain its persons.
    """

    statement: Statement
    interval: Interval
    groups: tuple[str, ...]
    weights: np.ndarray
    parents: tuple[Parent, ...] = ()

    @property
    def span(self) -> Span:
        """Days that the row counts."""
        assert self.statement.span is not None  # statements without one are never rows
        return self.statement.span

    @property
    def width(self) -> float:
        """How many numbers the row allows beyond the first."""
        return inf if self.interval.high is None else self.interval.high - self.interval.low

    @property
    def certain(self) -> bool:
        """Whether the row allows a single number."""
        return self.width == 0

    def shares_persons(self, other: Row) -> bool:
        """Whether the two count the same groups on the same days."""
        return bool(set(self.groups) & set(other.groups)) and self.span.overlaps(other.span)


@dataclass(frozen=True)
class Unused:
    """A statement left out of a fit, and why."""

    statement: Statement
    reason: str


@dataclass(frozen=True)
class Selection:
    """Statements sorted by how they are counted.

    Attributes
    ----------
    direct : tuple of Row
        Counted by themselves.
    nested : tuple of Row
        Counted given the directly counted rows that contain their persons.
    unused : tuple of Unused
        The rest.
    """

    direct: tuple[Row, ...]
    nested: tuple[Row, ...]
    unused: tuple[Unused, ...]


STATUS_REASON: dict[StatusWord, str] = {
    "current": "current, where the model asks for other statuses",
    "superseded": "superseded by a later figure",
    "conflicting": "contradicts another source; conflicts are not modelled yet",
    "misprint": "a misprint",
    "copy": "repeats another row's origin",
    "variant": "another wording of a row that is used or superseded",
    "whole": "the sum of finer rows",
    "detail": "finer than needed, or of another vintage than the rows used",
    "unverified": "not verified in a source",
    "context": "counts something else",
}


def _first_reason(
    row: Statement,
    dataset: Dataset,
    groups: Sequence[str],
    definitions: Sequence[str],
    statuses: Sequence[str],
) -> str | None:
    """Why a row cannot be used whatever the others say, or None."""
    definition = dataset.definitions[row.definition]
    if row.status not in statuses:
        return STATUS_REASON[row.status]
    if not definition.countable:
        return f"'{definition.name}' is not countable: {definition.note or 'another quantity'}"
    if row.definition not in definitions:
        return f"the model does not use the definition '{row.definition}'"
    if not definition.everyone and not set(definition.groups) <= set(groups):
        return f"counts {', '.join(definition.groups)}, which the model does not tell apart"
    if isinstance(row, Comparison):
        return (
            f"ties several counts together (kind {row.kind}); such statements are not modelled yet"
        )
    if isinstance(row, Uncounted):
        return "says nothing countable"
    return None


def _groups(definition: Definition, groups: Sequence[str]) -> tuple[str, ...]:
    return (
        tuple(groups) if definition.everyone else tuple(g for g in groups if g in definition.groups)
    )


def _row(
    statement: Statement, dataset: Dataset, groups: Sequence[str], periods: Periods
) -> Row | str:
    """One row with its weights, or the reason why it has none."""
    interval = statement.interval(dataset.readings)
    if statement.span is None:
        return "its beginning is unknown, so it reaches beyond the fitted periods"
    if interval is None:
        return "is no interval of counts"
    if interval.low == 0 and interval.high is None:
        return "allows every number"
    if (
        interval.high if interval.high is not None else 2 * interval.low
    ) - interval.low > MOST_NUMBERS:
        return (
            f"allows {interval}: more than {MOST_NUMBERS:,} numbers, which are counted one by one"
        )
    try:
        weights = periods.weights(statement.span, OVERHANG)
    except SpanError:
        fitted = f"{periods.labels[0]}..{periods.labels[-1]}"
        return f"span {statement.span} lies outside the fitted periods {fitted}"
    counted = _groups(dataset.definitions[statement.definition], groups)
    return Row(statement, interval, counted, weights)


def _holds(whole: Row, part: Row, plain: set[str]) -> bool:
    """Whether `whole` is an exact total that contains persons of `part`."""
    total = whole.certain and whole.statement.definition in plain
    return total and set(part.groups) < set(whole.groups) and part.shares_persons(whole)


def _direct(rows: Sequence[Row], plain: set[str]) -> tuple[list[Row], list[Row], list[Unused]]:
    """Split rows into those counted by themselves and those that lie within them.

    Exact rows of plain definitions come first, the widest set of groups before its parts; of rows
    that are not exact, the more precise.
    """
    order = sorted(
        rows,
        key=lambda row: (
            row.statement.definition not in plain,
            not row.certain,
            -len(row.groups),
            row.width,
            row.statement.start,
            row.statement.id,
        ),
    )
    direct: list[Row] = []
    within: list[Row] = []
    unused: list[Unused] = []
    for row in order:
        own = row.statement.definition not in plain
        # Rows within others count too: their days may reach beyond what holds them.
        shared = [other for other in (*direct, *within) if row.shares_persons(other)]
        same = [o for o in shared if o.statement.definition == row.statement.definition]
        rivals = same if own else [o for o in shared if o.statement.definition in plain]
        totals = [o for o in direct if o.statement.definition in plain and row.shares_persons(o)]
        inside = [other for other in totals if _holds(other, row, plain)]
        if inside and (own or len(inside) == len(totals)):
            within.append(row)
        elif not rivals:
            direct.append(row)
        else:
            names = ", ".join(other.statement.id for other in rivals)
            unused.append(Unused(row.statement, f"counts persons that {names} counts already"))
    return direct, within, unused


def _parents(
    row: Row, direct: Sequence[Row], periods: Periods, plain: set[str]
) -> tuple[Parent, ...]:
    found = []
    for index, other in enumerate(direct):
        if not _holds(other, row, plain):
            continue
        first, second = row.span, other.span
        common = Span(max(first.start, second.start), min(first.end, second.end))
        weights = periods.weights(common, overhang=1.0)
        found.append(Parent(index, weights, other.groups, other.interval.low))
    return tuple(found)


def _split_off(
    row: Row, parents: tuple[Parent, ...], kept: Sequence[Row], direct: Sequence[Row]
) -> tuple[Parent, ...]:
    """Take from the parents of a plain row what exact rows over their whole span have taken.

    Splitting a total into groups one after the other makes the binomials a multinomial.
    """
    left = []
    for parent in parents:
        for other in kept:
            same = direct[parent.index].span == other.span
            if same and any(p.index == parent.index for p in other.parents) and other.certain:
                groups = tuple(g for g in parent.groups if g not in other.groups)
                parent = replace(parent, groups=groups, count=parent.count - other.interval.low)
        left.append(parent)
    return tuple(left)


def _settled(row: Row, parents: tuple[Parent, ...], direct: Sequence[Row]) -> str | None:
    """Why the parents of a plain row leave nothing to count, or None when they do."""
    spans = [direct[parent.index].span for parent in parents]
    if sum(row.span.common_days(span) for span in spans) < row.span.days:
        return None
    left = sum(parent.count for parent in parents)
    low, high = row.interval
    alone = all(set(parent.groups) == set(row.groups) for parent in parents)
    whole = alone and all(row.span.contains(span) for span in spans)
    if low > left or (whole and high is not None and high < left):
        return f"contradicts the total and the other groups, which leave {left}"
    return "follows from the total and the other groups" if whole else None


def _rival(
    row: Row, parents: tuple[Parent, ...], other: Row, direct: Sequence[Row], plain: set[str]
) -> bool:
    """Whether two nested rows share persons that are not counted jointly."""
    same = row.statement.definition == other.statement.definition
    both_plain = {row.statement.definition, other.statement.definition} <= plain
    if not same and not both_plain:
        return False
    common = {p.index for p in parents} & {p.index for p in other.parents}
    if row.shares_persons(other):
        return True
    return any(not other.certain or direct[i].span != other.span for i in common)


def _nested(
    rows: Sequence[Row], direct: Sequence[Row], periods: Periods, plain: set[str]
) -> tuple[list[Row], list[Unused]]:
    """Give nested rows their parents; of two that share persons keep the more precise."""
    kept: list[Row] = []
    unused: list[Unused] = []
    for row in sorted(rows, key=lambda row: (row.width, row.statement.start, row.statement.id)):
        parents = _parents(row, direct, periods, plain)
        rivals = [o.statement.id for o in kept if _rival(row, parents, o, direct, plain)]
        if rivals:
            text = (
                f"shares persons with {', '.join(rivals)}, which is as precise or more, or splits"
            )
            unused.append(Unused(row.statement, f"{text} the same total; not counted jointly yet"))
            continue
        if row.statement.definition in plain:
            plain_rows = [other for other in kept if other.statement.definition in plain]
            parents = _split_off(row, parents, plain_rows, direct)
            if settled := _settled(row, parents, direct):
                unused.append(Unused(row.statement, settled))
                continue
        kept.append(replace(row, parents=parents))
    return sorted(kept, key=lambda row: (row.statement.definition, row.statement.start)), unused


def select(
    dataset: Dataset,
    groups: Sequence[str],
    periods: Periods,
    definitions: Sequence[str],
    scaled: Sequence[str] = (),
    statuses: Sequence[str] = ("current",),
) -> Selection:
    """Sort the statements of a dataset by how a model counts them.

    Parameters
    ----------
    dataset : Dataset
        The evidence.
    groups : sequence of str
        Groups of the model.
    periods : Periods
        Period axis of the model.
    definitions : sequence of str
        Definitions that the model uses.
    scaled : sequence of str
        Those of them that have a factor, so that they count persons of their own.
    statuses : sequence of str
        Statuses to use; only 'current' unless asked for more.

    Returns
    -------
    Selection

    Raises
    ------
    UnknownNameError
        When a definition is not the dataset's.
    """
    check_definitions(dataset, definitions)
    rows: list[Row] = []
    unused: list[Unused] = []
    for statement in dataset.statements:
        reason = _first_reason(statement, dataset, groups, definitions, statuses)
        row = reason or _row(statement, dataset, groups, periods)
        if isinstance(row, str):
            unused.append(Unused(statement, row))
        else:
            rows.append(row)
    plain = set(definitions) - set(scaled)
    direct, within, clashing = _direct(rows, plain)
    nested, rivals = _nested(within, direct, periods, plain)
    order = {statement.id: index for index, statement in enumerate(dataset.statements)}
    left = sorted(unused + clashing + rivals, key=lambda item: order[item.statement.id])
    return Selection(tuple(direct), tuple(nested), tuple(left))
