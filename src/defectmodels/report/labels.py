"""Names beside what they name, in place of a legend.

Each name is tried along the line or the marks that it belongs to, and stands where it hides least.
Places are reckoned from the size of the figure alone, since the layout is known only when it is drawn.

Invariant: names of one drawing do not lie on each other while there is room for all. Shown by
``tests/test_figures.py::test_names_stand_apart``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from defectmodels.report.lettering import LINE, breadth, wrapped
from defectmodels.report.marks import room_above, size_of

SIZE = 10.0
_ROOM = 120.0
"""Width at which a name is broken into lines, CSS pixels."""
_GAP = 6.0
_MOST_ANCHORS = 24
_CLEAR = 16.0
"""From so far on two lines are seen apart, CSS pixels."""
_MARGINS = np.array([48.0, 30.0])
"""What ticks take of a figure's width and height, CSS pixels."""


@dataclass(frozen=True)
class Name:
    """A name and the places that it may stand beside: np.ndarray (place,) in the axes' units."""

    text: str
    colour: str
    x: np.ndarray
    y: np.ndarray
    bold: bool = False


class Box(NamedTuple):
    """Middle and half sizes of a name, CSS pixels."""

    x: float
    y: float
    half_width: float
    half_height: float

    def meets(self, other: Box) -> bool:
        """Whether two names lie on each other."""
        wide = abs(self.x - other.x) < self.half_width + other.half_width
        return wide and abs(self.y - other.y) < self.half_height + other.half_height


class Place(NamedTuple):
    """A place that is tried for a name: its box, the point it is beside, and how far from it."""

    box: Box
    anchor: int
    shift: tuple[float, float]


class Ground:
    """Places of an axes in CSS pixels, as nearly as they are known before the layout."""

    def __init__(self, axis: Axes) -> None:
        width, height = size_of(axis)
        self.size = np.array([width, height * (1 - room_above(axis))]) - _MARGINS
        self._axis = axis

    def pixels(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """np.ndarray (place, 2), from the foot of the axes on the left."""
        scale = self._axis.transScale
        ends = scale.transform(
            np.column_stack([self._axis.get_xlim(), self._axis.get_ylim()]).astype(float)
        )
        found = scale.transform(np.column_stack([x, y]).astype(float))
        return np.asarray((found - ends[0]) / (ends[1] - ends[0]) * self.size)


def dense(points: np.ndarray, step: float = 5.0) -> np.ndarray:
    """Fill a line in: points np.ndarray (place, 2), at most `step` pixels apart."""
    if len(points) < 2:
        return points
    lengths = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    at = np.linspace(0, along[-1], int(along[-1] / step) + 2)
    return np.column_stack([np.interp(at, along, points[:, i]) for i in (0, 1)])


def _tried(name: Name, ground: Ground) -> Iterable[Place]:
    text = wrapped(name.text, _ROOM, SIZE, name.bold)
    wide = breadth(text, SIZE, name.bold) / 2
    high = SIZE * LINE * (text.count("\n") + 1) / 2
    ways = (
        (0.0, high + _GAP), (0.0, -high - _GAP), (wide + _GAP, 0.0), (-wide - _GAP, 0.0),
        (wide + _GAP, high + _GAP), (-wide - _GAP, high + _GAP),
        (wide + _GAP, -high - _GAP), (-wide - _GAP, -high - _GAP),
    )  # fmt: skip
    pixels = ground.pixels(name.x, name.y)
    for anchor in np.unique(np.linspace(0, len(pixels) - 1, _MOST_ANCHORS).astype(int)):
        x, y = pixels[anchor]
        # What would leave the axes on a side is moved in as far as it has to be.
        inward = min(max(x, wide), ground.size[0] - wide) - x
        for way in (*ways, *((inward, up) for _, up in ways[:2])):
            yield Place(Box(x + way[0], y + way[1], wide, high), anchor, way)


def _near(found: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Distance of some places, (place, 2), to the next point along both axes: (place,)."""
    across = np.abs(points[:, 0] - found[:, :1])
    return np.asarray((across + np.abs(points[:, 1] - found[:, 1:])).min(axis=1))


def _apart(found: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Distance of some places, (place, 2), to the next point: (place,)."""
    away = np.hypot(points[:, 0] - found[:, :1], points[:, 1] - found[:, 1:])
    return np.asarray(away.min(axis=1))


def _held(middle: np.ndarray, half: np.ndarray, points: np.ndarray) -> np.ndarray:
    """How many points lie in boxes of some middles and half sizes, (box, 2): (box,)."""
    across = np.abs(points[:, 0] - middle[:, :1]) < half[:, :1]
    return np.asarray((across & (np.abs(points[:, 1] - middle[:, 1:]) < half[:, 1:])).sum(axis=1))


def costs(
    tried: Sequence[Place], ground: Ground, marks: np.ndarray, own: np.ndarray, others: np.ndarray,
    placed: Sequence[Box],
) -> np.ndarray:  # fmt: skip
    """What each place of a name hides, and how doubtful it leaves what is named: (place,)."""
    boxes = np.array([one.box for one in tried])
    middle, half = boxes[:, :2], boxes[:, 2:]
    outside = np.maximum(half - middle, 0).sum(axis=1)
    outside += np.maximum(middle + half - ground.size, 0).sum(axis=1)
    met = np.array([sum(one.box.meets(other) for other in placed) for one in tried])
    cost = 1e4 * met + 50 * outside + 8 * _held(middle, half, marks)
    if not len(others):
        return np.asarray(cost)
    # A name that is nearer to another line would be read as that line's.
    doubt = _near(middle, own) - _near(middle, others)
    # Where two lines run together a name could be either's.
    close = _apart(middle - np.array([one.shift for one in tried]), others)
    return np.asarray(cost + 2 * np.maximum(doubt, 0.0) + 2 * np.maximum(_CLEAR - close, 0.0))


def place(axis: Axes, names: Sequence[Name], lines: Sequence[np.ndarray]) -> list[Place]:
    """Find a place for every name; lines, np.ndarray (place, 2) in the axes' units, are kept clear."""
    ground = Ground(axis)
    drawn = [dense(ground.pixels(one[:, 0], one[:, 1])) for one in lines]
    points = [dense(ground.pixels(one.x, one.y)) for one in names]
    marks = np.concatenate([*drawn, *points])
    found: list[Place] = []
    for index, name in enumerate(names):
        others = [one for at, one in enumerate(points) if at != index]
        apart = np.concatenate(others) if others else np.empty((0, 2))
        tried = list(_tried(name, ground))
        boxes = [one.box for one in found]
        cost = costs(tried, ground, marks, points[index], apart, boxes)
        found.append(tried[int(np.argmin(cost))])
    return found


def label(axis: Axes, names: Sequence[Name], lines: Sequence[np.ndarray] = ()) -> None:
    """Write every name beside what it names."""
    if not names:
        return
    for name, found in zip(names, place(axis, names, lines), strict=True):
        axis.annotate(
            wrapped(name.text, _ROOM, SIZE, name.bold), (name.x[found.anchor], name.y[found.anchor]),
            found.shift, textcoords="offset points", ha="center", va="center", fontsize=SIZE,
            color=name.colour, weight="bold" if name.bold else "normal", linespacing=LINE,
            annotation_clip=False,
        )  # fmt: skip
