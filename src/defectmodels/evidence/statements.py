"""One published statement, and which whole numbers it allows.

Invariant: a statement that can be counted on its own is an interval of whole numbers, and one that
compares is an interval for each count it is compared with. A new kind is one class, named in the
union at the foot. Shown by ``tests/test_statements.py``.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from defectmodels.evidence.cells import Against, Count, Day, PartialDate, split_against
from defectmodels.evidence.files import FileModel
from defectmodels.evidence.intervals import NOTHING, Interval, Reading, between
from defectmodels.evidence.periods import Span
from defectmodels.wording import named, say

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
Doubted = Literal["high", "medium", "low"]
Grade = Literal["", Doubted]
"""How far a row is trusted (data/README.md says how grades were given); '' is taken at its word."""


class Statement(FileModel):
    """What every row of statements.csv says, whatever its kind."""

    id: str
    definition: str
    start: Day | None = None
    end: Day
    words: str = ""
    origin: str = ""
    status: StatusWord
    grade: Grade = ""
    basis: Literal["published", "derived"] = "published"
    vintage: PartialDate = ""
    published: PartialDate = ""
    publisher: str = ""
    source: str = ""
    note: str = ""

    @cached_property
    def span(self) -> Span | None:
        """Days that the statement speaks of; None when its beginning is unknown."""
        return None if self.start is None else Span(self.start, self.end)

    def interval(self, readings: Mapping[str, Reading]) -> Interval | None:
        """Whole numbers that the statement allows, or None when it is not an interval."""
        return None

    def says(self, readings: Mapping[str, Reading]) -> str:
        """What the statement says of the count, in plain words."""
        interval = self.interval(readings)
        return say("evidence-uncountable") if interval is None else str(interval)


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

    def says(self, readings: Mapping[str, Reading]) -> str:
        """At most the number."""
        return say("evidence-at-most", high=str(self.high))


class Comparison(Statement):
    """What is said of a count N by comparing it with the counts of other spans."""

    kind: Literal["rank", "order", "equality", "ratio"]
    against: Against = ""

    @property
    def against_definition(self) -> str:
        """Definition of the counts compared with; its own when `against` names none."""
        return split_against(self.against)[0] or self.definition

    @property
    def against_spans(self) -> tuple[Span, ...]:
        """Spans of the counts compared with; none when the source names no span."""
        span = split_against(self.against)[1]
        return () if span is None else (span,)

    @abstractmethod
    def allowed(self, other: int, readings: Mapping[str, Reading]) -> Interval:
        """Whole numbers that N may be when a count compared with is `other`.

        With several counts compared with, N has to be allowed by each.
        """

    def allowed_by(self, place: int, other: int, readings: Mapping[str, Reading]) -> Interval:
        """Whole numbers that N may be when the count of `against_spans` at this place is `other`."""
        return self.allowed(other, readings)

    def _place(self) -> str:
        """Name what is compared with."""
        spans = [str(span) for span in self.against_spans]
        if not spans:
            return say("evidence-place-unnamed")
        several = "yes" if len(spans) > 1 else "no"
        place = say("evidence-place", spans=", ".join(spans), several=several)
        if self.against_definition == self.definition:
            return place
        definition = named(self.against_definition)
        return say("evidence-place-counted", place=place, definition=definition)


def _side(word: str, other: int) -> Interval:
    """Whole numbers on the side of `other` that the word names."""
    ends: dict[str, tuple[int, int | None]] = {
        "most": (other, None),
        "fewest": (0, other),
        "more": (other + 1, None),
        "fewer": (0, other - 1),
    }
    return between(*ends[word])


class Rank(Comparison):
    """The most or the fewest: N against every calendar year that lies wholly in `against`."""

    kind: Literal["rank"]
    reading: Literal["", "most", "fewest", "more", "fewer"] = ""

    @property
    def against_spans(self) -> tuple[Span, ...]:
        """Whole calendar years in `against`, without those that share days with the row itself."""
        first, last = self.start or date.min, self.end
        own = self.against_definition == self.definition
        spans = super().against_spans
        years = [
            Span(date(year, 1, 1), date(year, 12, 31))
            for span in spans
            for year in range(span.start.year, span.end.year + 1)
        ]
        return tuple(
            year
            for year in years
            if spans[0].contains(year) and not (own and first <= year.end and year.start <= last)
        )

    def allowed(self, other: int, readings: Mapping[str, Reading]) -> Interval:
        """No fewer than `other`, or what the reading says; it has to hold for every year."""
        return _side(self.reading or "most", other)

    def says(self, readings: Mapping[str, Reading]) -> str:
        """On which side of every year the count lies."""
        return say("evidence-side", side=self.reading or "most", place=self._place())


class Order(Comparison):
    """More or fewer: N against the count of `against` as a whole."""

    kind: Literal["order"]
    reading: Literal["", "more", "fewer"] = ""

    def allowed(self, other: int, readings: Mapping[str, Reading]) -> Interval:
        """More than `other`, or fewer."""
        return _side(self.reading or "more", other)

    def says(self, readings: Mapping[str, Reading]) -> str:
        """On which side of the other count it lies."""
        return say("evidence-side", side=self.reading or "more", place=self._place())


class Equality(Comparison):
    """As many: N is the count of `against`, or lies in a reading's interval of it."""

    kind: Literal["equality"]
    reading: str = ""

    def allowed(self, other: int, readings: Mapping[str, Reading]) -> Interval:
        """`other` itself, or what the reading makes of it."""
        return readings[self.reading].interval(other) if self.reading else Interval(other, other)

    def says(self, readings: Mapping[str, Reading]) -> str:
        """With which count it agrees, and how closely."""
        if not self.reading:
            return say("evidence-as-many", place=self._place())
        return say("evidence-as-many-read", place=self._place(), reading=named(self.reading))


def _digits(value: Decimal) -> str:
    """Write a number without trailing zeros and without an exponent."""
    return f"{value.normalize():f}"


class Ratio(Comparison):
    """So many times as many: N over the count of `against` lies between `low` and `high`."""

    kind: Literal["ratio"]
    low: float | None = None
    high: float | None = None

    @property
    def bounds(self) -> tuple[Decimal, Decimal | None]:
        """Bounds of the ratio; one number said twice is rounded to the digits written."""
        low = Decimal(repr(self.low or 0.0))
        high = None if self.high is None else Decimal(repr(self.high))
        if low != high:
            return low, high
        # A float does not keep trailing zeros: 3 and 3.0 are both read as rounded to a whole.
        places = min(int(low.normalize().as_tuple().exponent), 0)
        half = Decimal(5).scaleb(places - 1)
        return low - half, low + half

    def allowed(self, other: int, readings: Mapping[str, Reading]) -> Interval:
        """So many times `other`; of nobody there is no ratio."""
        low, high = self.bounds
        if other == 0:
            return NOTHING
        return between(float(low * other), None if high is None else float(high * other))

    def says(self, readings: Mapping[str, Reading]) -> str:
        """How many times the other count it is."""
        low, high = self.bounds
        place = self._place()
        if high is None:
            return say("evidence-times-least", low=_digits(low), place=place)
        if self.low is None:
            return say("evidence-times-most", high=_digits(high), place=place)
        return say("evidence-times", low=_digits(low), high=_digits(high), place=place)


class Uncounted(Statement):
    """Words that say nothing countable."""

    kind: Literal["none"]
    low: float | None = None
    high: float | None = None


AnyStatement = Annotated[
    Exact | RoundedNumber | Range | AtLeast | AtMost | Rank | Order | Equality | Ratio | Uncounted,
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
    "grade",
    "basis",
    "vintage",
    "published",
    "publisher",
    "source",
    "note",
)
"""Columns of statements.csv, in order."""
