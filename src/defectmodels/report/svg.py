"""From what matplotlib writes to the SVG of a page: bare, short, and in the page's own colours.

A strict content security policy bars the attribute ``style``, so that every declaration becomes an
attribute of its own; what draws nothing is left out, and places have two decimals.

Invariant: no style, no address and no id that nothing refers to; the picture is the same. Shown by
``tests/test_figures.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import count
from xml.etree import ElementTree

from markupsafe import Markup, escape

PLACES = 2
"""Decimals of a place in CSS pixels: a page enlarges a drawing by less than a half."""
_LINK = "{http://www.w3.org/1999/xlink}href"
_PLACE = re.compile(r"-?\d+\.\d+")
_USED = re.compile(r"url\(#([^)]+)\)")
_PARTS = frozenset({"g", "defs", "path", "use", "text", "tspan", "clipPath", "rect", "pattern"})
_DRAWN = frozenset({"path", "use", "text", "rect"})
# Where text stands is said by `transform` or by `x` and `y`; the page gives it its type.
_DROPPED = frozenset({"font-family", "font-style", "font-variant", "font-stretch", "version"})


def bare(text: str, key: str, alt: str, colours: Mapping[str, str]) -> Markup:
    """Make an element of an HTML page of a drawing's SVG.

    Parameters
    ----------
    text : str
        As matplotlib writes it.
    key : str
        Put before every id.
    alt : str
        What the drawing shows, for those who do not see it.
    colours : mapping
        What each colour of the drawing becomes.
    """
    # The document type has an address, and the parser of entities is not to be tempted.
    root = ElementTree.fromstring(text[text.index("<svg") :])
    ids = _ids(root, key)
    inner = "".join(_element(one, ids, colours) for one in root)
    box = escape(root.get("viewBox", ""))
    return Markup(
        f'<svg viewBox="{box}" role="img" aria-label="{escape(alt)}" font-size="11">{inner}</svg>'
    )


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _ids(root: ElementTree.Element, key: str) -> dict[str, str]:
    """Ids that something refers to, behind the key."""
    used = set()
    for element in root.iter():
        for value in element.attrib.values():
            used |= set(_USED.findall(value))
        used.add(element.get(_LINK, "#")[1:])
    numbers = count()
    found = (element.get("id", "") for element in root.iter())
    return {one: f"{key}-s{next(numbers)}" for one in found if one and one in used}


def _element(
    element: ElementTree.Element, ids: Mapping[str, str], colours: Mapping[str, str]
) -> str:
    name = _name(element)
    if name not in _PARTS or _unseen(element):
        return ""
    inner = str(escape((element.text or "").strip())) if name in ("text", "tspan") else ""
    inner += "".join(_element(one, ids, colours) for one in element)
    if name in ("g", "defs") and not inner:
        return ""
    attributes = dict(_attributes(element, ids))
    if name == "g" and not attributes:
        return inner
    said = "".join(f' {key}="{escape(_coloured(v, colours))}"' for key, v in attributes.items())
    return f"<{name}{said}>{inner}</{name}>" if inner else f"<{name}{said}/>"


def _declared(element: ElementTree.Element) -> dict[str, str]:
    pairs = (one.partition(":") for one in element.get("style", "").split(";") if ":" in one)
    return {key.strip(): value.strip() for key, _, value in pairs}


def _unseen(element: ElementTree.Element) -> bool:
    """Whether it is a shape that is neither filled nor drawn round."""
    said = _declared(element)
    return _name(element) == "path" and said.get("fill") == "none" and "stroke" not in said


def _attributes(element: ElementTree.Element, ids: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key, value in element.attrib.items():
        if key == "id":
            if value in ids:
                yield key, ids[value]
        elif key == _LINK:
            yield "href", f"#{ids[value[1:]]}"
        elif key == "transform":
            yield from _turned(element, value)
        elif key not in ("style", "version"):
            yield key, _USED.sub(lambda m: f"url(#{ids[m[1]]})", _short(value))
    for key, value in _declared(element).items():
        yield from _presented(key, _USED.sub(lambda m: f"url(#{ids[m[1]]})", value))


def _turned(element: ElementTree.Element, value: str) -> Iterator[tuple[str, str]]:
    # Upright text is turned by nothing.
    if not (_name(element) == "text" and re.match(r"rotate\(-?0(\.0+)? ", value)):
        yield "transform", _short(value)


def _presented(key: str, value: str) -> Iterator[tuple[str, str]]:
    """A declaration as the attributes that say the same."""
    if key == "font":
        size = re.search(r"([\d.]+)px", value)
        weight = re.match(r"(?:\w+ )*?(bold|\d{3}) ", value)
        value = size[1] if size else ""
        yield from [("font-weight", weight[1])] if weight else []
        key = "font-size"
    if key == "font-size":
        value = value.removesuffix("px")
        if float(value) == 11:
            return
    if key not in _DROPPED:
        yield key, _short(value)


def _short(value: str) -> str:
    """Places with few decimals, and no line ends."""

    def rounded(found: re.Match[str]) -> str:
        text = f"{float(found[0]):.{PLACES}f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text

    return _PLACE.sub(rounded, " ".join(value.split()))


def _coloured(value: str, colours: Mapping[str, str]) -> str:
    return colours.get(value.lower(), value)
