"""One published statement, and which whole numbers it allows.

Invariant: a statement that can be counted on its own is an interval of whole numbers, and a reading
is exactly what the dataset's written table says. A new kind is one class, named in the union at the
foot. Shown by ``tests/test_statements.py``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field

from defectmodels.evidence.files import FileModel
from defectmodels.evidence.periods import Span, parse_span

StatusWord = Literal[
    "current",
    "superseded",
    "conflicting",
    "misprint",
    "copy",
    "variant",
    "whole",
    "detail",
    "unverified",
    "context",
]


class Interval(NamedTuple):
    """Whole numbers from `low` to `high`, both included; `high` None has no upper end."""

    low: int
    high: int | None

    def __str__(self) -> str:
        """Write the interval as a reader would."""
        if self.high is None:
            return f"at least {self.low}"
        return str(self.low) if self.low == self.high else f"{self.low} to {self.high}"


class Reading(FileModel):
    """How a rounded number N is read.

    As the interval [ceil(low_times N + low_plus), floor(high_times N + high_plus)].
    """

    name: str
    words: tuple[str, ...] = ()
    low_times: float
    low_plus: float
    high_times: float
    high_plus: float
    reason: str = ""

    @property
    def scales(self) -> bool:
        """Whether the words round a number said, as 'about' does and 'several' does not."""
        return self.low_times != 0 or self.high_times != 0

    def interval(self, stated: int) -> Interval:
        """Whole numbers that the words allow when `stated` is the number said."""
        # The guard keeps 1.1 * 50 = 55.00000000000001 from becoming 56, and 1.15 * 100 from 114.
        low = math.ceil(self.low_times * stated + self.low_plus - 1e-9)
        high = math.floor(self.high_times * stated + self.high_plus + 1e-9)
        return Interval(max(low, 0), high)


def _whole(value: object) -> object:
    text = str(value).strip()
    if value is None or text == "":
        return None
    if not re.fullmatch(r"\d+", text):
        raise ValueError(
            f"'{text}' is not a count; write a whole number of 0 or more, without signs or commas"
        )
    return int(text)


def _day(value: object) -> object:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise ValueError(
            f"'{value}' is not a day of the calendar; write it as 2019-12-31"
        ) from None


def _partial(value: str) -> str:
    if value and not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", value):
        raise ValueError(
            f"'{value}' is not a date; write 2024, 2024-02 or 2024-02-04, or leave it empty"
        )
    if value:
        parse_span(value)
    return value


def _span(value: str) -> str:
    first, slash, last = value.partition("/")
    if value and not (slash and _day(first) <= _day(last)):  # type: ignore[operator]
        raise ValueError(
            f"'{value}' is not a span compared with; write it as 2018-01-01/2022-12-31"
        )
    return value


Count = Annotated[int, BeforeValidator(_whole)]
Day = Annotated[date, BeforeValidator(_day)]
PartialDate = Annotated[str, AfterValidator(_partial)]


class Statement(FileModel):
    """What every row of statements.csv says, whatever its kind."""

    id: str
    definition: str
    start: Day | None = None
    end: Day
    words: str = ""
    origin: str = ""
    status: StatusWord
    basis: Literal["published", "derived"] = "published"
    vintage: PartialDate = ""
    published: PartialDate = ""
    publisher: str = ""
    source: str = ""
    note: str = ""

    @property
    def span(self) -> Span | None:
        """Days that the statement speaks of; None when its beginning is unknown."""
        return None if self.start is None else Span(self.start, self.end)

    def interval(self, readings: Mapping[str, Reading]) -> Interval | None:
        """Whole numbers that the statement allows, or None when it is not an interval."""
        return None


class Exact(Statement):
    """A number."""

    kind: Literal["exact"]
    low: Count
    high: Count

    def interval(self, readings: Mapping[str, Reading]) -> Interval | None:
        """Only the number itself."""
        return Interval(self.low, self.high)


class RoundedNumber(Statement):
    """A number said with a word that rounds it: about, -odd, several, approaching."""

    kind: Literal["reading"]
    reading: str
    low: Count | None = None
    high: Count | None = None

    def interval(self, readings: Mapping[str, Reading]) -> Interval | None:
        """Whole numbers that the dataset's table of readings allows."""
        return readings[self.reading].interval(self.low or 0)


class Range(Statement):
    """From one number to another."""

    kind: Literal["range"]
    low: Count
    high: Count

    def interval(self, readings: Mapping[str, Reading]) -> Interval | None:
        """Between the two, both included."""
        return Interval(self.low, self.high)


class AtLeast(Statement):
    """A number or more."""

    kind: Literal["at_least"]
    low: Count

    def interval(self, readings: Mapping[str, Reading]) -> Interval | None:
        """From the number on."""
        return Interval(self.low, None)


class AtMost(Statement):
    """A number or fewer."""

    kind: Literal["at_most"]
    high: Count

    def interval(self, readings: Mapping[str, Reading]) -> Interval | None:
        """Up to the number."""
        return Interval(0, self.high)


class Comparison(Statement):
    """A rank, an equality, a ratio or an order: it ties counts of several spans together."""

    kind: Literal["rank", "equality", "ratio", "order"]
    low: float | None = None
    high: float | None = None
    against: Annotated[str, AfterValidator(_span)] = ""


class Uncounted(Statement):
    """Words that say nothing countable."""

    kind: Literal["none"]
    low: float | None = None
    high: float | None = None


AnyStatement = Annotated[
    Exact | RoundedNumber | Range | AtLeast | AtMost | Comparison | Uncounted,
    Field(discriminator="kind"),
]
COLUMNS = (
    "id",
    "definition",
    "start",
    "end",
    "kind",
    "low",
    "high",
    "reading",
    "against",
    "words",
    "origin",
    "status",
    "basis",
    "vintage",
    "published",
    "publisher",
    "source",
    "note",
)
"""Columns of statements.csv, in order."""
