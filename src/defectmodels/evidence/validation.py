"""Faults that show only when the rows of a dataset are held side by side.

Invariant: every fault of a folder is reported in one run, each with its row; a dataset without
errors can be counted. Shown by ``tests/test_validation.py`` on broken folders, one fault each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from defectmodels import catalog
from defectmodels.errors import EvidenceError, known
from defectmodels.evidence.dataset import Definition, Header, Problem, read_folder
from defectmodels.evidence.periods import Periods
from defectmodels.evidence.series import Series
from defectmodels.evidence.statements import Exact, Interval, RoundedNumber, Statement

Rows = Sequence[tuple[int, Statement]]
FILE = "statements.csv"


def _names(header: Header, rows: Rows) -> list[Problem]:
    groups = {group.name for group in header.group}
    definitions = {definition.name for definition in header.definition}
    readings = {reading.name for reading in header.reading}
    found = []
    for definition in header.definition:
        if definition.countable and not definition.groups:
            found.append(
                Problem("dataset.toml", None, f"definition '{definition.name}' counts no groups; "
                        'give groups = [...], or countable = false')
            )
        for name in definition.groups:
            if name not in groups and name != "*":
                found.append(
                    Problem("dataset.toml", None, f"definition '{definition.name}': unknown group '{name}'. "
                            f"{known(name, groups)}")
                )
    for line, row in rows:
        if row.definition not in definitions:
            found.append(Problem(FILE, line, f"unknown definition '{row.definition}'. {known(row.definition, definitions)}"))
        if isinstance(row, RoundedNumber) and row.reading not in readings:
            found.append(Problem(FILE, line, f"unknown reading '{row.reading}'. {known(row.reading, readings)}"))
    return found


def _dates(header: Header, rows: Rows) -> list[Problem]:
    found = []
    for line, row in rows:
        if row.start is not None and row.end < row.start:
            found.append(Problem(FILE, line, f"ends on {row.end}, before it starts on {row.start}; give the days in order"))
        if row.status == "current" and row.published and row.start and row.published[:4] < str(row.start.year):
            found.append(
                Problem(FILE, line, f"was published in {row.published}, before the span {row.start}..{row.end} it "
                        "counts; correct one of the dates")
            )
        if row.end > date.today() and row.status == "current":
            found.append(Problem(FILE, line, f"ends on {row.end}, which is in the future; correct the date"))
    return found


def _duplicates(header: Header, rows: Rows) -> list[Problem]:
    found = []
    seen: dict[str, int] = {}
    said: dict[tuple[object, ...], int] = {}
    for line, row in rows:
        if row.id in seen:
            found.append(Problem(FILE, line, f"id '{row.id}' stands already in row {seen[row.id]}; give each row its own"))
        seen.setdefault(row.id, line)
        content = tuple(value for key, value in row.model_dump().items() if key not in ("id", "note"))
        if content in said:
            found.append(Problem(FILE, line, f"says the same as row {said[content]}; keep one of the two"))
        said.setdefault(content, line)
    return found


def _bounds(header: Header, rows: Rows) -> list[Problem]:
    found = []
    for line, row in rows:
        low, high = getattr(row, "low", None), getattr(row, "high", None)
        if isinstance(row, Exact) and low != high:
            found.append(Problem(FILE, line, f"is exact but says {low} to {high}; make low and high the same, or kind range"))
        elif low is not None and high is not None and low > high:
            found.append(Problem(FILE, line, f"low {low} exceeds high {high}; give them in order"))
    return found


def _certain(rows: Rows, definitions: dict[str, Definition]) -> list[tuple[int, Exact]]:
    return [
        (line, row)
        for line, row in rows
        if isinstance(row, Exact)
        and row.status == "current"
        and row.definition in definitions
        and definitions[row.definition].countable
        and (row.start is None or row.start <= row.end)
    ]


def _overlap(a: Statement, b: Statement) -> bool:
    first, second = a.start or date.min, b.start or date.min
    return first <= b.end and second <= a.end


def _overlaps(header: Header, rows: Rows) -> list[Problem]:
    definitions = {definition.name: definition for definition in header.definition}
    exact = _certain(rows, definitions)
    found = []
    for index, (line, row) in enumerate(exact):
        for other_line, other in exact[:index]:
            if row.definition == other.definition and _overlap(row, other):
                found.append(
                    Problem(FILE, line, f"'{row.id}' and '{other.id}' (row {other_line}) both count '{row.definition}' on days "
                            "they share; current exact rows must not overlap: mark one superseded, whole or detail")
                )
    return found


def _contains(whole: Statement, part: Statement) -> bool:
    return (whole.start or date.min) <= (part.start or date.min) and part.end <= whole.end


def _within(part: Definition, whole: Definition) -> bool:
    """Whether every person that `part` counts is one that `whole` counts."""
    if part.name == whole.name:
        return True
    return whole.everyone or (not part.everyone and set(part.groups) < set(whole.groups))


def _parts(header: Header, rows: Rows) -> list[Problem]:
    definitions = {definition.name: definition for definition in header.definition}
    readings = {reading.name: reading for reading in header.reading}
    wholes = [
        (line, row)
        for line, row in rows
        if isinstance(row, Exact)
        and row.status in ("current", "whole")
        and row.definition in definitions
        and definitions[row.definition].countable
    ]
    found = []
    for line, whole in wholes:
        outer = definitions[whole.definition]
        by_definition: Counter[str] = Counter()
        for part_line, part in rows:
            inner = definitions.get(part.definition)
            if part.id == whole.id or part.status != "current" or inner is None or not inner.countable:
                continue
            interval = _safe_interval(part, readings)
            if interval is None or not _contains(whole, part) or not _within(inner, outer):
                continue
            if interval.low > whole.high:
                found.append(
                    Problem(FILE, part_line, f"'{part.id}' says {interval}, more than the {whole.high} of '{whole.id}' "
                            f"(row {line}) that contains it; a part cannot exceed its whole")
                )
            elif isinstance(part, Exact):
                by_definition[part.definition] += part.low
        for name, total in by_definition.items():
            if total > whole.high:
                found.append(
                    Problem(FILE, line, f"the exact parts of '{whole.id}' counted as '{name}' add to {total}, more than its "
                            f"{whole.high}; a part cannot exceed its whole")
                )
    return found


def _safe_interval(row: Statement, readings: dict) -> Interval | None:
    if isinstance(row, RoundedNumber) and row.reading not in readings:
        return None
    return row.interval(readings)


def _provenance(header: Header, rows: Rows) -> list[Problem]:
    return [
        Problem(FILE, line, f"current row '{row.id}' names no {what}; say who published it, where and when", "warning")
        for line, row in rows
        if row.status == "current"
        for what in ("source", "publisher", "published")
        if not getattr(row, what)
    ]


JUDGES: tuple[Callable[[Header, Rows], list[Problem]], ...] = (
    _names,
    _dates,
    _duplicates,
    _bounds,
    _overlaps,
    _parts,
    _provenance,
)
"""Every check of rows against each other; to add one, write a function and name it here."""


def judge(header: Header, rows: Rows) -> list[Problem]:
    """Run every check on rows that could be read."""
    return sorted(
        (problem for check in JUDGES for problem in check(header, rows)),
        key=lambda problem: (problem.file, problem.row or 0),
    )


def series_gaps(series: dict[str, Series], periods: Periods, names: Sequence[str]) -> list[Problem]:
    """Series that a model needs and that have no level somewhere in its periods."""
    found = []
    for name in names:
        if name not in series:
            found.append(Problem(f"series/{name}.toml", None, f"unknown series '{name}'. {known(name, series)}"))
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
    return faults + (judge(header, rows) if header is not None else [])
