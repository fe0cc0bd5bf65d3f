"""Marks that several figures share.

Invariant: whatever is told apart by colour differs in line, hatch or marker too. Shown by
``tests/test_figures.py``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from defectmodels.report.drawing import BLUE, COLOURS, HATCHES, MARKERS, PAPER, SHADES
from defectmodels.report.lettering import LINE, breadth, wrapped
from defectmodels.report.words import Estimate

FEWEST_DRAWN = 0.3
"""Where a count of 0 stands on a log axis."""
UNIT = 10.0
"""Size of a unit's letters, CSS pixels."""
_TITLE = 11.5
_DPI = 72
_MARGIN = 44
_EDGE = 3.0
_LONGEST_BESIDE = 0.42
"""Largest part of a figure's width for the names of rows; longer ones stand above their rows."""


def size_of(axis: Axes) -> tuple[float, float]:
    """Width and height of the figure that axes stand on, CSS pixels."""
    width, height = cast(Figure, axis.figure).get_size_inches() * _DPI
    return float(width), float(height)


def width_of(axis: Axes) -> float:
    """Width of the figure, CSS pixels."""
    return size_of(axis)[0]


def _layout(axis: Axes) -> ConstrainedLayoutEngine:
    return cast(ConstrainedLayoutEngine, cast(Figure, axis.figure).get_layout_engine())


def head(axis: Axes, title: str, unit: str = "", rise: float = 0.0) -> None:
    """Write the title flush left above the axes, and below it the unit of what goes upward.

    Parameters
    ----------
    axis : Axes
    title, unit : str
    rise : float
        Room that is kept between axes and unit, CSS pixels.
    """
    (width, height), down = size_of(axis), _EDGE
    for text, size, bold in ((title, _TITLE, True), (unit, UNIT, False)):
        if text:
            broken = wrapped(text, width - 2 * _EDGE, size, bold)
            axis.figure.text(
                _EDGE / width, 1 - down / height, broken, fontsize=size, va="top",
                weight="bold" if bold else "normal", linespacing=LINE,
            )  # fmt: skip
            down += size * LINE * (broken.count("\n") + 1) + 1
    # The layout is told of the room, since it would set the axes in as far as the text is.
    _layout(axis).set(rect=(0, 0, 1, 1 - (down + rise) / height))


def room_above(axis: Axes) -> float:
    """Part of the figure's height that `head` keeps."""
    return float(1 - _layout(axis).get()["rect"][3])


def foot(axis: Axes, text: str) -> None:
    """Write what goes to the right below the axes."""
    # Flush right, since names of rows may leave the axes no room on that side.
    broken = wrapped(text, width_of(axis) - _MARGIN, UNIT)
    axis.set_xlabel(broken, fontsize=UNIT, linespacing=LINE, loc="right")


def plain_log(axis: Axes, which: str = "y") -> None:
    """Set a log axis whose ticks are plain numbers."""
    (axis.set_yscale if which == "y" else axis.set_xscale)("log")
    one = axis.yaxis if which == "y" else axis.xaxis
    low, high = sorted(axis.get_ylim() if which == "y" else axis.get_xlim())
    reach = high / max(low, 1e-300)
    subs = tuple(range(1, 10)) if reach < 8 else (1, 2, 5) if reach < 300 else (1,)
    one.set_major_locator(LogLocator(subs=subs, numticks=8))
    one.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    # Minor ticks have no length and no labels, and take as long to make as others.
    one.set_minor_locator(NullLocator())


def area(
    axis: Axes,
    x: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    look: int,
    label: str | None = None,
) -> None:
    """Fill between two lines, hatched above the colour so that it shows in grey."""
    colour, hatch = COLOURS[look], HATCHES[look]
    axis.fill_between(x, low, high, color=colour, alpha=SHADES[look], linewidth=0, label=label)
    if hatch:
        axis.fill_between(
            x, low, high, facecolor="none", edgecolor=colour, alpha=0.35, hatch=hatch, linewidth=0
        )


def year_axis(axis: Axes, first: float, last: float) -> None:
    """Set a time axis from whole year to whole year, with ticks on years."""
    low, high = math.floor(first), math.ceil(last - 0.01)
    axis.set_xlim(low - 0.02 * (high - low), high + 0.02 * (high - low))
    most = 8 if width_of(axis) > 450 else 5
    axis.xaxis.set_major_locator(MaxNLocator(nbins=most, integer=True, min_n_ticks=2))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.grid(visible=False, axis="x")


def name_rows(axis: Axes, places: np.ndarray, labels: Sequence[str], rise: float = 0.2) -> bool:
    """Name rows, beside them where there is room and else above each; set the y axis to them.

    Parameters
    ----------
    axis : Axes
    places : np.ndarray (row,)
        One apart, or more.
    labels : sequence of str
    rise : float
        How far above its row a name stands, in rows.

    Returns
    -------
    bool
        Whether the names stand above their rows.
    """
    axis.tick_params(axis="y", length=0)
    axis.grid(visible=False, axis="y")
    low, high = float(np.min(places, initial=0)), float(np.max(places, initial=0))
    if max((breadth(one, 11) for one in labels), default=0) <= _LONGEST_BESIDE * width_of(axis):
        axis.set_yticks(places, labels)
        axis.set_ylim(low - 0.6, high + 0.6)
        return False
    axis.set_yticks(np.asarray(places) + rise, labels, ha="left", va="bottom", fontsize=UNIT)
    axis.tick_params(axis="y", pad=0)
    axis.set_ylim(low - 0.4, high + rise + 0.6)
    return True


def dot_rows(
    axis: Axes,
    labels: Sequence[str],
    values: Sequence[Estimate],
    start: float,
    name: str | None = None,
) -> None:
    """Medians with intervals below each other, each joined to a common value."""
    places = np.arange(len(labels))[::-1]
    axis.hlines(places, start, [one.median for one in values], color=BLUE, linewidth=1, alpha=0.5)
    axis.hlines(
        places, [one.low for one in values], [one.high for one in values], color=BLUE, linewidth=2.6
    )
    axis.plot(
        [one.median for one in values], places, color=BLUE, marker=MARKERS[0], linestyle="none",
        markersize=7, markerfacecolor=PAPER, label=name,
    )  # fmt: skip
    name_rows(axis, places, labels)
    axis.xaxis.set_major_locator(MaxNLocator(nbins=5))
