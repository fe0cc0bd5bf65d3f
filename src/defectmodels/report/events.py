"""Events of a fit's evidence for time axes: leaders, presidents, resolutions, the closure of a border.

Every series that names eras gives a lane. Where a series of steps holds each border of the eras, all of
its steps are shown too: the resolutions among which one ends an era.

Invariant: no event but those of the dataset's series. Shown by
``tests/test_report.py::test_events_are_those_of_the_series``.
"""

from __future__ import annotations

from datetime import date

from defectmodels.evidence.series import Series
from defectmodels.report.lanes import Lane
from defectmodels.report.view import View, decimal_year
from defectmodels.wording import Message, listed, say, titled


def _moves(series: Series) -> tuple[date, ...]:
    """Days on which a series of steps takes another level."""
    if series.interpolation != "step" or series.role == "exposure":
        return ()
    levels = [step.value for step in series.step]
    return tuple(
        step.from_
        for before, step in zip(levels, series.step[1:], strict=False)
        if step.value != before
    )


def _steps(view: View, eras: Series) -> tuple[str, tuple[date, ...]]:
    """Title and days of the series whose fewest steps hold every border of the eras."""
    borders = {era.from_ for era in eras.span[1:]}
    found = [
        (one.title, days)
        for one in view.fit.dataset.series.values()
        if borders and borders <= set(days := _moves(one))
    ]
    return min(found, key=lambda one: len(one[1])) if found else ("", ())


def _eras(view: View) -> list[Series]:
    return [one for one in view.fit.dataset.series.values() if len(one.span) > 1]


def lanes(view: View) -> tuple[Lane, ...]:
    """Lanes of every series of eras, in the language spoken."""
    return tuple(
        Lane(
            titled(one.title),
            tuple((titled(era.name), decimal_year(era.from_)) for era in one.span),
            tuple(map(decimal_year, _steps(view, one)[1])),
        )
        for one in _eras(view)
    )


def note(view: View) -> Message | str:
    """Say what the lanes above a plot are; empty where there are none."""
    said = []
    for one in _eras(view):
        steps, days = _steps(view, one)
        name = titled(one.title)
        more = len(days) > len(one.span) - 1
        said.append(say("event-lane-steps", eras=name, steps=titled(steps)) if more else name)
    return say("event-note", lanes=listed(said)) if said else ""
