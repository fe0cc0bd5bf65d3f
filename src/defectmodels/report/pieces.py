"""What a section is made of: paragraphs, tables, figures and equations, without any layout.

Invariant: text is held unescaped and escaped by the template alone; markup exists only where this
package made it (`Figure` panels, `Equations`), and a link leads to http or https, or to a section of
the page, or is plain text.
Shown by ``tests/test_report.py::test_markup_in_the_evidence_is_escaped``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal
from urllib.parse import urlsplit

from markupsafe import Markup

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


@dataclass(frozen=True)
class Link:
    """A text that leads to a page on the web, or to a section of this one."""

    text: str
    href: str


Cell = str | Link
WIDEST_SMALL = 450
"""Widest drawing, in CSS pixels, that stands beside others and is not drawn again for a phone."""


def link(address: str, text: str = "") -> Cell:
    """Make a link of a web address and plain text of anything else."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return text or address
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return text or address
    return Link(text or parts.netloc, address)


def inner(section: str, text: str) -> Link:
    """Make a link to a section of the same page, by its key."""
    return Link(text, f"#{section}")


@dataclass(frozen=True)
class Paragraph:
    """Text; `role` sets how it looks."""

    kind: ClassVar[str] = "paragraph"
    text: str
    role: Literal["plain", "lead", "note", "warning"] = "plain"


@dataclass(frozen=True)
class Listing:
    """Sentences as a list, or lines of code."""

    kind: ClassVar[str] = "listing"
    items: tuple[str, ...]
    code: bool = False


@dataclass(frozen=True)
class Table:
    """A table; `numeric` columns are set flush right, `folded` is the text that unfolds it."""

    kind: ClassVar[str] = "table"
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numeric: tuple[int, ...] = ()
    folded: str = ""


@dataclass(frozen=True)
class Panel:
    """One drawing: inline SVG of a natural size in CSS pixels, and what draws it for a file.

    `key` is unique in the page; `alt` says what is shown, with its key numbers. `narrow` is the same
    for a phone, where the drawing is too wide for one. Of a panel from another process nothing draws it.
    """

    svg: Markup
    width: int
    height: int
    key: str
    alt: str
    draw: Callable[[Drawing], None] | None = field(compare=False, repr=False)
    narrow: Markup | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what draws it when it goes to another process: a function inside of another cannot."""
        return self.__dict__ | {"draw": None}


@dataclass(frozen=True)
class Figure:
    """Drawings side by side where there is room, a caption, their numbers, and a note below."""

    kind: ClassVar[str] = "figure"
    panels: tuple[Panel, ...]
    caption: str
    data: Table
    note: str = ""


@dataclass(frozen=True)
class Equations:
    """Equations in MathML, each with what it says in words."""

    kind: ClassVar[str] = "equations"
    lines: tuple[tuple[Markup, str], ...]


@dataclass(frozen=True)
class Slider:
    """A series whose level can be moved; `place` is its place among all sliders."""

    place: int
    label: str
    unit: str


@dataclass(frozen=True)
class Explorer:
    """Sliders for levels of series, tables of what they make of a span, and the script that does it.

    Attributes
    ----------
    labels : dict of str to str
        Texts that do not change.
    spans : tuple of str
        What can be chosen; `span` is the place of the one that is shown first.
    themes : tuple of (str, tuple of Slider)
    quantities : tuple of (str, str)
        Name of each, and its number as it was.
    whats : tuple of str
        What is split by theme.
    data, script : Markup
        JSON and JavaScript, whole contents of their elements.
    """

    kind: ClassVar[str] = "explorer"
    labels: dict[str, str]
    spans: tuple[str, ...]
    span: int
    themes: tuple[tuple[str, tuple[Slider, ...]], ...]
    quantities: tuple[tuple[str, str], ...]
    whats: tuple[str, ...]
    data: Markup
    script: Markup


Piece = Paragraph | Listing | Table | Figure | Equations | Explorer


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it."""

    key: str
    title: str
    pieces: tuple[Piece, ...]
