"""A panel as files of its own: SVG, PNG, and the coordinates of its marks.

The SVG has an XML header, a white ground, fixed colours and its text as text, so that a graphics desk
can set it in its own type. The PNG is made by matplotlib and has three pixels for each CSS pixel.

Invariant: the same panel gives the same bytes, neither file holds a date, and coordinates are those
that matplotlib was given, unrounded. Shown by ``tests/test_exports.py``.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator

from defectmodels.report.drawing import INK, PAPER, drawn_figure, style
from defectmodels.report.pieces import Panel

PIXELS = 3
"""Pixels of a PNG for each CSS pixel: sharp on a phone and in a column of print."""
COLUMNS = ("axes", "mark", "name", "number", "x", "y", "x_label", "y_label")
_DPI = 72
_LIGHT = {INK: "#1b1d21", PAPER: "#ffffff"}
"""The page's own ink and paper in the light."""


class Standalone(NamedTuple):
    """Files of one panel.

    Attributes
    ----------
    svg : bytes
    png : bytes
        Empty when the font that matplotlib brings lacks a sign of the drawing.
    rows : list of tuple
        Columns as `COLUMNS`: one row for each corner of each mark, in the axes' units.
    """

    svg: bytes
    png: bytes
    rows: list[tuple[str, ...]]


def standalone(panel: Panel) -> Standalone:
    """Draw a panel of this process for files."""
    assert panel.draw is not None  # only a page that is to have no files is made without
    with style():
        figure = drawn_figure(panel.draw, panel.width, panel.height)
        svg = io.StringIO()
        about = {"Title": panel.alt, "Creator": "defectmodels", "Date": None}
        figure.savefig(svg, format="svg", facecolor=PAPER, metadata=about)
        png = _png(figure, panel.alt)
        rows = [row for number, axes in enumerate(figure.axes, 1) for row in _marks(axes, number)]
    return Standalone(_light(svg.getvalue()).encode(), png, rows)


def _light(text: str) -> str:
    """Give ink and paper colours of their own, and leave out the address of a document type."""
    for stand_in, colour in _LIGHT.items():
        text = text.replace(stand_in, colour)
    return re.sub(r"<!DOCTYPE.*?>\s*", "", text, count=1, flags=re.DOTALL)


def _png(figure: Figure, alt: str) -> bytes:
    out = io.BytesIO()
    about = {"Description": alt, "Software": None}
    with warnings.catch_warnings():
        # A box in place of a sign would be read as what was meant.
        warnings.filterwarnings("error", message=r"(?s).*Glyph .* missing from")
        try:
            figure.savefig(out, format="png", dpi=_DPI * PIXELS, facecolor="white", metadata=about)
        except UserWarning:
            return b""
    return out.getvalue()


def _marks(axes: Axes, number: int) -> Iterator[tuple[str, ...]]:
    """Corners of lines, segments and bars that stand in the units of both axes."""
    marks: list[tuple[str, str, np.ndarray]] = []
    for line in axes.get_lines():
        kind = "points" if line.get_linestyle() in ("None", "none", "", " ") else "line"
        if line.get_transform() == axes.transData:
            marks.append((kind, str(line.get_label()), np.asarray(line.get_xydata())))
    for lines in axes.collections:
        if isinstance(lines, LineCollection):
            found = [np.asarray(one) for one in lines.get_segments()]
            marks += [("segment", str(lines.get_label()), one) for one in found]
    for bar in axes.patches:
        if isinstance(bar, Rectangle) and to_rgba(bar.get_facecolor())[3]:
            low = np.array(bar.get_xy())
            corners = np.array([low, low + np.array([bar.get_width(), bar.get_height()])])
            marks.append(("bar", str(bar.get_label()), corners))
    named = (_tick_labels(axes.xaxis), _tick_labels(axes.yaxis))
    for order, (kind, name, corners) in enumerate(marks, 1):
        name = "" if name.startswith("_") else name
        for x, y in corners.tolist():
            labels = (named[0].get(round(x), ""), named[1].get(round(y), ""))
            yield (str(number), kind, name, str(order), repr(x), repr(y), *labels)


def _tick_labels(axis: Axis) -> dict[int, str]:
    """Names of the places of an axis that has names in place of numbers."""
    if not isinstance(axis.get_major_locator(), FixedLocator):
        return {}
    places = axis.get_majorticklocs()
    return {
        round(place): label.get_text()
        for place, label in zip(places, axis.get_ticklabels(), strict=True)
    }
