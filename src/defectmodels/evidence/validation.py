"""Faults that show only when the rows of a dataset are held side by side.

Invariant: every fault of a folder is reported in one run, each with its row; a dataset without
errors can be counted. Shown by ``tests/test_validation.py`` on broken folders, one fault each.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from defectmodels import catalog
from defectmodels.errors import EvidenceError, known
from defectmodels.evidence.dataset import Definition, Header, Problem, read_folder
from defectmodels.evidence.intervals import NOTHING, Interval, Reading
from defectmodels.evidence.periods import Periods, parse_span
from defectmodels.evidence.series import Series
from defectmodels.evidence.statements import (
    Comparison,
    Equality,
    Exact,
    Rank,
    Ratio,
    RoundedNumber,
    Statement,
)

Rows = Sequence[tuple[int, Statement]]
Found = Iterator[Problem]
FILE = "statements.csv"
_FITTED = ("current", "variant", "conflicting")
"""Statuses of rows that say something of their own; comparisons of others need only be well written."""


def _row(line: int, text: str, severity: str = "error") -> Problem:
    return Problem(FILE, line, text, severity)


def _readings(header: Header) -> dict[str, Reading]:
    return {reading.name: reading for reading in header.reading}


def _definitions(header: Header) -> dict[str, Definition]:
    return {definition.name: definition for definition in header.definition}


def _countable(header: Header) -> dict[str, Definition]:
    return {name: each for name, each in _definitions(header).items() if each.countable}


def _declared(header: Header, rows: Rows) -> Found:
    """Names in dataset.toml that stand twice or are unknown."""
    for kind in ("group", "definition", "reading"):
        counted = Counter(each.name for each in getattr(header, kind))
        for name in (name for name, count in counted.items() if count > 1):
            text = f"{kind} '{name}' stands twice; keep one or give it another name"
            yield Problem("dataset.toml", None, text)
    groups = {group.name for group in header.group}
    for definition in header.definition:
        place = f"definition '{definition.name}'"
        if definition.countable and not definition.groups:
            text = f"{place} counts no groups; give groups = [...], or countable = false"
            yield Problem("dataset.toml", None, text)
        for name in sorted(set(definition.groups) - groups - {"*"}):
            text = f"{place}: unknown group '{name}'. {known(name, groups)}"
            yield Problem("dataset.toml", None, text)


def _used(header: Header, rows: Rows) -> Found:
    """Names in rows that dataset.toml does not declare."""
    definitions, readings = _definitions(header), _readings(header)
    for line, row in rows:
        if (name := row.definition) not in definitions:
            yield _row(line, f"unknown definition '{name}'. {known(name, definitions)}")
        other = row.against_definition if isinstance(row, Comparison) else name
        if other != name and other not in definitions:
            text = f"compares with the unknown definition '{other}'"
            yield _row(line, f"{text}. {known(other, definitions)}")
        # An equality without a reading is exact.
        reading = row.reading if isinstance(row, RoundedNumber | Equality) else ""
        if reading and reading not in readings:
            yield _row(line, f"unknown reading '{reading}'. {known(reading, readings)}")


def _dates(header: Header, rows: Rows) -> Found:
    for line, row in rows:
        start = row.start or row.end
        if row.end < start:
            yield _row(
                line, f"ends on {row.end}, before it starts on {start}; give the days in order"
            )
        if row.status != "current":
            continue
        if row.published and parse_span(row.published).end < start:
            yield _row(
                line,
                f"was published in {row.published}, before the span {start}..{row.end} it counts; "
                "correct one of the dates",
            )
        if row.end > date.today():
            yield _row(line, f"ends on {row.end}, which is in the future; correct the date")


def _duplicates(header: Header, rows: Rows) -> Found:
    ids: dict[str, int] = {}
    said: dict[tuple[object, ...], int] = {}
    for line, row in rows:
        if row.id in ids:
            yield _row(
                line, f"id '{row.id}' stands already in row {ids[row.id]}; give each row its own"
            )
        ids.setdefault(row.id, line)
        content = tuple(v for key, v in row.model_dump().items() if key not in ("id", "note"))
        if content in said:
            yield _row(line, f"says the same as row {said[content]}; keep one of the two")
        said.setdefault(content, line)


def _bounds(header: Header, rows: Rows) -> Found:
    readings = _readings(header)
    for line, row in rows:
        low, high = getattr(row, "low", None), getattr(row, "high", None)
        interval = _interval(row, readings)
        if isinstance(row, Exact | RoundedNumber) and low != high:
            text = "make low and high the same, or kind range"
            yield _row(line, f"is {row.kind} but says {low} to {high}; {text}")
        elif low is not None and high is not None and low > high:
            yield _row(line, f"low {low} exceeds high {high}; give them in order")
        elif isinstance(row, RoundedNumber) and interval is not None:
            if low is None and readings[row.reading].scales:
                text = "write the number said in low and high"
                yield _row(line, f"reading '{row.reading}' needs a number; {text}")
            elif interval.high is not None and interval.low > interval.high:
                yield _row(
                    line,
                    f"reading '{row.reading}' of {low} allows no whole number; "
                    "use another reading, or kind range",
                )


def _overlap(a: Statement, b: Statement) -> bool:
    return (a.start or date.min) <= b.end and (b.start or date.min) <= a.end


def _overlaps(header: Header, rows: Rows) -> Found:
    countable = _countable(header)
    exact = [
        (line, row)
        for line, row in rows
        if isinstance(row, Exact) and row.status == "current" and row.definition in countable
        # A row that runs backwards is reported by _dates.
        if (row.start or row.end) <= row.end
    ]
    for (other_line, other), (line, row) in itertools.combinations(exact, 2):
        if row.definition == other.definition and _overlap(row, other):
            yield _row(
                line,
                f"'{row.id}' and '{other.id}' (row {other_line}) both count '{row.definition}' on "
                "days they share; current exact rows must not overlap: mark one superseded, whole "
                "or detail",
            )


def _held(rows: Rows) -> Iterator[tuple[int, Comparison]]:
    """Comparisons that may enter a fit."""
    for line, row in rows:
        if isinstance(row, Comparison) and row.status in _FITTED:
            yield line, row


def _shares_days(row: Comparison) -> bool:
    """Whether a comparison has counts of its own days and definition on both sides."""
    own = row.against_definition == row.definition
    first = row.start or date.min
    return own and any(first <= s.end and s.start <= row.end for s in row.against_spans)


def _compared(header: Header, rows: Rows) -> Found:
    """Comparisons with nothing, with the future or with themselves."""
    for line, row in _held(rows):
        place = f"{row.kind} against '{row.against}'"
        if not row.against:
            text = f"{row.kind} without the span compared with; write it in column 'against' as "
            yield _row(line, f"{text}2018-01-01/2022-12-31, or make it kind none")
        elif not row.against_spans:
            text = "no whole calendar year lies in that span outside the days of the row itself"
            yield _row(
                line,
                f"{place} compares with nothing: {text}; name a longer span, or use kind order",
            )
        elif row.against_spans[-1].end > date.today():
            yield _row(line, f"{place} compares with days in the future; correct the span")
        elif _shares_days(row):
            text = f"{place} shares days with the row itself, which ends on {row.end}"
            yield _row(line, f"{text}; compare it with other days or with another definition")


def _closeness(header: Header, rows: Rows) -> Found:
    """Ratios and equalities that do not say how close the two counts are."""
    unscaled = {name for name, each in _readings(header).items() if not each.scales}
    for line, row in _held(rows):
        if isinstance(row, Equality) and row.reading in unscaled:
            text = "leave it empty, or name one that rounds a number"
            yield _row(line, f"reading '{row.reading}' says nothing of how near it is; {text}")
        if not isinstance(row, Ratio):
            continue
        if row.low is None and row.high is None:
            text = "write the lower bound in low, the higher in high, or one number in both"
            yield _row(line, f"ratio without a bound; {text}")
        elif (row.low or 0) < 0 or (row.high is not None and row.high <= 0):
            text = "low has to be 0 or more and high more than 0; correct them"
            yield _row(line, f"ratio of {row.low} to {row.high}; {text}")


def _zeros(header: Header, rows: Rows) -> Found:
    """Comparisons with a count that is published as nobody."""
    nobody = {
        (row.definition, row.start, row.end): (line, row.id)
        for line, row in rows
        if isinstance(row, Exact) and row.status == "current" and row.low == row.high == 0
    }
    for line, row in _held(rows):
        for span in row.against_spans:
            found = nobody.get((row.against_definition, span.start, span.end))
            if found is None:
                continue
            said = f"'{found[1]}' (row {found[0]}) counts nobody in {span}"
            if isinstance(row, Ratio):
                text = "compare with another span, or use kind order"
                yield _row(line, f"is a ratio with denominator 0: {said}; {text}")
            elif not isinstance(row, Equality) and row.allowed(0, {}) == NOTHING:
                text = "correct one of the rows"
                yield _row(line, f"says that fewer came than nobody: {said}; {text}")
            elif isinstance(row, Rank):
                # True of any count, or of any but 0: no fault, but hardly what was meant.
                text = "check both rows, or leave that year out of the span"
                yield _row(line, f"is a rank against 0: {said}; {text}", "warning")


def _contains(whole: Statement, part: Statement) -> bool:
    return (whole.start or date.min) <= (part.start or date.min) and part.end <= whole.end


def _within(part: Definition, whole: Definition) -> bool:
    """Whether every person that `part` counts is one that `whole` counts."""
    if part.name == whole.name:
        return True
    return whole.everyone or (not part.everyone and set(part.groups) < set(whole.groups))


def _parts_of(
    whole: Exact,
    countable: Mapping[str, Definition],
    counted: Sequence[tuple[int, Statement, Interval]],
) -> Iterator[tuple[int, Statement, Interval]]:
    """Find the rows that count persons of `whole` only, among those of `_counted`."""
    outer = countable[whole.definition]
    for line, row, interval in counted:
        inner = countable[row.definition]
        if row.id != whole.id and _contains(whole, row) and _within(inner, outer):
            yield line, row, interval


def _counted(header: Header, rows: Rows) -> list[tuple[int, Statement, Interval]]:
    """Current rows that count persons, with their intervals."""
    countable, readings = _countable(header), _readings(header)
    found = [
        (line, row, _interval(row, readings))
        for line, row in rows
        if row.status == "current" and row.definition in countable
    ]
    return [(line, row, interval) for line, row, interval in found if interval is not None]


def _parts(header: Header, rows: Rows) -> Found:
    countable, counted = _countable(header), _counted(header, rows)
    rule = "a part cannot exceed its whole: correct one of the rows"
    for line, whole in rows:
        if not isinstance(whole, Exact) or whole.status not in ("current", "whole"):
            continue
        if whole.definition not in countable:
            continue
        sums: Counter[str] = Counter()
        for part_line, part, interval in _parts_of(whole, countable, counted):
            if interval.low > whole.high:
                yield _row(
                    part_line,
                    f"'{part.id}' says {interval}, more than the {whole.high} of '{whole.id}' "
                    f"(row {line}) that contains it; {rule}",
                )
            elif isinstance(part, Exact):
                sums[part.definition] += part.low
        for name, total in sums.items():
            if total > whole.high:
                yield _row(
                    line,
                    f"the exact parts of '{whole.id}' counted as '{name}' add to {total}, "
                    f"more than its {whole.high}; {rule}",
                )


def _interval(row: Statement, readings: dict[str, Reading]) -> Interval | None:
    if isinstance(row, RoundedNumber) and row.reading not in readings:
        return None
    return row.interval(readings)


def _provenance(header: Header, rows: Rows) -> Found:
    for line, row in rows:
        if row.status != "current":
            continue
        missing = [column for column in ("source", "publisher") if not getattr(row, column)]
        missing += [] if row.published or row.vintage else ["published (nor vintage)"]
        if missing:
            text = f"current row '{row.id}' names no {', no '.join(missing)}"
            yield _row(line, f"{text}; say who published it, where and when", "warning")


JUDGES: tuple[Callable[[Header, Rows], Found], ...] = (
    _declared,
    _used,
    _dates,
    _duplicates,
    _bounds,
    _overlaps,
    _compared,
    _closeness,
    _zeros,
    _parts,
    _provenance,
)
"""Every check of rows against each other; to add one, write a function and name it here."""


def judge(header: Header | None, rows: Rows, faults: Sequence[Problem] = ()) -> list[Problem]:
    """Run every check on rows that could be read.

    Returns
    -------
    list of Problem
        What is found and `faults`, those of the reading, by file and row. Without a header there
        is nothing to hold the rows against.
    """
    found = list(faults)
    if header is not None:
        found += [problem for check in JUDGES for problem in check(header, rows)]
    return sorted(found, key=lambda problem: (problem.file, problem.row or 0))


def series_gaps(series: dict[str, Series], periods: Periods, names: Sequence[str]) -> list[Problem]:
    """Series that a model needs and that have no level somewhere in its periods."""
    found = []
    for name in names:
        if name not in series:
            text = f"unknown series '{name}'. {known(name, series)}"
            found.append(Problem(f"series/{name}.toml", None, text))
            continue
        try:
            series[name].standardised(periods)
        except EvidenceError as error:
            found.append(Problem(f"series/{name}.toml", None, str(error)))
    return found


def validate(name: str | Path) -> list[Problem]:
    """Find every fault of a dataset's folder in one run.

    Parameters
    ----------
    name : str or Path
        A shipped name or a folder.

    Returns
    -------
    list of Problem
        Errors and warnings, by file and row; empty when the folder is sound.

    Raises
    ------
    UnknownNameError
        When there is no such dataset.
    """
    header, rows, _, faults = read_folder(catalog.find(name, "dataset"))
    return judge(header, rows, faults)
