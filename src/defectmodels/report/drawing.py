"""From a matplotlib figure to inline SVG, and the one style of all figures.

Invariant: the same numbers give the same bytes, ids are unique in the page, nothing is loaded, and
ink, paper and accent follow the page's colours, so that a figure reads in the dark and in print. Shown
by ``tests/test_figures.py``.
"""

from __future__ import annotations

import io
import warnings
from codecs import getwriter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

import matplotlib
from markupsafe import Markup
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.cbook import file_requires_unicode, open_file_cm
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from defectmodels.report.lettering import stand_in
from defectmodels.report.pieces import WIDEST_SMALL, Panel
from defectmodels.report.svg import bare
from defectmodels.wording import language, speaking

INK = "#010203"
PAPER = "#fdfefd"
"""Stand-ins that `svg` turns into the page's own colours."""
BLUE = "#0072B2"
"""The one accent: what a figure is about. What it is held against is ink."""
_PAGE = {INK: "currentColor", PAPER: "var(--paper)", BLUE.lower(): "var(--accent)"}
NARROW = 345
"""Width of the second drawing of a wide panel: a phone of 375 CSS pixels less its margins."""
ABOUT, BEHIND, AGAINST = range(3)
"""Looks: what a figure is about, a wider range behind it, and what it is held against."""
COLOURS = (BLUE, BLUE, INK)
# Line styles, hatches and markers differ, so that a grey print can be read.
LINES: tuple[Any, ...] = ("-", (0, (1, 1.5)), (0, (4, 1.5)))
HATCHES = ("", "", "////")
SHADES = (0.22, 0.1, 0.1)
MARKERS = ("o", "^", "s")
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
    "axes.spines.left": False,
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
    "xtick.major.size": 3.0,
    "ytick.major.size": 0.0,
    "ytick.minor.size": 0.0,
    "xtick.minor.size": 0.0,
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


class _Renderer(RendererSVG):
    """Measures signs that the drawing font lacks as wide as the reader's own font has them."""

    def get_text_width_height_descent(
        self, s: str, prop: Any, ismath: Any
    ) -> tuple[float, float, float]:
        # Whoever holds the font may change it.
        return _measured(stand_in(s), prop.copy(), ismath)


@lru_cache(maxsize=4096)
def _measured(text: str, font: FontProperties, ismath: Any) -> tuple[float, float, float]:
    """Width, height and descent of a text: once, though every drawing has a renderer of its own."""
    found: tuple[float, float, float]
    found = text_to_path.get_text_width_height_descent(text, font, ismath)
    return found


@cache
def _measuring() -> _Renderer:
    """What measures texts for the layout of all figures: it does not measure one twice."""
    return _Renderer(1, 1, io.StringIO(), image_dpi=_DPI)


class _Canvas(FigureCanvasSVG):
    """Lays out with one `_Renderer` and writes SVG with a new one."""

    def get_renderer(self) -> _Renderer:
        """Give the renderer that texts are measured with."""
        return _measuring()

    def print_svg(
        self, filename: Any, *, metadata: Any = None, bbox_inches_restore: Any = None, **_: Any
    ) -> None:
        with open_file_cm(filename, "w", encoding="utf-8") as opened:
            out = opened if file_requires_unicode(opened) else getwriter("utf-8")(opened)
            self.figure.dpi = _DPI
            width, height = self.figure.get_size_inches()
            inner = _Renderer(width * _DPI, height * _DPI, out, image_dpi=_DPI, metadata=metadata)
            renderer: Any = MixedModeRenderer(
                self.figure, width, height, _DPI, inner, bbox_inches_restore=bbox_inches_restore
            )
            self.figure.draw(renderer)
            renderer.finalize()


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
    """Draw one panel, and a wide one once more for a phone.

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
    spoken = language()

    def draw_again(figure: Figure) -> None:
        # A file of the drawing is made later, and in the same words.
        with speaking(spoken):
            draw(figure)

    wide = _inline(draw_again, key, alt, width, height)
    phone = _inline(draw_again, f"{key}-n", alt, NARROW, height) if width > WIDEST_SMALL else None
    return Panel(wide, width, height, key, alt, draw_again, phone)


def drawn_figure(draw: Callable[[Figure], None], width: int, height: int) -> Figure:
    """Draw on a new figure; to be called within `style`."""
    # A Figure of its own, not pyplot: no state is shared with whoever calls the report.
    figure = Figure(figsize=(width / _DPI, height / _DPI), layout="constrained")
    _Canvas(figure)
    draw(figure)
    return figure


def _inline(draw: Callable[[Figure], None], key: str, alt: str, width: int, height: int) -> Markup:
    """SVG as an element of an HTML page."""
    with style():
        figure = drawn_figure(draw, width, height)
        engine = figure.get_layout_engine()
        assert engine is not None  # `drawn_figure` gives it one
        engine.execute(figure)
        # Laid out it is; saving would draw it once more for that, and throw the drawing away.
        figure.set_layout_engine(None)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None})
    return bare(out.getvalue(), key, alt, _PAGE)
