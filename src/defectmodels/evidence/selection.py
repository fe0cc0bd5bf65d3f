"""Which statements a model can count, how, and why the others are left out.

A statement is counted directly (a published total), as a part of a total (nested), or jointly with
others: those that are graded, have several readings, compare counts, share persons with each other,
or reach over several totals. What is counted in closed form needs no joint counting and gives the
same probability.

Invariant: every statement of the dataset is a row of the result, a reading of one, or in `unused`
with a reason; no person is counted twice: rows counted directly are disjoint in groups or days,
rows nested in them are conditional on them, and rows that share persons otherwise are joint. Shown
by ``tests/test_selection.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from defectmodels.errors import SpanError
from defectmodels.evidence.dataset import Dataset, Definition, check_definitions
from defectmodels.evidence.intervals import Reading
from defectmodels.evidence.periods import Periods, Span
from defectmodels.evidence.statements import Comparison, Interval, Statement, StatusWord, Uncounted
from defectmodels.wording import joined, named, say, titled

STATUSES: tuple[StatusWord, ...] = ("current", "variant", "conflicting")
"""Statuses that a model uses unless its file says otherwise."""

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

    def says(self, words: Mapping[str, Reading]) -> str:
        """What it says of the count, in plain words; `words` are the dataset's readings."""
        return self.statement.says(words)

    def shares_persons(self, other: Row) -> bool:
        """Whether the two count the same groups on the same days."""
        return bool(set(self.groups) & set(other.groups)) and self.span.overlaps(other.span)


@dataclass(frozen=True)
class Counted:
    """Persons that a statement speaks of: some groups on some days, under one definition.

    Attributes
    ----------
    family : str
        The definition where it counts persons of its own, '' where it counts the groups themselves;
        for a part of another definition's persons, that of the other.
    """

    definition: str
    family: str
    groups: tuple[str, ...]
    span: Span


@dataclass(frozen=True)
class JointRow(Row):
    """A statement that is counted jointly with others.

    For a comparison, the interval is that of its truth: 1 of 0 and 1.

    Attributes
    ----------
    readings : tuple of Statement
        Competing readings of the same words, itself first; one of them is what was meant.
    subject : Counted
    against : tuple of Counted
        What it is compared with.
    """

    readings: tuple[Statement, ...] = ()
    subject: Counted | None = None
    against: tuple[Counted, ...] = ()

    @property
    def compares(self) -> bool:
        """Whether it ties several counts together."""
        return isinstance(self.statement, Comparison)

    @property
    def certain(self) -> bool:
        """No joint row is a total that others are conditional on."""
        return False

    def says(self, words: Mapping[str, Reading]) -> str:
        """What its competing readings say, in plain words."""
        first, *others = (one.says(words) for one in self.readings)
        for other in others:
            first = say("evidence-or", first=first, second=other)
        return first

    @property
    def counted(self) -> tuple[Counted, ...]:
        """All that it speaks of, its subject first."""
        assert self.subject is not None
        return (self.subject, *self.against)


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
        Counted given the one directly counted row that contains their persons.
    joint : tuple of JointRow
        Counted together.
    unused : tuple of Unused
        The rest.
    """

    direct: tuple[Row, ...]
    nested: tuple[Row, ...]
    joint: tuple[JointRow, ...]
    unused: tuple[Unused, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows that are used."""
        return (*self.direct, *self.nested, *self.joint)


def status_reason(status: StatusWord) -> str:
    """Why a statement of a status is left out where the model does not ask for it."""
    return say("unused-status", status=status)


def _first_reason(
    row: Statement,
    dataset: Dataset,
    groups: Sequence[str],
    definitions: Sequence[str],
    statuses: Sequence[str],
) -> str | None:
    """Why a row cannot be used whatever the others say, or None."""
    if row.status not in statuses or (row.status == "conflicting" and not row.grade):
        return status_reason(row.status)
    if isinstance(row, Uncounted):
        return say("unused-uncountable")
    for name in dict.fromkeys((row.definition, getattr(row, "against_definition", row.definition))):
        definition = dataset.definitions[name]
        if not definition.countable:
            why = titled(definition.note) or say("unused-other-quantity")
            return say("unused-not-countable", definition=named(name), why=why)
        if name not in definitions:
            return say("unused-definition", definition=named(name))
        if not tells_apart(definition, groups):
            told = joined((named(group) for group in definition.groups), ", ")
            return say("unused-groups", groups=told)
    if isinstance(row, Comparison) and not row.against_spans:
        return say("unused-compares-nothing")
    return None


def tells_apart(definition: Definition, groups: Sequence[str]) -> bool:
    """Whether a model with these groups can count a definition's persons."""
    return definition.everyone or set(definition.groups) <= set(groups)


def groups_of(definition: Definition, groups: Sequence[str]) -> tuple[str, ...]:
    """Groups of a model that a definition counts."""
    return (
        tuple(groups) if definition.everyone else tuple(g for g in groups if g in definition.groups)
    )


def _outside(span: Span, periods: Periods) -> str | None:
    """Why a span cannot be counted, or None."""
    try:
        periods.weights(span, OVERHANG)
    except SpanError:
        fitted = f"{periods.labels[0]}..{periods.labels[-1]}"
        return say("unused-outside", span=str(span), fitted=fitted)
    return None


def _row(
    statement: Statement, dataset: Dataset, groups: Sequence[str], periods: Periods
) -> Row | str:
    """One row with its weights, or the reason why it has none."""
    interval = statement.interval(dataset.readings)
    if statement.span is None:
        return say("unused-no-beginning")
    spans = [statement.span]
    if isinstance(statement, Comparison):
        interval = Interval(1, 1)
        spans += statement.against_spans
    if interval is None:
        return say("unused-no-interval")
    if interval.low == 0 and interval.high is None:
        return say("unused-every-number")
    if (
        interval.high if interval.high is not None else 2 * interval.low
    ) - interval.low > MOST_NUMBERS:
        return say("unused-too-wide", interval=str(interval), most=MOST_NUMBERS)
    for span in spans:
        if (reason := _outside(span, periods)) is not None:
            return reason
    counted = groups_of(dataset.definitions[statement.definition], groups)
    return Row(statement, interval, counted, periods.weights(statement.span, OVERHANG))


def _holds(whole: Row, part: Row, plain: set[str]) -> bool:
    """Whether `whole` is an exact total that contains persons of `part`.

    It has to count more groups: of an exact number of elites, persons that another definition calls
    elites need not be a part.
    """
    total = whole.certain and whole.statement.definition in plain
    return total and set(part.groups) < set(whole.groups) and part.shares_persons(whole)


def _direct(
    rows: Sequence[Row], plain: set[str]
) -> tuple[list[Row], list[Row], list[Row], list[Unused]]:
    """Split rows into those counted by themselves, those that lie within them, and the rest.

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
    # Of all rows at once whether they share persons: there may be thousands.
    begin = np.array([row.span.start.toordinal() for row in order])
    end = np.array([row.span.end.toordinal() for row in order])
    every = sorted({group for row in rows for group in row.groups})
    counts = np.array([[group in row.groups for group in every] for row in order])
    # 0 for a direct row, 1 for one within, 2 for one that shares persons otherwise; 3 for none of them.
    sort = np.full(len(order), 3)
    unused: list[Unused] = []
    for at, row in enumerate(order):
        own = row.statement.definition not in plain
        met = (sort < 3) & (begin <= end[at]) & (end >= begin[at])
        met[met] = (counts[met] & counts[at]).any(axis=1)
        places = np.flatnonzero(met)
        others = [order[place] for place in places[np.argsort(sort[places], kind="stable")]]
        same = [o for o in others if o.statement.definition == row.statement.definition]
        rivals = same if own else [o for o in others if o.statement.definition in plain]
        totals = [
            order[i] for i in places[sort[places] == 0] if order[i].statement.definition in plain
        ]
        inside = [other for other in totals if _holds(other, row, plain)]
        if inside and (own or len(inside) == len(totals)):
            sort[at] = 1
        elif not rivals:
            sort[at] = 0
        elif row.certain and not own and any(_same_total(row, other) for other in rivals):
            names = ", ".join(other.statement.id for other in rivals)
            unused.append(Unused(row.statement, say("unused-counted", rows=names)))
        else:
            sort[at] = 2
    direct, within, shared = ([order[i] for i in np.flatnonzero(sort == one)] for one in range(3))
    return direct, within, shared, unused


def _same_total(row: Row, other: Row) -> bool:
    """Whether two exact rows are totals of the same groups on common days."""
    return other.certain and set(row.groups) == set(other.groups)


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


def _less_joint(
    row: Row, parents: tuple[Parent, ...], joint: Sequence[Row], direct: Sequence[Row]
) -> tuple[Parent, ...]:
    """Take from parents within a row's days what exact joint rows of the same days count of them.

    Only the sum of what the parents then leave is known.
    """
    places = [parent.index for parent in parents]
    if not all(row.span.contains(direct[index].span) for index in places):
        return parents
    for other in joint:
        same = other.span == row.span and [p.index for p in other.parents] == places
        counted = all(set(other.groups) <= set(p.groups) - set(row.groups) for p in parents)
        if same and counted and other.certain:
            first, *rest = (
                replace(parent, groups=tuple(g for g in parent.groups if g not in other.groups))
                for parent in parents
            )
            parents = (replace(first, count=first.count - other.interval.low), *rest)
    return parents


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
        return say("unused-contradicts-groups", left=str(left))
    return say("unused-follows-groups") if whole else None


def _closed_form(row: Row, parents: tuple[Parent, ...]) -> bool:
    """Whether a nested row is one binomial."""
    return len(parents) == 1 and bool((row.weights - parents[0].weights < 1e-9).all())


def _beyond(row: Row, direct: Sequence[Row]) -> str | None:
    """Why a row within one total cannot be true, or None; its factor is none of its persons."""
    (parent,) = row.parents
    if row.interval.low <= parent.count:
        return None
    total = direct[parent.index].statement.id
    return say("unused-beyond", interval=str(row.interval), count=str(parent.count), row=total)


def _entangled(row: Row, other: Row, direct: Sequence[Row], plain: set[str]) -> bool:
    """Whether the probability of two nested rows is not the product of theirs."""
    names = {row.statement.definition, other.statement.definition}
    if len(names) > 1 and not names <= plain:
        return False
    if row.shares_persons(other):
        return True
    common = {p.index for p in row.parents} & {p.index for p in other.parents}
    # A total is split into groups one after the other, where these are exact and of all its days.
    return any(not other.certain or direct[i].span != other.span for i in common)


def _nested(
    rows: Sequence[Row], direct: Sequence[Row], periods: Periods, plain: set[str]
) -> tuple[list[Row], list[Row], list[Unused]]:
    """Give nested rows their parents; those that are no binomial of their own are joint."""
    kept: list[Row] = []
    joint: list[Row] = []
    unused: list[Unused] = []
    for row in sorted(rows, key=lambda row: (row.width, row.statement.start, row.statement.id)):
        row = replace(row, parents=_parents(row, direct, periods, plain))
        rivals = [other for other in kept if _entangled(row, other, direct, plain)]
        if not rivals and row.statement.definition in plain:
            plain_rows = [other for other in kept if other.statement.definition in plain]
            parents = _split_off(row, row.parents, plain_rows, direct)
            plain_joint = [other for other in joint if other.statement.definition in plain]
            if settled := _settled(row, _less_joint(row, parents, plain_joint, direct), direct):
                unused.append(Unused(row.statement, settled))
                continue
            row = replace(row, parents=parents)
        if rivals or not _closed_form(row, row.parents):
            joint.append(row)
        elif reason := _beyond(row, direct):
            unused.append(Unused(row.statement, reason))
        else:
            kept.append(row)
    return kept, joint, unused


def _families(
    definitions: Sequence[str], scaled: Sequence[str], within: Mapping[str, str]
) -> dict[str, str]:
    """Whose persons each definition counts: '' where they are those of the groups."""
    found = {}
    for name in definitions:
        outermost = name
        while outermost in within:
            outermost = within[outermost]
        found[name] = outermost if outermost in scaled else ""
    return found


def _counted(
    statement: Statement, dataset: Dataset, groups: Sequence[str], families: Mapping[str, str]
) -> list[Counted]:
    """What a statement speaks of, its subject first."""
    assert statement.span is not None  # statements without one are never rows
    pairs = [(statement.definition, statement.span)]
    if isinstance(statement, Comparison):
        pairs += [(statement.against_definition, span) for span in statement.against_spans]
    return [
        Counted(name, families[name], groups_of(dataset.definitions[name], groups), span)
        for name, span in pairs
    ]


def _thing(statement: Statement) -> tuple[object, ...]:
    """What an origin speaks of, a count or one comparison: readings of the same are alternatives."""
    compared = (statement.kind, statement.against) if isinstance(statement, Comparison) else ()
    return statement.origin, statement.definition, statement.start, statement.end, compared


def _attached(rows: Sequence[Row]) -> tuple[list[Row], dict[str, list[Row]], list[Unused]]:
    """Rows without the variants, the variants of each by its id, and variants of no single row."""
    main = [row for row in rows if row.statement.status != "variant"]
    homes: dict[tuple[object, ...], list[str]] = {}
    for row in main:
        homes.setdefault(_thing(row.statement), []).append(row.statement.id)
    variants: dict[str, list[Row]] = {}
    unused = []
    for row in sorted(rows, key=lambda row: row.statement.id):
        if row.statement.status != "variant":
            continue
        match homes.get(_thing(row.statement), []):
            case [home]:
                variants.setdefault(home, []).append(row)
            case []:
                unused.append(Unused(row.statement, status_reason("variant")))
            case several:
                names = ", ".join(sorted(several))
                unused.append(Unused(row.statement, say("unused-homes", rows=names)))
    return main, variants, unused


def _joint_row(
    row: Row,
    variants: Sequence[Row],
    dataset: Dataset,
    groups: Sequence[str],
    families: Mapping[str, str],
) -> JointRow:
    """A row with its competing readings."""
    readings = {_meaning(row.statement, dataset): row.statement}
    for other in variants:
        readings.setdefault(_meaning(other.statement, dataset), other.statement)
    intervals = [row.interval, *(other.interval for other in variants)]
    ends = [interval.high for interval in intervals]
    high = None if None in ends else max(end for end in ends if end is not None)
    hull = Interval(min(interval.low for interval in intervals), high)
    subject, *against = _counted(row.statement, dataset, groups, families)
    return JointRow(
        row.statement,
        hull,
        row.groups,
        row.weights,
        (),
        tuple(readings.values()),
        subject,
        tuple(against),
    )


def _meaning(statement: Statement, dataset: Dataset) -> object:
    """What tells two readings apart."""
    return statement.interval(dataset.readings) or statement.says(dataset.readings)


def _meet(joint: JointRow, row: Row, family: str) -> bool:
    """Whether a joint row speaks of persons that another row counts."""
    return any(
        one.family == family
        and bool(set(one.groups) & set(row.groups))
        and one.span.overlaps(row.span)
        for one in joint.counted
    )


def select(
    dataset: Dataset,
    groups: Sequence[str],
    periods: Periods,
    definitions: Sequence[str],
    scaled: Sequence[str] = (),
    statuses: Sequence[str] = STATUSES,
    within: Mapping[str, str] | None = None,
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
        Those of them whose rate is not the groups' own.
    statuses : sequence of str
        Statuses to use. Variants are readings of rows that are used, and conflicting rows need a
        grade.
    within : mapping, optional
        Definitions that count a part of another's persons, and that other. Their rows are joint.

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
    within = within or {}
    families = _families(definitions, scaled, within)
    plain = set(definitions) - set(scaled)
    sorter = _Sorter(dataset, groups, periods, plain, families, set(within))
    return _sorted(sorter, rows, unused)


@dataclass(frozen=True)
class _Sorter:
    """What sorting rows needs to know."""

    dataset: Dataset
    groups: Sequence[str]
    periods: Periods
    plain: set[str]
    families: Mapping[str, str]
    contained: set[str]

    def family(self, row: Row) -> str:
        """Whose persons a row counts, see `Counted`."""
        return self.families[row.statement.definition]

    def joint(self, row: Row, variants: Sequence[Row] = ()) -> JointRow:
        """Make a joint row of a row."""
        return _joint_row(row, variants, self.dataset, self.groups, self.families)


def _sorted(sorter: _Sorter, rows: Sequence[Row], unused: list[Unused]) -> Selection:
    main, variants, homeless = _attached(rows)
    doubted = [
        row
        for row in main
        if row.statement.grade
        or row.statement.definition in sorter.contained
        or isinstance(row.statement, Comparison)
        or row.statement.id in variants
    ]
    plain = sorter.plain
    direct, within, shared, clashing = _direct([row for row in main if row not in doubted], plain)
    joint = [sorter.joint(row, variants.get(row.statement.id, ())) for row in doubted]
    repeated = [
        Unused(other.statement, say("unused-repeats", row=row.statement.id))
        for row in joint
        for other in variants.get(row.statement.id, ())
        if other.statement not in row.readings
    ]
    joint += [sorter.joint(row) for row in shared]
    direct, joint = _drawn_in(sorter, direct, joint)
    nested, entangled, settled = _nested(within, direct, sorter.periods, plain)
    joint += [sorter.joint(row) for row in entangled]
    while True:
        met = [
            row
            for row in nested
            if any(_meet(one, row, sorter.family(row)) for one in joint)
            or any(
                _entangled(other, row, direct, plain)
                for other in entangled
                if sorter.family(other) == sorter.family(row)
            )
        ]
        if not met:
            break
        joint += [sorter.joint(row) for row in met]
        entangled = [*entangled, *met]
        nested = [row for row in nested if row not in met]
    order = {statement.id: at for at, statement in enumerate(sorter.dataset.statements)}
    left = sorted(
        unused + homeless + repeated + clashing + settled, key=lambda item: order[item.statement.id]
    )
    nested.sort(key=lambda row: (row.statement.definition, row.statement.start))
    joint.sort(key=lambda row: row.statement.id)
    return Selection(tuple(direct), tuple(nested), tuple(joint), tuple(left))


def _drawn_in(
    sorter: _Sorter, direct: list[Row], joint: list[JointRow]
) -> tuple[list[Row], list[JointRow]]:
    """Move direct rows that share persons with joint ones to these, unless they are totals."""
    while True:
        met = [
            row
            for row in direct
            if (not row.certain or row.statement.definition not in sorter.plain)
            and any(_meet(one, row, sorter.family(row)) for one in joint)
        ]
        if not met:
            return direct, joint
        direct = [row for row in direct if row not in met]
        joint = [*joint, *(sorter.joint(row) for row in met)]
