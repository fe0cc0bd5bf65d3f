"""How much room a text takes in a drawing, whatever font the reader has.

The page sets the text of a drawing in the reader's own font, which is not known here. Widths are those
of common sans-serif fonts, rounded up a little.

Invariant: a wrapped text has the words of the text, in order. Shown by ``tests/test_figures.py``.
"""

from __future__ import annotations

from unicodedata import east_asian_width

LINE = 1.25
"""Height of a line over the size of its letters."""
_WIDE = 0.96
_NARROW = frozenset("iIjlt.,:;'|!()[]-f ")


def is_wide(sign: str) -> bool:
    """Whether a sign is as wide as it is high, as Hangul is."""
    return east_asian_width(sign) in "WF"


def stand_in(text: str) -> str:
    """Put a wide letter that the drawing font has in the place of each sign that it lacks."""
    return "".join("m" if is_wide(sign) else sign for sign in text)


def breadth(text: str, size: float, bold: bool = False) -> float:
    """Width of the longest line of a text of some size, both in CSS pixels."""
    ems = max(sum(map(_ems, line)) for line in text.split("\n"))
    return ems * size * (1.08 if bold else 1.0)


def _ems(sign: str) -> float:
    if is_wide(sign):
        return _WIDE
    return 0.34 if sign in _NARROW else 0.7 if sign.isupper() or sign in "mwMW%" else 0.57


def wrapped(text: str, room: float, size: float, bold: bool = False) -> str:
    """Break a text between words, so that its lines fit the room where words allow it."""
    return "\n".join(_line(line, room, size, bold) for line in text.split("\n"))


def _line(text: str, room: float, size: float, bold: bool) -> str:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and breadth(longer, size, bold) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)
