"""From a matplotlib figure to inline SVG, and the one style of all figures.

Invariant: the same numbers give the same bytes, ids are unique in the page, nothing is loaded, and
ink and paper follow the page's colours, so that a figure reads in the dark and in print. Shown by
``tests/test_figures.py``.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import matplotlib
from markupsafe import Markup, escape
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from defectmodels.report.pieces import Panel

INK = "#010203"
PAPER = "#fdfefd"
"""Stand-ins that `svg` turns into the page's own colours."""
# Okabe and Ito (2008), Color Universal Design, without the yellow, which fades on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", INK)
BLUE, VERMILION, GREEN = COLOURS[:3]
# Line styles and hatches differ too, so that a grey print can be read.
LINES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (6, 1, 1, 1)), (0, (3, 1)), (0, (1, 1)))
HATCHES = ("", "////", "----", "\\\\\\\\", "xxxx", "++++", "||||")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_DPI = 72
_STYLE: dict[str, Any] = {
    "svg.hashsalt": "defectmodels",
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans", "Helvetica", "Arial", "sans-serif"],
    "font.size": 11.0,
    "axes.titlesize": 11.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": INK,
    "grid.alpha": 0.13,
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "hatch.linewidth": 0.7,
    "legend.frameon": False,
    "legend.fontsize": 10.0,
    "lines.linewidth": 1.8,
    "figure.dpi": _DPI,
    "savefig.dpi": _DPI,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
}


@contextmanager
def style() -> Iterator[None]:
    """Set the style of all figures, and set the reader's own back after."""
    with matplotlib.rc_context(), warnings.catch_warnings():
        # The reader's own fonts set the text, so a sign that the drawing font lacks is no loss.
        warnings.filterwarnings("ignore", message=r"(?s).*Glyph .* missing from")
        warnings.filterwarnings("ignore", message=r"(?s).*Matplotlib currently does not support")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)  # type: ignore[arg-type]
        yield


def panel(
    key: str, alt: str, draw: Callable[[Figure], None], width: int = 340, height: int = 260
) -> Panel:
    """Draw one panel.

    Parameters
    ----------
    key : str
        Unique in the page; put before every id of the drawing.
    alt : str
        What the drawing shows, with its key numbers, for those who do not see it.
    draw : callable
        Puts axes and marks on the figure it is given.
    width, height : int
        CSS pixels.
    """
    with style():
        figure = drawn_figure(draw, width, height)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None})
    return Panel(_inline(out.getvalue(), key, alt), width, height, key, alt, draw)


def drawn_figure(draw: Callable[[Figure], None], width: int, height: int) -> Figure:
    """Draw on a new figure; to be called within `style`."""
    # A Figure of its own, not pyplot: no state is shared with whoever calls the report.
    figure = Figure(figsize=(width / _DPI, height / _DPI), layout="constrained")
    FigureCanvasSVG(figure)
    draw(figure)
    return figure


def _inline(text: str, key: str, alt: str) -> Markup:
    """SVG as an element of an HTML page."""
    body = text[text.index("<svg") :].strip()
    body = re.sub(r"<metadata>.*?</metadata>\s*", "", body, flags=re.DOTALL)
    # Style sheets of a drawing act on the whole page; only this one stands in every drawing.
    body = re.sub(r"<style.*?</style>\s*", "", body, flags=re.DOTALL)
    box = re.search(r'viewBox="([^"]*)"', body)
    opening = f'<svg viewBox="{box.group(1) if box else ""}" role="img" aria-label="{escape(alt)}">'
    body = opening + body[body.index(">") + 1 :]
    return Markup(_own_ids(_page_colours(body), key))


def _page_colours(body: str) -> str:
    body = body.replace(INK, "currentColor").replace(PAPER, "var(--paper)")
    # The blue is too dark on a dark page.
    return body.replace(BLUE.lower(), "var(--blue)")


def _own_ids(body: str, key: str) -> str:
    """Put new ids behind the key: short, and unique in the page."""
    fresh = (f"{key}-s{number}" for number in count())
    used = set(re.findall(r'(?:url\(#|xlink:href="#)([^)"]+)', body))
    ids = {old: next(fresh) for old in re.findall(r'\sid="([^"]+)"', body) if old in used}
    body = re.sub(r'\sid="([^"]+)"', lambda m: f' id="{ids[m[1]]}"' if m[1] in ids else "", body)
    body = re.sub(r"url\(#([^)]+)\)", lambda m: f"url(#{ids.get(m[1], m[1])})", body)
    return re.sub(r'xlink:href="#([^"]+)"', lambda m: f'href="#{ids.get(m[1], m[1])}"', body)
