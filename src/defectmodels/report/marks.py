"""Marks that several figures share.

Invariant: whatever is told apart by colour differs in line, hatch or marker too. Shown by
``tests/test_figures.py``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from defectmodels.report.drawing import BLUE, COLOURS, HATCHES, MARKERS, PAPER
from defectmodels.report.words import Estimate

FEWEST_DRAWN = 0.3
"""Where a count of 0 stands on a log axis."""


def plain_log(axis: Axes, which: str = "y") -> None:
    """Set a log axis whose ticks are plain numbers."""
    (axis.set_yscale if which == "y" else axis.set_xscale)("log")
    one = axis.yaxis if which == "y" else axis.xaxis
    low, high = sorted(axis.get_ylim() if which == "y" else axis.get_xlim())
    reach = high / max(low, 1e-300)
    subs = tuple(range(1, 10)) if reach < 8 else (1, 2, 5) if reach < 300 else (1,)
    one.set_major_locator(LogLocator(subs=subs, numticks=8))
    one.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    one.set_minor_formatter(NullFormatter())


def legend(axis: Axes, columns: int) -> None:
    """Put a legend below the axes where there is more than one mark to explain."""
    handles, labels = axis.get_legend_handles_labels()
    if len(labels) > 1:
        axis.figure.legend(handles, labels, loc="outside lower left", ncols=columns)


def area(
    axis: Axes,
    x: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    style: int,
    label: str | None = None,
) -> None:
    """Fill between two lines, hatched above the colour so that it shows in grey."""
    colour, hatch = COLOURS[style], HATCHES[style]
    axis.fill_between(x, low, high, color=colour, alpha=0.2, linewidth=0, label=label)
    if hatch:
        axis.fill_between(
            x, low, high, facecolor="none", edgecolor=colour, alpha=0.45, hatch=hatch, linewidth=0
        )


def year_axis(axis: Axes, first: float, last: float) -> None:
    """Set a time axis from whole year to whole year, with ticks on years."""
    low, high = math.floor(first), math.ceil(last - 0.01)
    axis.set_xlim(low - 0.02 * (high - low), high + 0.02 * (high - low))
    axis.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, min_n_ticks=2))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


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
    axis.set_yticks(places, labels)
    axis.set_ylim(-0.6, len(labels) - 0.4)
    axis.tick_params(axis="y", length=0)
    axis.grid(visible=False, axis="y")
    axis.xaxis.set_major_locator(MaxNLocator(nbins=5))
