"""A tornado: how far each change moves a number from where it is.

Invariant: a figure knows no model and no fit; it draws the numbers that it is given. Shown by
``tests/test_sensitivity_report.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from defectmodels.report.drawing import ABOUT, BLUE, COLOURS, INK, MARKERS, PAPER
from defectmodels.report.labels import SIZE
from defectmodels.report.marks import foot, name_rows


class Row(NamedTuple):
    """What is changed, and under each change the value, half its Monte Carlo interval, and a short name."""

    label: str
    values: tuple[float, ...]
    half: tuple[float, ...]
    names: tuple[str, ...]


def tornado(figure: Figure, rows: Sequence[Row], base: float, name: str, xlabel: str) -> None:
    """Bars from the base to the farthest values of each row, and a mark for each value."""
    axis = figure.add_subplot()
    places = np.arange(len(rows))[::-1].astype(float)
    low = np.array([min(base, *row.values) for row in rows])
    high = np.array([max(base, *row.values) for row in rows])
    axis.barh(places, high - low, left=low, height=0.42, color=BLUE, alpha=0.28, linewidth=0)
    for place, row in zip(places, rows, strict=True):
        values, half = np.array(row.values), np.array(row.half)
        axis.hlines([place] * len(values), values - half, values + half, color=INK, linewidth=0.9)
        axis.plot(
            values, [place] * len(values), color=COLOURS[ABOUT], marker=MARKERS[ABOUT],
            linestyle="none", markersize=5, markerfacecolor=PAPER,
        )  # fmt: skip
        _name_ends(axis, place, row)
    axis.axvline(base, color=INK, linestyle="--", linewidth=1)
    name_rows(axis, places, [row.label for row in rows], rise=0.28)
    left, right = axis.get_xlim()
    # Room for the names of the outermost marks.
    axis.set_xlim(left - _ROOM * (right - left), right + _ROOM * (right - left))
    bottom, top = axis.get_ylim()
    axis.set_ylim(bottom, top + 0.6)
    axis.annotate(
        name, (base, top + 0.3), (5, 0), textcoords="offset points", va="center", fontsize=SIZE
    )
    axis.xaxis.set_major_locator(MaxNLocator(nbins=5))
    foot(axis, xlabel)


_ROOM = 0.12
_SMALL = 8.5


def _name_ends(axis: Axes, place: float, row: Row) -> None:
    """Name the lowest and the highest mark of a row, outside of them."""
    order = np.argsort(row.values)
    for at, side, shift, sign in ((order[0], "right", -3, -1.0), (order[-1], "left", 3, 1.0)):
        if not row.names[at] or (sign > 0 and len(order) == 1):
            continue
        end = row.values[at] + sign * row.half[at]
        axis.annotate(
            row.names[at], (end, place), (shift, 0), textcoords="offset points", ha=side,
            va="center", fontsize=_SMALL,
        )  # fmt: skip
