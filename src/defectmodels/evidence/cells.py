"""What may stand in a cell of statements.csv.

Invariant: a cell that is not what its column holds is refused, and the error says how to write it.
Shown by ``tests/test_statements.py``.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from defectmodels.evidence.periods import Span, parse_span

PARTIAL_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
"""A year, a month or a day: 2024, 2024-02 or 2024-02-04."""


def _whole(value: object) -> object:
    text = str(value).strip()
    if value is None or text == "":
        return None
    if not re.fullmatch(r"\d+", text):
        raise ValueError(
            f"'{text}' is not a count; write a whole number of 0 or more, without signs or commas"
        )
    return int(text)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"'{text}' is not a day of the calendar; write it as 2019-12-31") from None


def _day(value: object) -> object:
    return value if value is None or isinstance(value, date) else _date(str(value))


def _partial(value: str) -> str:
    if value and not PARTIAL_DATE.fullmatch(value):
        raise ValueError(
            f"'{value}' is not a date; write 2024, 2024-02 or 2024-02-04, or leave it empty"
        )
    if value:
        parse_span(value)
    return value


def _against(value: str) -> str:
    name, colon, days = value.rpartition(":")
    first, slash, last = days.partition("/")
    named = bool(name) == bool(colon)
    if value and not (named and slash and _date(first) <= _date(last)):
        raise ValueError(
            f"'{value}' is not a span compared with; write it as 2018-01-01/2022-12-31, or as "
            "definition:2018-01-01/2022-12-31 for the counts of another definition"
        )
    return value


def split_against(value: str) -> tuple[str, Span | None]:
    """Take apart the definition and the span compared with; empty and None where not named."""
    name, _, days = value.rpartition(":")
    first, _, last = days.partition("/")
    return name.strip(), Span(_date(first), _date(last)) if days else None


Count = Annotated[int, BeforeValidator(_whole)]
Day = Annotated[date, BeforeValidator(_day)]
PartialDate = Annotated[str, AfterValidator(_partial)]
Against = Annotated[str, AfterValidator(_against)]
