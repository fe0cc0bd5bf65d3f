"""Figures of the checks and the audit: calibration, rootogram, leave rows out.

Invariant: a figure knows no model and no fit; it draws the numbers that it is given. Shown by
``tests/test_figures.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from defectmodels.report.drawing import BLUE, COLOURS, HATCHES, INK, MARKERS, PAPER, VERMILION
from defectmodels.report.marks import dot_rows, legend
from defectmodels.report.words import Estimate, number


def _bars(axis: Axes, x: np.ndarray, heights: np.ndarray, width: float, label: str) -> None:
    axis.bar(x, heights, width=width, color=BLUE, alpha=0.3, label=label)
    axis.bar(x, heights, width=width, facecolor="none", edgecolor=BLUE, alpha=0.7, hatch=HATCHES[1])


def pit_histogram(
    figure: Figure, counts: np.ndarray, low: float, high: float, expected: float
) -> None:
    """Randomised PIT values in bins of equal width, with the band of a calibrated fit."""
    axis = figure.add_subplot()
    edges = np.linspace(0, 1, len(counts) + 1)
    axis.axhspan(low, high, color=INK, alpha=0.1, linewidth=0, label="90% of bins if calibrated")
    axis.axhline(expected, color=INK, linestyle="--", linewidth=1)
    _bars(axis, (edges[:-1] + edges[1:]) / 2, counts, 1 / len(counts), "rows")
    axis.set_title("Calibration")
    axis.set_xlabel("PIT of the row")
    axis.set_ylabel("rows")
    axis.yaxis.set_major_locator(MaxNLocator(integer=True))
    legend(axis, 2)


def rootogram(
    figure: Figure, labels: Sequence[str], observed: Sequence[int], predicted: Sequence[Estimate]
) -> None:
    """Set rows by size of count against their prediction, on a square-root axis."""
    axis = figure.add_subplot()
    places = np.arange(len(labels))
    _bars(axis, places, np.sqrt(observed), 0.72, "published")
    low, mid, high = (
        np.sqrt([getattr(e, name) for e in predicted]) for name in ("low", "median", "high")
    )
    axis.vlines(places, low, high, color=VERMILION, linewidth=2)
    axis.plot(
        places, mid, color=VERMILION, marker="o", linestyle="none", markersize=6,
        markerfacecolor=PAPER, label="predicted, median and 90%",
    )  # fmt: skip
    ticks = np.arange(0, int(np.ceil(axis.get_ylim()[1])) + 1)
    axis.set_yticks(ticks, [number(float(tick**2)) for tick in ticks])
    axis.set_xticks(places, labels, rotation=35, ha="right", rotation_mode="anchor")
    axis.set_title("Rootogram of exact rows")
    axis.set_xlabel("persons in the row")
    axis.set_ylabel("rows (square-root axis)")
    legend(axis, 1)


def dots(figure: Figure, values: np.ndarray, limit: float, title: str, ylabel: str) -> None:
    """One dot per row against a limit; those beyond it are set apart by their marker."""
    axis = figure.add_subplot()
    x = np.arange(1, len(values) + 1)
    beyond = values > limit
    for mask, style, label in ((~beyond, 0, "rows"), (beyond, 1, f"above {limit:g}")):
        if mask.any():
            axis.plot(
                x[mask], values[mask], color=COLOURS[style], marker=MARKERS[style], label=label,
                linestyle="none", markersize=5,
            )  # fmt: skip
    axis.axhline(limit, color=INK, linestyle="--", linewidth=1)
    axis.set_title(title)
    axis.set_xlabel("row, in the order of the table of all rows")
    axis.set_ylabel(ylabel)
    legend(axis, 2)


def without(
    figure: Figure, labels: Sequence[str], values: Sequence[Estimate], whole: float, xlabel: str
) -> None:
    """A probability without each origin, with its Monte Carlo interval, against that with all."""
    axis = figure.add_subplot()
    axis.axvline(whole, color=INK, linestyle="--", linewidth=1, label="with all rows")
    dot_rows(axis, labels, values, whole, "without the rows of this origin")
    axis.set_xlabel(xlabel)
    legend(axis, 2)
