"""Placebo dates: the days to which an event can be moved, and those to which it cannot.

Invariant: no row and no period of a placebo lies on or after the first day that tells history from the
scenario, and every date that is not used has a reason. Shown by ``tests/test_placebo_dates.py``.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from defectmodels.errors import EvidenceError, FitError
from defectmodels.evidence.periods import MONTHS, Span
from defectmodels.model.design import Design
from defectmodels.model.terms import Covariates
from defectmodels.studies.placebo_event import Event


@dataclass(frozen=True)
class Rules:
    """Which dates can be placebos.

    Attributes
    ----------
    least : int
        Periods of data before the window.
    every : int
        Periods from one date to the next.
    rows : int
        Totals that lie for the larger part in the window.
    quiet : float
        Largest move of the log rate between the period in which the window starts and those beside it,
        for any covariate whose effect lies one prior standard deviation from its centre.
    """

    least: int = 8
    every: int = 1
    rows: int = 2
    quiet: float = 0.05

    def __post_init__(self) -> None:
        for name, low in (("least", 3), ("every", 1), ("rows", 1)):
            if getattr(self, name) < low:
                raise FitError(
                    f"{name} is {getattr(self, name)}; give a whole number of {low} or more"
                )
        if not self.quiet > 0:
            raise FitError(
                f"quiet is {self.quiet}; give a change of the log rate above 0, such as 0.05"
            )


class LeftOut(NamedTuple):
    """A date that is no placebo, and why."""

    span: Span
    reason: str


def moved(span: Span, months: int) -> Span:
    """A span so many months later: the same days of the month, the last one where it ends a month."""
    after = span.end + timedelta(days=1)
    end = _month(span.end, months) if after.day > 1 else _month(after, months) - timedelta(days=1)
    return Span(_month(span.start, months), end)


def _month(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _moves(event: Event) -> list[Span]:
    """The event's days moved back by whole periods: all that end before it and start in the axis."""
    spec, found = event.spec, []
    step = MONTHS[spec.axis.every]
    for back in range(1, len(spec.periods)):
        span = moved(event.span, -back * step)
        if span.start < spec.periods.span.start:
            break
        last = next(one for one in spec.periods.spans if one.end >= span.end)
        if last.end < event.first:
            found.append(span)
    return found


def _stirred(event: Event, first: int, quiet: float) -> str:
    """The covariate that moves the most where a window starts, if it moves too much."""
    worst, text = quiet, ""
    labels = event.spec.periods.labels
    effects = [e for t in event.spec.term if isinstance(t, Covariates) for e in t.effect]
    for effect in effects:
        x = event.dataset.one_series(effect.series).standardised(event.spec.periods, effect.code)
        beside = np.diff(x[first - 1 : first + 2])
        at = int(np.argmax(np.abs(beside)))
        size = abs(float(beside[at])) * effect.ratio.sigma
        if size > worst:
            worst = size
            text = (
                f"{effect.series} moves by {beside[at]:+.3f} to {labels[first + at]}, "
                f"{size:.2f} in the log rate, more than {quiet:g}"
            )
    return text


def inside(design: Design, span: Span) -> int:
    """Directly counted rows that lie for the larger part in a span."""
    return sum(2 * row.span.common_days(span) > row.span.days for row in design.selection.direct)


def dates(event: Event, rules: Rules) -> tuple[list[tuple[Span, Design]], tuple[LeftOut, ...]]:
    """Placebo dates with their designs, the latest first, and those left out with the reason."""
    found, out = [], []
    starts = [one.start for one in event.spec.periods.spans]
    for at, span in enumerate(_moves(event)):
        first = sum(start <= span.start for start in starts) - 1
        if at % rules.every:
            continue
        if first < rules.least:
            out.append(LeftOut(span, f"{first} periods before it, fewer than {rules.least}"))
        elif text := _stirred(event, first, rules.quiet):
            out.append(LeftOut(span, text))
        else:
            try:
                design = event.placed(span)
            except EvidenceError as error:
                out.append(LeftOut(span, " ".join(str(error).split())))
                continue
            if (rows := inside(design, span)) < rules.rows:
                text = f"{rows} totals lie mostly in it, fewer than {rules.rows}"
                out.append(LeftOut(span, text))
            else:
                found.append((span, design))
    return found, tuple(out)
