"""What was known at an origin, and what is to be predicted from there.

An origin is the last day of a quarter. A target is a span of whole quarters after it of which exact
totals of everyone count every day; other spans are not scored.

Invariant: what is known at an origin ends by that day, and in the vintage of then was published within
a month of it. Shown by ``tests/test_origins.py``.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

import numpy as np

from defectmodels.errors import EvidenceError, SpanError, SpecError
from defectmodels.evidence.as_of import known_by
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.periods import Periods, Span, parse_span
from defectmodels.evidence.statements import Exact, Statement
from defectmodels.model.spec import ModelSpec
from defectmodels.studies.baselines import Counts

Vintage = Literal["known", "current"]
"""Rows as they stood a month after the origin, or as they stand today."""
YEARS = range(2008, 2025)
"""Years at the ends of which a forecast starts unless origins are given."""
QUARTERS_NEEDED = 8
"""Quarters in a row for which a baseline is given quarters; years otherwise."""
_BACK = 4
"""Quarters, and years, by which the last known total may lie before the origin."""


def month_end(year: int, month: int) -> date:
    """Last day of a month; month 0 is December of the year before, 13 January of the next."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, calendar.monthrange(year, month)[1])


def read_origins(periods: Periods, origins: Sequence[str] | None) -> tuple[date, ...]:
    """Last days of the origins, in order.

    Parameters
    ----------
    origins : sequence of str, optional
        Spans such as ``2008`` or ``2012Q2``, whose last day is the origin; by default the years of
        `YEARS` that the axis holds.

    Raises
    ------
    SpanError
        When one does not end a quarter and a period, or nothing comes after it.
    """
    ends = {span.end for span in periods.spans[:-1]}
    if origins is None:
        found = [day for day in (date(year, 12, 31) for year in YEARS) if day in ends]
    else:
        found = sorted({parse_span(text).end for text in origins})
    wrong = [day for day in found if day not in ends or day.month % 3]
    if wrong or not found:
        listed = ", ".join(map(str, wrong)) or "none"
        raise SpanError(
            f"origins: {listed}; an origin ends a quarter and a period of "
            f"{periods.labels[0]}..{periods.labels[-1]}, with periods after it; write 2012 or 2012Q2"
        )
    return tuple(found)


def spread_out(text: str | None, every: str, periods: Periods) -> list[str] | None:
    """Origins of a span such as ``2008..2024``: every year or quarter that ends in it.

    Parameters
    ----------
    text : str, optional
        The default years without it; None is given back then, unless every quarter is asked for.
    every : {'year', 'quarter'}
    """
    if text is None and every == "year":
        return None
    span = parse_span(text or f"{YEARS[0]}..{YEARS[-1]}")
    months = 12 if every == "year" else 3
    ends = [
        month_end(year, month)
        for year in range(span.start.year, span.end.year + 1)
        for month in range(months, 13, months)
    ]
    inside = [day for day in ends if span.start <= day <= span.end]
    if text is None:
        inside = [day for day in inside if periods.span.start < day < periods.span.end]
    return [str(day) for day in inside]


def known_at(dataset: Dataset, origin: date, vintage: Vintage) -> Dataset:
    """The dataset with only the statements that end by the origin, as known a month after it.

    Raises
    ------
    EvidenceError
        When nothing was published by then, or what was contradicts itself.
    """
    if vintage == "known":
        dataset = known_by(dataset, month_end(origin.year, origin.month + 1))
    kept = tuple(one for one in dataset.statements if one.end <= origin)
    return replace(dataset, statements=kept)


def everyone(spec: ModelSpec, dataset: Dataset) -> str:
    """The definition that counts everyone a model has.

    Raises
    ------
    SpecError
        When there is none among those that the model uses.
    """
    for one in dataset.header.definition:
        used = one.countable and (not spec.definition or one.name in spec.definition)
        if one.everyone and used and one.name not in spec.scaled:
            return one.name
    raise SpecError(
        f"model '{spec.name}' uses no definition of dataset '{dataset.name}' that counts everyone; "
        'name one with groups = ["*"], since its totals are what is predicted'
    )


def exact_rows(statements: Iterable[Statement], definition: str) -> tuple[Exact, ...]:
    """Exact totals of a definition that are current and have a first day; they share no days."""
    return tuple(
        one
        for one in statements
        if isinstance(one, Exact)
        and one.status == "current"
        and one.definition == definition
        and one.start is not None
    )


def total_of(rows: Sequence[Exact], span: Span) -> int | None:
    """Persons in a span whose every day exact rows count; None when they do not."""
    inside = [row for row in rows if row.span is not None and span.contains(row.span)]
    days = sum(row.span.days for row in inside if row.span is not None)
    return sum(int(row.low) for row in inside) if days == span.days else None


def months_after(origin: date, months: int) -> Span:
    """Whole months after an origin."""
    return Span(origin + timedelta(days=1), month_end(origin.year, origin.month + months))


def months_before(end: date, months: int) -> Span:
    """Whole months up to a day."""
    return Span(month_end(end.year, end.month - months) + timedelta(days=1), end)


@dataclass(frozen=True)
class Known:
    """A regular series of totals as known at an origin.

    Attributes
    ----------
    counts : Counts
    gap : int
        Steps between its end and the origin, of which no total was known.
    """

    counts: Counts
    gap: int

    @property
    def months(self) -> int:
        """Months in a step."""
        return 12 // self.counts.season


def _series(rows: Sequence[Exact], origin: date, months: int) -> Known | None:
    """The last unbroken series of totals that ends no more than `_BACK` steps before the origin."""
    gap, end = 0, origin
    while total_of(rows, months_before(end, months)) is None:
        gap, end = gap + 1, months_before(end, months).start - timedelta(days=1)
        if gap > _BACK:
            return None
    values: list[int] = []
    while (total := total_of(rows, span := months_before(end, months))) is not None:
        values.append(total)
        end = span.start - timedelta(days=1)
    return Known(Counts(np.array(values[::-1]), 12 // months), gap)


def known_series(rows: Sequence[Exact], origin: date) -> Known:
    """Quarterly totals as known at an origin, or yearly ones where there are too few.

    Raises
    ------
    EvidenceError
        When no total was known.
    """
    quarters = _series(rows, origin, 3)
    if quarters is not None and len(quarters.counts.values) >= QUARTERS_NEEDED:
        return quarters
    years = _series(rows, origin, 12)
    if years is None:
        raise EvidenceError("no series of totals was known")
    return years
