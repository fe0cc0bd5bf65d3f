"""Figures over time: bands of estimates, what was published drawn over them, and events above.

Invariant: a figure knows no model and no fit; it draws the numbers that it is given. Shown by
``tests/test_figures.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from defectmodels.report.drawing import ABOUT, BLUE, COLOURS, INK, LINES, MARKERS, PAPER
from defectmodels.report.labels import Name, label
from defectmodels.report.lanes import Lane, draw_lanes, height_of
from defectmodels.report.marks import FEWEST_DRAWN, area, head, plain_log, year_axis
from defectmodels.report.words import WIDTH, Estimate
from defectmodels.wording import say


@dataclass(frozen=True)
class Band:
    """Medians with their intervals over time."""

    label: str
    x: np.ndarray
    estimates: Sequence[Estimate]
    look: int = ABOUT
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

    def middle(self, log: bool) -> tuple[float, float]:
        """Where its mark stands."""
        floor = FEWEST_DRAWN if log else 0.0
        low = max(self.low, floor)
        high = low if self.high is None else max(self.high, floor)
        return (self.start + self.end) / 2, (low * high) ** 0.5 if log else (low + high) / 2


@dataclass(frozen=True)
class Statements:
    """Published intervals; `shown` is whether the drawing names them."""

    label: str
    items: Sequence[Stated]
    shown: bool = True


@dataclass(frozen=True)
class TimePlot:
    """Everything of a figure over time.

    Attributes
    ----------
    bands, statements : sequence
    title, ylabel : str
    log : bool
        Whether the axis upward is a log axis.
    legend : bool
        Whether bands and statements are named in the drawing.
    lanes : sequence of Lane
        Events, above the axes where they fit.
    ends, span : pair of float or None
        Ends of the axis upward and of the time axis, for drawings beside each other.
    """

    bands: Sequence[Band]
    statements: Sequence[Statements] = field(default=())
    title: str = ""
    ylabel: str = ""
    log: bool = False
    legend: bool = True
    lanes: Sequence[Lane] = ()
    ends: tuple[float, float] | None = None
    span: tuple[float, float] | None = None

    @property
    def reach(self) -> tuple[float, float]:
        """First and last place on the time axis."""
        if self.span is not None:
            return self.span
        items = [item for group in self.statements for item in group.items]
        starts = [band.x[0] for band in self.bands] + [item.start for item in items]
        stops = [band.x[-1] for band in self.bands] + [item.end for item in items]
        return min(starts), max(stops)


def shared_ends(plots: Sequence[TimePlot]) -> list[TimePlot]:
    """Give plots that stand beside each other the same axes."""
    levels = [
        level
        for plot in plots
        for band in plot.bands
        for edge in _edges(band, plot.log)
        for level in edge.tolist()
    ]
    levels += [
        level
        for plot in plots
        for group in plot.statements
        for item in group.items
        for level in (max(item.low, FEWEST_DRAWN if plot.log else 0.0), item.high or 0.0)
    ]
    low, high = min(one for one in levels if one > 0), max(levels)
    span = min(plot.reach[0] for plot in plots), max(plot.reach[1] for plot in plots)
    return [
        replace(plot, ends=(low / 1.15, high * 1.3) if plot.log else (0.0, high * 1.05), span=span)
        for plot in plots
    ]


def _edges(band: Band, log: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    floor = FEWEST_DRAWN if log and any(e.low <= 0 for e in band.estimates) else -np.inf
    low, mid, high = (
        np.maximum([getattr(e, name) for e in band.estimates], floor)
        for name in ("low", "median", "high")
    )
    return low, mid, high


def _band(axis: Axes, band: Band, log: bool) -> None:
    colour, x = COLOURS[band.look], band.x
    low, mid, high = _edges(band, log)
    area(axis, x, low, high, band.look, None if band.line else band.label)
    for edge in (low, high):
        axis.plot(x, edge, color=colour, linewidth=0.7, linestyle=LINES[band.look])
    if band.line:
        axis.plot(x, mid, color=colour, linestyle=LINES[band.look], label=band.label)


def _statement(axis: Axes, item: Stated, label: str | None, log: bool) -> None:
    floor = FEWEST_DRAWN if log else 0.0
    (middle, height), low = item.middle(log), max(item.low, floor)
    high = low if item.high is None else max(item.high, floor)
    for level in dict.fromkeys((low, high)):
        axis.plot(
            [item.start, item.end], [level, level], color=INK, linewidth=1.4, solid_capstyle="butt"
        )
    if high > low:
        axis.vlines(middle, low, high, color=INK, linewidth=1)
    axis.plot(
        [middle], [height], color=INK, label=label, linestyle="none",
        marker=MARKERS[0], markersize=5, markerfacecolor=PAPER,
    )  # fmt: skip
    if item.high is None:
        # An open upper end: at least so many.
        axis.annotate(
            "", (middle, low), (0, 26), textcoords="offset points",
            arrowprops={"arrowstyle": "<-", "color": INK, "linewidth": 1.2},
        )  # fmt: skip


def _names(plot: TimePlot) -> tuple[list[Name], list[np.ndarray]]:
    """What is named beside its marks, and the lines that names keep off."""
    names, lines = list[Name](), list[np.ndarray]()
    for band in plot.bands:
        low, mid, high = _edges(band, plot.log)
        # Names keep off what is filled, too.
        filled = [low + (high - low) * part for part in (0.2, 0.5, 0.8)]
        lines += [np.column_stack([band.x, one]) for one in (low, mid, high, *filled)]
        x = np.concatenate([band.x, band.x]) if not band.line else band.x
        y = mid if band.line else np.concatenate([high, low])
        names.append(Name(band.label, COLOURS[band.look], x, y, bold=band.line))
    for group in plot.statements:
        places = np.array([item.middle(plot.log) for item in group.items])
        lines += [
            np.array([[i.start, y], [i.end, y]])
            for i, (_, y) in zip(group.items, places, strict=True)
        ]
        if group.shown:
            names.append(Name(group.label, INK, places[:, 0], places[:, 1]))
    return names, lines


def over_time(figure: Figure, plot: TimePlot) -> None:
    """Bands over time, with what was published drawn over them and events above."""
    axis = figure.add_subplot()
    for band in plot.bands:
        _band(axis, band, plot.log)
    groups = [group for group in plot.statements if group.items]
    for group in groups:
        for index, item in enumerate(group.items):
            _statement(axis, item, None if index else group.label, plot.log)
    if plot.ends is not None:
        axis.set_ylim(*plot.ends)
    elif not plot.log:
        axis.set_ylim(bottom=0)
    if plot.log:
        plain_log(axis)
    year_axis(axis, *plot.reach)
    shown = draw_lanes(axis, plot.lanes)
    head(axis, plot.title, plot.ylabel, height_of(shown))
    if plot.legend:
        label(axis, *_names(replace(plot, statements=groups)))


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
    predictive, published = say("figure-prior-predictive", width=WIDTH), say("figure-published")
    axis.vlines(x, low, high, color=BLUE, alpha=0.5, linewidth=3, label=predictive)
    axis.plot(
        x, mid, color=BLUE, marker="_", linestyle="none", markersize=7,
        label=say("figure-its-median"),
    )  # fmt: skip
    places = np.array(
        [(place, item.middle(True)[1]) for place, item in zip(x, stated, strict=True)]
    )
    for index, (place, item) in enumerate(zip(x, stated, strict=True)):
        bottom = max(item.low, FEWEST_DRAWN)
        top = bottom if item.high is None else max(item.high, FEWEST_DRAWN)
        axis.vlines(place, bottom, top, color=INK, linewidth=1.6)
        axis.plot(
            [place], [places[index, 1]], color=INK, linestyle="none", markersize=5,
            marker="^" if item.high is None else "o", markerfacecolor=PAPER,
            label=None if index else published,
        )  # fmt: skip
    plain_log(axis)
    year_axis(axis, min(i.start for i in stated), max(i.end for i in stated))
    head(axis, title, say("figure-persons-in-row"))
    bars = [np.array([[place, a], [place, b]]) for place, a, b in zip(x, low, high, strict=True)]
    names = [
        Name(predictive, BLUE, np.concatenate([x, x]), np.concatenate([high, low])),
        Name(published, INK, places[:, 0], places[:, 1]),
    ]
    label(axis, names, bars)
