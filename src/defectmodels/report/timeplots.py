"""Figures over time: bands of estimates, and what was published drawn over them.

Invariant: a figure knows no model and no fit; it draws the numbers that it is given. Shown by
``tests/test_figures.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from defectmodels.report.drawing import BLUE, COLOURS, LINES, MARKERS, PAPER, VERMILION
from defectmodels.report.marks import FEWEST_DRAWN, area, legend, plain_log, year_axis
from defectmodels.report.words import Estimate

_STATED = (1, 2, 3, 4, 6)
"""Colours of statements: those that no band over time has."""


@dataclass(frozen=True)
class Band:
    """Medians with their intervals over time."""

    label: str
    x: np.ndarray
    estimates: Sequence[Estimate]
    style: int = 0
    line: bool = True

    def __post_init__(self) -> None:
        if len(self.x) != len(self.estimates):
            raise ValueError(
                f"band '{self.label}': {len(self.x)} places, {len(self.estimates)} estimates"
            )


@dataclass(frozen=True)
class Stated:
    """What was published: whole numbers from low to high over a stretch of time."""

    start: float
    end: float
    low: float
    high: float | None


@dataclass(frozen=True)
class Statements:
    """Published intervals that are drawn alike; `style` counts the kinds in a figure from 0."""

    label: str
    items: Sequence[Stated]
    style: int = 0


@dataclass(frozen=True)
class TimePlot:
    """Everything of a figure over time."""

    bands: Sequence[Band]
    statements: Sequence[Statements] = field(default=())
    title: str = ""
    ylabel: str = ""
    log: bool = False
    legend: bool = True


def _band(axis: Axes, band: Band, log: bool) -> None:
    colour, x = COLOURS[band.style], band.x
    floor = FEWEST_DRAWN if log and any(e.low <= 0 for e in band.estimates) else -np.inf
    low, mid, high = (
        np.maximum([getattr(e, name) for e in band.estimates], floor)
        for name in ("low", "median", "high")
    )
    label = band.label if not band.line else None
    area(axis, x, low, high, band.style, label)
    for edge in (low, high):
        axis.plot(x, edge, color=colour, linewidth=0.7, linestyle=LINES[band.style])
    if band.line:
        axis.plot(x, mid, color=colour, linestyle=LINES[band.style], label=band.label)


def _statement(axis: Axes, item: Stated, style: int, label: str | None, log: bool) -> None:
    colour = COLOURS[_STATED[style % len(_STATED)]]
    marker, line = MARKERS[(style + 1) % len(MARKERS)], LINES[style % len(LINES)]
    floor = FEWEST_DRAWN if log else 0.0
    middle, low = (item.start + item.end) / 2, max(item.low, floor)
    high = low if item.high is None else max(item.high, floor)
    axis.plot(
        [item.start, item.end], [low, low], color=colour, linewidth=1.6, solid_capstyle="butt"
    )
    if high > low:
        top = [high, high]
        axis.plot([item.start, item.end], top, color=colour, linewidth=1.6, solid_capstyle="butt")
        axis.vlines(middle, low, high, color=colour, linestyle=line, linewidth=1.2)
    axis.plot(
        [middle], [(low * high) ** 0.5 if log else (low + high) / 2], color=colour, label=label,
        linestyle="none", marker=marker, markersize=5.5, markerfacecolor=PAPER,
    )  # fmt: skip
    if item.high is None:
        # An open upper end: at least so many.
        axis.annotate(
            "", (middle, low), (0, 26), textcoords="offset points",
            arrowprops={"arrowstyle": "<-", "color": colour, "linewidth": 1.2},
        )  # fmt: skip


def over_time(figure: Figure, plot: TimePlot) -> None:
    """Bands over time, with what was published drawn over them."""
    axis = figure.add_subplot()
    for band in plot.bands:
        _band(axis, band, plot.log)
    for group in plot.statements:
        for index, item in enumerate(group.items):
            _statement(axis, item, group.style, None if index else group.label, plot.log)
    axis.set_title(plot.title)
    axis.set_ylabel(plot.ylabel)
    if plot.log:
        plain_log(axis)
    else:
        axis.set_ylim(bottom=0)
    items = [item for group in plot.statements for item in group.items]
    starts = [band.x[0] for band in plot.bands] + [item.start for item in items]
    stops = [band.x[-1] for band in plot.bands] + [item.end for item in items]
    year_axis(axis, min(starts), max(stops))
    if plot.legend:
        legend(axis, 2 if figure.get_figwidth() > 6 else 1)


def intervals_against_rows(
    figure: Figure,
    x: np.ndarray,
    predicted: Sequence[Estimate],
    stated: Sequence[Stated],
    title: str,
) -> None:
    """Predictive intervals of rows, on a log axis, with what was published."""
    axis = figure.add_subplot()
    low, mid, high = (
        np.maximum([getattr(e, name) for e in predicted], FEWEST_DRAWN)
        for name in ("low", "median", "high")
    )
    axis.vlines(x, low, high, color=BLUE, alpha=0.55, linewidth=3, label="prior predictive, 90%")
    axis.plot(x, mid, color=BLUE, marker="_", linestyle="none", markersize=7, label="its median")
    for index, (place, item) in enumerate(zip(x, stated, strict=True)):
        bottom = max(item.low, FEWEST_DRAWN)
        top = bottom if item.high is None else max(item.high, FEWEST_DRAWN)
        axis.vlines(place, bottom, top, color=VERMILION, linewidth=1.6)
        axis.plot(
            [place], [(bottom * top) ** 0.5], color=VERMILION, linestyle="none", markersize=5,
            marker="^" if item.high is None else "o", markerfacecolor=PAPER,
            label=None if index else "published",
        )  # fmt: skip
    plain_log(axis)
    axis.set_title(title)
    axis.set_ylabel("persons in the row (log)")
    year_axis(axis, min(i.start for i in stated), max(i.end for i in stated))
    legend(axis, 3)
