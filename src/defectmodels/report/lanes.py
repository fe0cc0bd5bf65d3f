"""Events above a time axis: one lane for each series of eras, with what each era is called.

Invariant: no two names of a lane lie on each other; a lane that the axis does not cross a border of is
left out. Shown by ``tests/test_figures.py::test_lanes_name_eras_that_have_room``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation

from defectmodels.report.drawing import INK
from defectmodels.report.lettering import breadth
from defectmodels.report.marks import width_of

_UP: Any = 2
"""matplotlib's marker of a line that rises from its place."""
PITCH = 15.0
"""Height of a lane, CSS pixels."""
_GAP = 2.0
_MOST_ACROSS = 2
"""Borders of a lane, at most, that are drawn across the plot."""
_MARGINS = 52.0
_SIZES = (8.5, 9.0)
"""Of names, in a wide drawing and in one for a phone."""


@dataclass(frozen=True)
class Lane:
    """Eras one after the other: name and first day of each, as a place on the time axis.

    Attributes
    ----------
    title : str
    eras : tuple of (str, float)
    steps : tuple of float
        Places of the steps that lead from one era to the next, and of those within one.
    """

    title: str
    eras: tuple[tuple[str, float], ...]
    steps: tuple[float, ...] = ()


def height_of(lanes: Sequence[Lane]) -> float:
    """Room that lanes take above the axes, CSS pixels."""
    return len(lanes) * PITCH + _GAP if lanes else 0.0


def draw_lanes(axis: Axes, lanes: Sequence[Lane]) -> list[Lane]:
    """Draw the lanes that have a border within the time axis, and give them back."""
    low, high = axis.get_xlim()
    small = width_of(axis) < 500
    shown = [
        lane
        for lane in lanes
        if any(low < start < high for _, start in lane.eras[1:])
        # On a phone there is no room for many names in a row.
        and not (small and len(lane.eras) > _MOST_ACROSS + 1)
    ]
    for place, lane in enumerate(reversed(shown)):
        _lane(axis, lane, _GAP + place * PITCH, _SIZES[small])
    return shown


def _lane(axis: Axes, lane: Lane, rise: float, size: float) -> None:
    low, high = axis.get_xlim()
    pixels = (width_of(axis) - _MARGINS) / (high - low)
    # The first era of a series begins where the series does, which is no event.
    borders = [start for _, start in lane.eras[1:] if low < start < high]
    for place, start in enumerate(borders):
        if not place or (start - borders[place - 1]) * pixels > 3:
            _tick(axis, start, rise, PITCH - 2, 1.0)
        if len(borders) <= _MOST_ACROSS:
            axis.axvline(start, color=INK, linewidth=0.8, alpha=0.5, linestyle=(0, (1, 2)))
    for step in lane.steps:
        if low < step < high and step not in borders:
            _tick(axis, step, rise, 3, 0.8)
    ends = [start for _, start in lane.eras[1:]] + [high]
    for (name, start), end in zip(lane.eras, ends, strict=True):
        first, last = max(start, low), min(end, high)
        if (last - first) * pixels >= breadth(name, size) * 0.96 + 3:
            text = axis.annotate(
                name, (first, 1), (3, rise + 4), xycoords=axis.get_xaxis_transform(),
                textcoords="offset points", fontsize=size, va="bottom", annotation_clip=False,
            )  # fmt: skip
            text.set_in_layout(False)


def _tick(axis: Axes, at: float, rise: float, height: float, width: float) -> None:
    moved = ScaledTranslation(0, rise / 72, axis.figure.dpi_scale_trans)
    mark = Line2D(
        [at], [1], color=INK, marker=_UP, markersize=height, markeredgewidth=width,
        transform=axis.get_xaxis_transform() + moved, clip_on=False,
    )  # fmt: skip
    mark.set_in_layout(False)
    axis.add_line(mark)
