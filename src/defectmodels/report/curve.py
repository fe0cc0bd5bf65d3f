"""The specification curve: estimates of many variants in order, and below each the choices that made it.

Invariant: a figure knows no model and no fit, and what is told apart by colour differs in its mark too. Shown
by ``tests/test_multiverse_report.py``.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from defectmodels.report.drawing import BLUE, INK, PAPER
from defectmodels.report.labels import SIZE
from defectmodels.report.marks import foot, head, plain_log, width_of
from defectmodels.wording import say

Look = Literal["supports", "differs", "fails"]
_LOOKS: dict[Look, tuple[str, str, str]] = {
    "supports": ("o", BLUE, BLUE),
    "differs": ("X", INK, INK),
    "fails": ("o", INK, PAPER),
}
"""Marker, edge and face."""
_ABOVE, _ROW = 250, 15
"""Heights of the estimates with all around them, and of a row of choices, CSS pixels."""
_WIDE = 450
"""Narrower drawings have smaller marks."""
_WIDEST = 8.0
"""An interval that is so many times wider than all medians together is cut."""

Choice = tuple[str, str]


class Point(NamedTuple):
    """Estimate of one variant, how it is drawn, what was chosen, and whether it is the first choice."""

    median: float
    low: float
    high: float
    look: Look
    chosen: frozenset[Choice]
    own: bool


class Curve(NamedTuple):
    """Variants in order; names of the axes with the choices of each and their labels."""

    title: str
    points: tuple[Point, ...]
    rows: tuple[tuple[str, tuple[tuple[Choice, str], ...]], ...]


def height_of(curve: Curve) -> int:
    """Height that a drawing needs, CSS pixels."""
    return _ABOVE + _ROW * sum(1 + len(choices) for _, choices in curve.rows)


def specification_curve(figure: Figure, curve: Curve) -> None:
    """Draw the estimates above and the choices below."""
    below = height_of(curve) - _ABOVE
    above, matrix = figure.subplots(
        2, 1, sharex=True, gridspec_kw={"height_ratios": [_ABOVE - 70, below]}
    )
    _estimates(above, curve.points)
    _choices(matrix, curve)
    head(above, curve.title, say("multiverse-axis"))
    foot(matrix, say("multiverse-variants"))


def _places(points: tuple[Point, ...], look: Look) -> np.ndarray:
    return np.array([at for at, one in enumerate(points) if one.look == look], dtype=int)


def _marks(axis: Axes, x: np.ndarray, y: np.ndarray, look: Look, label: str = "") -> None:
    marker, edge, face = _LOOKS[look]
    size = 5.5 if width_of(axis) > _WIDE else 3.0
    axis.plot(
        x, y, marker=marker, linestyle="none", markersize=size, markeredgecolor=edge,
        markerfacecolor=face, markeredgewidth=0.9, label=label or None,
    )  # fmt: skip


def _estimates(axis: Axes, points: tuple[Point, ...]) -> None:
    medians = np.array([one.median for one in points])
    low, high = (np.array([getattr(one, end) for one in points]) for end in ("low", "high"))
    axis.axhline(1, color=INK, linewidth=0.9)
    for look, (_, edge, _) in _LOOKS.items():
        at = _places(points, look)
        if len(at):
            axis.vlines(at, low[at], high[at], color=edge, linewidth=1.1, alpha=0.55)
            _marks(axis, at, medians[at], look, say("multiverse-look", look=look))
    _own(axis, points)
    least, most = medians.min() / _WIDEST, medians.max() * _WIDEST
    # No change is in sight, so that its distance is.
    axis.set_ylim(min(max(low.min() / 1.15, least), 0.87), max(min(high.max() * 1.15, most), 1.15))
    plain_log(axis)
    axis.tick_params(axis="x", length=0, labelbottom=False)
    axis.grid(visible=False, axis="x")
    axis.legend(loc="upper left", fontsize=SIZE, handletextpad=0.2, borderaxespad=0.2)


def _own(axis: Axes, points: tuple[Point, ...]) -> None:
    """A line at the variant that all are held against."""
    for at, one in enumerate(points):
        if one.own:
            axis.axvline(at, color=INK, linewidth=0.7, linestyle=(0, (4, 1.5)), zorder=0)


def _choices(axis: Axes, curve: Curve) -> None:
    heights: list[int] = []
    labels: list[str] = []
    row = 0
    for name, choices in curve.rows:
        axis.annotate(
            name, (0, -row), (2, 0), xycoords=axis.get_yaxis_transform(),
            textcoords="offset points", ha="left", va="center", fontsize=SIZE, weight="bold",
        )  # fmt: skip
        for choice, label in choices:
            row += 1
            heights.append(-row)
            labels.append(label)
            _row(axis, curve.points, choice, -row)
        row += 1
    _own(axis, curve.points)
    axis.set_yticks(heights, labels, fontsize=SIZE)
    axis.set_ylim(-row + 0.3, 0.6)
    axis.set_xlim(-1, len(curve.points))
    axis.tick_params(axis="both", length=0, labelbottom=False)
    axis.grid(visible=False, axis="x")


def _row(axis: Axes, points: tuple[Point, ...], choice: Choice, height: int) -> None:
    for look in _LOOKS:
        at = _places(points, look)
        x = np.array([one for one in at if choice in points[one].chosen], dtype=int)
        if len(x):
            _marks(axis, x, np.full(len(x), height), look)
