"""Figures of the checks and the audit: calibration, rootogram, leave rows out.

Invariant: a figure knows no model and no fit; it draws the numbers that it is given. Shown by
``tests/test_figures.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from defectmodels.report.drawing import ABOUT, AGAINST, BLUE, COLOURS, INK, MARKERS, PAPER
from defectmodels.report.labels import SIZE
from defectmodels.report.marks import dot_rows, foot, head, name_rows
from defectmodels.report.words import Estimate, number
from defectmodels.wording import say

_DASHED: dict[str, Any] = {"color": INK, "linestyle": "--", "linewidth": 1}


def _at_line(axis: Axes, text: str, x: float, y: float, ha: str = "right") -> None:
    """Write what a line is just above it, at a place in parts of the axes' width or units."""
    axis.annotate(
        text, (x, y), (0, 3), xycoords=axis.get_yaxis_transform(), textcoords="offset points",
        ha=ha, va="bottom", fontsize=SIZE,
    )  # fmt: skip


def pit_histogram(
    figure: Figure, counts: np.ndarray, low: float, high: float, expected: float
) -> None:
    """Randomised PIT values in bins of equal width, with the band of a calibrated fit."""
    axis = figure.add_subplot()
    edges, band = np.linspace(0, 1, len(counts) + 1), say("check-pit-band")
    axis.axhspan(low, high, color=INK, alpha=0.1, linewidth=0, label=band)
    axis.axhline(expected, **_DASHED)
    axis.bar(
        (edges[:-1] + edges[1:]) / 2, counts, width=0.86 / len(counts), color=BLUE, alpha=0.75,
        label=say("check-rows"),
    )  # fmt: skip
    _at_line(axis, band, 1.0, high)
    axis.set_ylim(0, max(1.12 * counts.max(), high * 1.15))
    axis.yaxis.set_major_locator(MaxNLocator(integer=True))
    axis.grid(visible=False, axis="x")
    head(axis, say("check-pit-title"), say("check-rows"))
    foot(axis, say("check-pit-axis"))


def rootogram(
    figure: Figure, labels: Sequence[str], observed: Sequence[int], predicted: Sequence[Estimate]
) -> None:
    """Set rows by size of count against their prediction, on a square-root axis."""
    axis = figure.add_subplot()
    places = np.arange(len(labels))[::-1]
    axis.barh(
        places, np.sqrt(observed), height=0.66, color=BLUE, alpha=0.35,
        label=say("check-rootogram-published"),
    )  # fmt: skip
    low, mid, high = (
        np.sqrt([getattr(e, name) for e in predicted]) for name in ("low", "median", "high")
    )
    axis.hlines(places, low, high, color=INK, linewidth=1.8)
    axis.plot(
        mid, places, color=INK, marker="o", linestyle="none", markersize=6, markerfacecolor=PAPER,
        label=say("check-rootogram-predicted"), clip_on=False,
    )  # fmt: skip
    name_rows(axis, places, labels)
    # A mark at 0 stands half outside.
    axis.tick_params(axis="y", pad=7)
    _key(axis, ((say("check-rootogram-published"), BLUE), (say("check-rootogram-predicted"), INK)))
    ticks = np.arange(0, int(np.ceil(axis.get_xlim()[1])) + 1)
    axis.set_xticks(ticks, [number(float(tick**2)) for tick in ticks])
    head(axis, say("check-rootogram-title"), say("check-rootogram-persons"))
    foot(axis, say("check-rootogram-rows"))


def _key(axis: Axes, names: Sequence[tuple[str, str]]) -> None:
    """Say in their colours, above the rows, what is drawn in them."""
    low, high = axis.get_ylim()
    axis.set_ylim(low, high + len(names) * 0.8)
    for place, (text, colour) in enumerate(names):
        axis.annotate(
            text, (1, high + 0.8 * (len(names) - place) - 0.4), xycoords=axis.get_yaxis_transform(),
            ha="right", va="center", fontsize=SIZE, color=colour, weight="bold",
        )  # fmt: skip


def dots(figure: Figure, values: np.ndarray, limit: float, title: str, ylabel: str) -> None:
    """One dot per row against a limit; those beyond it are set apart by their marker."""
    axis = figure.add_subplot()
    x = np.arange(1, len(values) + 1)
    beyond, above = values > limit, say("check-loo-above", limit=f"{limit:g}")
    for mask, look, label in ((~beyond, ABOUT, say("check-rows")), (beyond, AGAINST, above)):
        if mask.any():
            axis.plot(
                x[mask], values[mask], color=COLOURS[look], marker=MARKERS[look], label=label,
                linestyle="none", markersize=5,
            )  # fmt: skip
    axis.axhline(limit, **_DASHED)
    if beyond.any():
        # On the side where fewer dots are near the line.
        near = np.abs(values - limit) < 0.12 * np.ptp(axis.get_ylim())
        left, right = (near[one].sum() for one in (x < len(x) / 3, x > len(x) * 2 / 3))
        _at_line(axis, above, *((0.0, limit, "left") if left <= right else (1.0, limit, "right")))
    axis.grid(visible=False, axis="x")
    head(axis, title, ylabel)
    foot(axis, say("check-loo-axis"))


def without(
    figure: Figure, labels: Sequence[str], values: Sequence[Estimate], whole: float, xlabel: str
) -> None:
    """A probability without each origin, with its Monte Carlo interval, against that with all."""
    axis = figure.add_subplot()
    every = say("check-with-all")
    axis.axvline(whole, label=every, **_DASHED)
    dot_rows(axis, labels, values, whole, say("check-without"))
    low, high = axis.get_ylim()
    axis.set_ylim(low, high + 0.7)
    axis.annotate(
        every, (whole, high + 0.4), (5, 0), textcoords="offset points", va="center", fontsize=SIZE
    )
    foot(axis, xlabel)
