"""Periods and spans of days.

Invariant: a span is a pair of days, both included; the periods of an axis are disjoint, in order
and without gaps; the weights of a span that is a union of periods are exactly 1 on them and 0
elsewhere. Shown by ``tests/test_periods.py``.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

import numpy as np

from defectmodels.errors import SpanError

Every = Literal["year", "quarter", "month"]
MONTHS = {"year": 12, "quarter": 3, "month": 1}
DAYS_A_YEAR = 365.25
"""Mean length of a year in days: the unit of every rate is one person-year of this length."""

_FORMS = "2019, 2019H1, 2019Q3, 2019-07, 2019-07-15, or two of these joined by '..'"


@dataclass(frozen=True, order=True)
class Span:
    """A span of days, both ends included."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise SpanError(
                f"span {self.start}..{self.end} ends before it starts; give the days in order"
            )

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.end - self.start).days + 1

    @property
    def years(self) -> float:
        """Length in years of 365.25 days."""
        return self.days / DAYS_A_YEAR

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a day."""
        return self.start <= other.end and other.start <= self.end

    def contains(self, other: Span) -> bool:
        """Whether every day of `other` lies in this span."""
        return self.start <= other.start and other.end <= self.end

    def common_days(self, other: Span) -> int:
        """Count the days that the two share."""
        return max(0, (min(self.end, other.end) - max(self.start, other.start)).days + 1)

    def __str__(self) -> str:
        """Write the span the short way when it is a year, quarter or month."""
        for every, months in MONTHS.items():
            if (self.start.month - 1) % months == 0 and self == _block(self.start, months):
                return _label(self.start, every)  # type: ignore[arg-type]
        return f"{self.start}..{self.end}"


def _block(start: date, months: int) -> Span:
    """Make the block of whole months that starts in the month of `start`."""
    last = start.month + months - 1
    if last > 12:
        raise SpanError(f"a block of {months} months from {start} leaves the year")
    return Span(
        start.replace(day=1), date(start.year, last, calendar.monthrange(start.year, last)[1])
    )


def _label(start: date, every: Every) -> str:
    if every == "year":
        return f"{start.year}"
    if every == "quarter":
        return f"{start.year}Q{(start.month - 1) // 3 + 1}"
    return f"{start.year}-{start.month:02d}"


def _one(text: str) -> Span:
    match = re.fullmatch(r"(\d{4})(?:Q([1-4])|H([12])|-(\d{2})(?:-(\d{2}))?)?", text)
    if match is None:
        raise SpanError(f"'{text}' is not a span of time; write it as {_FORMS}")
    year, quarter, half, month, day = match.groups()
    try:
        if day:
            exact = date(int(year), int(month), int(day))
            return Span(exact, exact)
        if month:
            return _block(date(int(year), int(month), 1), 1)
        if quarter:
            return _block(date(int(year), 3 * int(quarter) - 2, 1), 3)
        if half:
            return _block(date(int(year), 6 * int(half) - 5, 1), 6)
        return _block(date(int(year), 1, 1), 12)
    except ValueError as error:
        raise SpanError(
            f"'{text}' is not a date of the calendar ({error}); write it as {_FORMS}"
        ) from None


def parse_span(text: str) -> Span:
    """Read a span from its short form.

    Parameters
    ----------
    text : str
        ``2019``, ``2019H1``, ``2019Q3``, ``2019-07``, ``2019-07-15``, or two of these joined by
        ``..`` (from the first day of the one to the last day of the other).

    Raises
    ------
    SpanError
        When the text is none of these, is no date of the calendar, or runs backwards.
    """
    first, dots, last = text.strip().partition("..")
    return Span(_one(first.strip()).start, _one((last if dots else first).strip()).end)


@dataclass(frozen=True)
class Periods:
    """The period axis of a model: whole years, quarters or months, in order, without gaps."""

    span: Span
    every: Every

    @classmethod
    def between(cls, start: str, end: str, every: Every) -> Periods:
        """Make the axis from the first and the last span it has to hold."""
        span = Span(parse_span(start).start, parse_span(end).end)
        months = MONTHS[every]
        first, last = span.start, span.end
        if (
            first.day != 1
            or (first.month - 1) % months
            or last
            != _block(last.replace(month=last.month - (last.month - 1) % months, day=1), months).end
        ):
            raise SpanError(
                f"{start}..{end} is not a whole number of {every}s; start and end the axis on one"
            )
        return cls(span, every)

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """One span per period."""
        found: list[Span] = []
        day = self.span.start
        while day <= self.span.end:
            found.append(_block(day, MONTHS[self.every]))
            day = found[-1].end + timedelta(days=1)
        return tuple(found)

    @cached_property
    def _ends(self) -> tuple[np.ndarray, np.ndarray]:
        """First and last day of each period: np.ndarray (period,), int, ordinals of dates."""
        first, last = zip(
            *((one.start.toordinal(), one.end.toordinal()) for one in self.spans), strict=True
        )
        return np.array(first), np.array(last)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """One name per period: 2019, 2019Q3 or 2019-07."""
        return tuple(_label(span.start, self.every) for span in self.spans)

    @cached_property
    def years(self) -> np.ndarray:
        """np.ndarray (period,), length of each period in years of 365.25 days."""
        return np.array([span.years for span in self.spans])

    @cached_property
    def season(self) -> np.ndarray:
        """np.ndarray (period,), int, place of each period within its year, from 0."""
        return np.array([(span.start.month - 1) // MONTHS[self.every] for span in self.spans])

    @property
    def seasons(self) -> tuple[str, ...]:
        """Names of the places within a year: Q1..Q4, 01..12, or none for a yearly axis."""
        if self.every == "year":
            return ()
        return (
            tuple(f"Q{i}" for i in range(1, 5))
            if self.every == "quarter"
            else tuple(f"{i:02d}" for i in range(1, 13))
        )

    def __len__(self) -> int:
        """Count the periods."""
        return len(self.spans)

    def means(self, daily: np.ndarray) -> np.ndarray:
        """Mean over the days of each period.

        Parameters
        ----------
        daily : np.ndarray (day,), one element for each day of the axis

        Returns
        -------
        np.ndarray (period,)
        """
        starts = [(span.start - self.span.start).days for span in self.spans]
        found: np.ndarray = np.add.reduceat(daily, starts)
        return found / np.array([span.days for span in self.spans])

    def until(self, end: str) -> Periods:
        """The axis, longer: up to the period that ends a span such as ``2030``.

        Raises
        ------
        SpanError
            When it would be shorter, or end within a period.
        """
        longer = Periods.between(self.labels[0], end, self.every)
        if longer.span.end < self.span.end:
            raise SpanError(
                f"'{end}' ends before the fitted periods do, on {self.span.end}; name a later one"
            )
        return longer

    def after(self, earlier: Periods) -> Periods:
        """The periods of this axis that lie after another one, which starts it."""
        return Periods(Span(earlier.span.end + timedelta(days=1), self.span.end), self.every)

    def weights(self, span: Span, overhang: float = 0.0) -> np.ndarray:
        """Share of each period's days that lies in `span`.

        Parameters
        ----------
        span : Span
            Any span of days.
        overhang : float
            Largest share of the span's days that may lie outside the axis. Such days are counted
            at the rate of the edge period: its weight then exceeds its share of days.

        Returns
        -------
        np.ndarray (period,)
            Days of the span in each period divided by the days of the period.

        Raises
        ------
        SpanError
            When more than `overhang` of the span lies outside the axis.
        """
        inside = self.span.common_days(span)
        if inside == 0 or (span.days - inside) / span.days > overhang:
            raise SpanError(
                f"span {span} lies outside the fitted periods {self.labels[0]}..{self.labels[-1]} "
                f"by {span.days - inside} of its {span.days} days; choose one inside"
            )
        first, last = self._ends
        common = np.minimum(last, span.end.toordinal()) - np.maximum(first, span.start.toordinal())
        weights = np.maximum(0, common + 1) / (last - first + 1)
        weights[0] += max(0, (self.span.start - span.start).days) / self.spans[0].days
        weights[-1] += max(0, (span.end - self.span.end).days) / self.spans[-1].days
        return weights
