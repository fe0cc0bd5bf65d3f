"""A dataset as of a date: only what had been published by the end of that day.

Invariant: an earlier state has no fault that `defectmodels.evidence.validation` calls an error, and
that of today has the statements and statuses of the file. Shown by ``tests/test_as_of.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from defectmodels import catalog
from defectmodels.errors import EvidenceError, SpanError
from defectmodels.evidence.cells import PARTIAL_DATE
from defectmodels.evidence.dataset import Dataset, Problem, read_folder
from defectmodels.evidence.periods import parse_span
from defectmodels.evidence.statements import Statement
from defectmodels.evidence.validation import judge
from defectmodels.evidence.vintages import as_known, known_on


def read_day(as_of: str | date, statements: Sequence[Statement]) -> date:
    """Read the date of the evidence: its last day when it is a year or a month.

    Raises
    ------
    EvidenceError
        When it is no date, lies in the future, or nothing had been published by then.
    """
    as_of = as_of.date() if isinstance(as_of, datetime) else as_of
    text, today = str(as_of).strip(), date.today()
    first = min((known_on(row) for row in statements), default=today)
    allowed = f"allowed: {first} to {today}"
    try:
        if not PARTIAL_DATE.fullmatch(text):
            raise SpanError("no date")
        day = parse_span(text).end
    except SpanError:
        raise EvidenceError(
            f"as_of '{text}' is not a date; write it as 2024, 2024-02 or 2024-02-01; {allowed}"
        ) from None
    if day > today:
        raise EvidenceError(f"as_of '{text}' ends on {day}, which is in the future; {allowed}")
    if day < first:
        raise EvidenceError(f"as_of '{text}': nothing was published by {day}; {allowed}")
    return day


def validate_as_of(name: str | Path, as_of: str | date) -> list[Problem]:
    """Find the faults of a dataset's folder as it stood at the end of a day.

    Returns
    -------
    list of Problem
        As of `validate`; faults of the folder itself when it has errors, since no earlier state
        can be made of it then.

    Raises
    ------
    UnknownNameError
        When there is no such dataset.
    EvidenceError
        When the date is not allowed.
    """
    header, rows, _, faults = read_folder(catalog.find(name, "dataset"))
    problems = judge(header, rows, faults)
    if any(problem.severity == "error" for problem in problems):
        return problems
    statements = [row for _, row in rows]
    lines = {row.id: line for line, row in rows}
    known = as_known(statements, read_day(as_of, statements))
    return judge(header, [(lines.get(row.id, 0), row) for row in known])


def known_by(dataset: Dataset, as_of: str | date) -> Dataset:
    """Give back the dataset as it stood at the end of a day; series stay today's.

    Raises
    ------
    EvidenceError
        When the date is not allowed, or the rows known by then contradict each other.
    """
    day = read_day(as_of, dataset.statements)
    known = as_known(dataset.statements, day)
    problems = judge(dataset.header, [(0, row) for row in known])
    if errors := [problem for problem in problems if problem.severity == "error"]:
        lines = "\n".join(f"{dataset.folder}/{problem}" for problem in errors)
        raise EvidenceError(
            f"{lines}\n{dataset.folder}: {len(errors)} fault(s) as of {day}; correct status, vintage "
            "or published of the rows named above, or choose another date"
        )
    return replace(dataset, statements=known, as_of=day.isoformat())
