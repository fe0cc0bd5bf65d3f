"""Levels of series in the periods of a scenario.

Invariant: a scenario that does not change a series gives it the levels that it has, to the last bit;
a day without a level, and a level outside the series' limits, are refused. Shown by
``tests/test_paths.py``.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from defectmodels.errors import SpecError
from defectmodels.evidence.periods import Periods, Span
from defectmodels.evidence.scenario import (
    Change,
    Grow,
    Hold,
    Levels,
    Move,
    Ramp,
    Scenario,
    Uncertain,
)
from defectmodels.evidence.series import Series, Step

Code = Literal["value", "low", "high"]
_ROUNDING = 1e-9
"""A limit of a unit is not passed by a rounding error."""


@dataclass(frozen=True)
class SeriesPath:
    """Levels of one series in the periods of a scenario: fixed + numbers @ slopes.

    Attributes
    ----------
    series : Series
    fixed : np.ndarray (period,), in the series' unit
    slopes : np.ndarray (number, period)
    numbers : tuple of (Uncertain, str)
        What is not known of the level, each with a key that is the same in every scenario.
    allowed : np.ndarray (number, 2)
        Lowest and highest number with which no day leaves the series' limits.
    """

    series: Series
    fixed: np.ndarray
    slopes: np.ndarray
    numbers: tuple[tuple[Uncertain, str], ...]
    allowed: np.ndarray

    def levels(self, draws: int, random_seed: int) -> np.ndarray:
        """Levels in each period.

        Parameters
        ----------
        draws : int
            Posterior draws, one path for each where something is not known.

        Returns
        -------
        np.ndarray (period,), or (draw, period) where something is not known
        """
        if not self.numbers:
            return self.fixed
        # The same uncertain change has the same draws in every scenario.
        drawn = [
            one.drawn(np.random.default_rng([random_seed, zlib.crc32(key.encode())]), draws)
            for one, key in self.numbers
        ]
        kept = np.clip(np.array(drawn).T, *self.allowed.T)
        found: np.ndarray = self.fixed + kept @ self.slopes
        return np.clip(found, self.series.minimum, self.series.maximum)


def _was(series: Series, scenario: Scenario, code: Code) -> Levels:
    """Levels of a series on any days, where the scenario does not change it."""
    last = (series.last_day if scenario.beyond == "hold" else date.max).toordinal()

    def levels(days: np.ndarray) -> np.ndarray:
        # The calendar has a first and a last day, and a series says nothing outside it.
        asked = np.clip(days, 1, last)
        first = int(asked.min())
        span = Span(date.fromordinal(first), date.fromordinal(int(asked.max())))
        found: np.ndarray = series.daily(span, code)[asked - first]
        return found

    return levels


def _limits(series: Series) -> tuple[float, float]:
    low = -np.inf if series.minimum is None else series.minimum
    return low, np.inf if series.maximum is None else series.maximum


def _allowed(series: Series, fixed: np.ndarray, slope: np.ndarray) -> tuple[float, float]:
    """Numbers with which fixed + slope * number stays within the series' limits on every day."""
    on = slope != 0
    ends = np.sort([(limit - fixed[on]) / slope[on] for limit in _limits(series)], axis=0)
    return ends[0].max(initial=-np.inf), ends[1].min(initial=np.inf)


def _check_limits(scenario: Scenario, series: Series, days: np.ndarray, level: np.ndarray) -> None:
    low, high = _limits(series)
    bad = np.flatnonzero((level < low - _ROUNDING) | (level > high + _ROUNDING))
    if len(bad):
        day = date.fromordinal(int(days[bad[0]]))
        ends = f"{low:g} or more" if np.isinf(high) else f"{low:g} to {high:g}"
        raise SpecError(
            f"scenario '{scenario.name}': series '{series.name}' would be {level[bad[0]]:g} on {day}; "
            f"allowed is {ends} ({series.unit}); change that level"
        )


def _check_gap(scenario: Scenario, series: Series, days: np.ndarray, level: np.ndarray) -> None:
    gap = np.flatnonzero(np.isnan(level))
    if not len(gap):
        return
    day = date.fromordinal(int(days[gap[0]]))
    cure = "choose days on which it has one"
    if day > series.last_day:
        cure = 'give it a change from there on, or hold its last level with beyond = "hold"'
    raise SpecError(
        f"scenario '{scenario.name}': series '{series.name}' has no level on {day} "
        f"(it ends on {series.last_day}); {cure}"
    )


def _check_source(
    scenario: Scenario, series: Series, change: Change, days: np.ndarray, level: np.ndarray
) -> None:
    """Refuse to hold or to move what is not there."""
    gap = np.flatnonzero(np.isnan(level))
    if not len(gap):
        return
    if isinstance(change, Hold):
        where = f"on {change.on}, the day that is held"
    elif isinstance(change, Move):
        where = f"{change.days} days after {date.fromordinal(int(days[gap[0]]))}"
    else:
        return
    raise SpecError(
        f"scenario '{scenario.name}': series '{series.name}' has no level {where} (it ends on "
        f"{series.last_day}); choose days on which it has one"
    )


def _key(change: Change) -> str:
    return change.model_dump_json(by_alias=True)


def _eve(
    scenario: Scenario,
    change: Change,
    days: np.ndarray,
    fixed: np.ndarray,
    unknown: Sequence[tuple[np.ndarray, Uncertain, str]],
) -> float:
    """The scenario's own level on the day before a change."""
    if not isinstance(change, Ramp | Grow):
        return float("nan")
    at = change.span.start.toordinal() - 1 - int(days[0])
    if any(slope[at] for slope, _, _ in unknown):
        raise SpecError(
            f"scenario '{scenario.name}': a {change.kind} of '{change.series}' starts on {change.from_} "
            "from a level that is not known; start it from a number"
        )
    return float(fixed[at])


def daily_path(
    scenario: Scenario, series: Series, span: Span, code: Code = "value"
) -> tuple[np.ndarray, list[tuple[np.ndarray, Uncertain, str]]]:
    """Level on every day of a span, and what is not known of it.

    Returns
    -------
    np.ndarray (day,)
        Fixed part of the level.
    list of (np.ndarray (day,), Uncertain, str)
        For each unknown number, what it is multiplied by, the number and its key.

    Raises
    ------
    SpecError
        When there is a day without a level, or one outside the series' limits.
    """
    # In the order of time, since some changes start from the level of the day before.
    changes = [one for one in scenario.change if one.series == series.name]
    changes.sort(key=lambda one: one.span.start)
    eves = [one.span.start.toordinal() - 1 for one in changes if isinstance(one, Ramp | Grow)]
    begin = span.start.toordinal()
    days = np.arange(min([begin, *eves]), span.end.toordinal() + 1)
    was = _was(series, scenario, code)
    fixed = was(days)
    unknown: list[tuple[np.ndarray, Uncertain, str]] = []
    for change in changes:
        inside = (change.span.start.toordinal() <= days) & (days <= change.span.end.toordinal())
        if not inside.any():
            continue
        eve = _eve(scenario, change, days, fixed, unknown)
        own, slope = change.level(days[inside], was, eve)
        asked = days[inside] >= begin
        _check_source(scenario, series, change, days[inside][asked], own[asked])
        number = change.number
        ends = (number.low, number.high) if isinstance(number, Uncertain) else (number,)
        for end in ends:
            _check_limits(scenario, series, days[inside], own + slope * end)
        if isinstance(number, Uncertain):
            whole = np.zeros(len(days))
            whole[inside] = slope
            unknown.append((whole, number, _key(change)))
            fixed[inside] = own
        else:
            fixed[inside] = own + slope * number
    own_span = days >= begin
    _check_gap(scenario, series, days[own_span], fixed[own_span])
    return fixed[own_span], [
        (slope[own_span], number, key) for slope, number, key in unknown if slope[own_span].any()
    ]


def series_path(
    scenario: Scenario, series: Series, periods: Periods, code: Code = "value"
) -> SeriesPath:
    """Levels of a series in each period, means by days, as a scenario has them.

    `code` says which of a coded series' levels is what was: the value, the low or the high one.

    Raises
    ------
    SpecError
        When there is a day without a level, or one outside the series' limits.
    """
    fixed, unknown = daily_path(scenario, series, periods.span, code)
    slopes = np.array([periods.means(slope) for slope, _, _ in unknown])
    return SeriesPath(
        series,
        periods.means(fixed),
        slopes.reshape(len(unknown), len(periods)),
        tuple((number, key) for _, number, key in unknown),
        np.array([_allowed(series, fixed, slope) for slope, _, _ in unknown]).reshape(-1, 2),
    )


def as_series(scenario: Scenario, series: Series, span: Span) -> Series:
    """The series as a scenario has it on the days of a span, to fit a model to.

    Raises
    ------
    SpecError
        When something of its level is not known.
    """
    fixed, unknown = daily_path(scenario, series, span)
    if unknown:
        raise SpecError(
            f"scenario '{scenario.name}': the level of '{series.name}' is not known, and a model is "
            "fitted to one level; give a number"
        )
    first = span.start.toordinal()
    starts = np.flatnonzero(np.r_[True, np.diff(fixed) != 0])
    steps = tuple(
        Step(
            from_=date.fromordinal(first + int(at)),
            value=float(fixed[at]),
            status="P",
            source=f"scenario {scenario.name}",
        )
        for at in starts
    )
    changes = {"step": steps, "interpolation": "step", "until": span.end, "table": None}
    return series.model_copy(update=changes | {"judgement": False})
