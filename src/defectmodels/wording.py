"""What the report says, in the language that it is read in.

No sentence stands in code: code names a message and gives it its values, and a catalogue of the
language holds the words (Project Fluent's files, ``locale/<language>/<area>.ftl``; a message's name
begins with its area). A `Message` is the text itself and remembers what it was made of, so that a
result that was worked out once can be said in any language.

Invariant: every message that the code names stands in every language with the same variables, and no
value is lost between languages. Shown by ``tests/test_wording.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Self

from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import ast

from defectmodels.errors import ReportError
from defectmodels.particles import particle, year

LANGUAGES = ("en", "ko")
"""The first is the language of data and model files, of the command line and of errors."""
FUNCTIONS: dict[str, Any] = {"PARTICLE": particle, "YEAR": year}
"""What a catalogue may call, for example ``PARTICLE($what, "은/는")``."""
_LONG, _END = 1000, 40
"""Characters from which a value is long, and of its end; Fluent takes 2,500 at most."""
_language: ContextVar[str] = ContextVar("language", default=LANGUAGES[0])


def checked(language: str) -> str:
    """Give back a language that reports are written in.

    Raises
    ------
    ReportError
        When there is no such language.
    """
    if language not in LANGUAGES:
        raise ReportError(f"lang is '{language}'; reports are written in: {', '.join(LANGUAGES)}")
    return language


def language() -> str:
    """Language that is spoken now."""
    return _language.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say everything within in one language; ReportError when there is no such language."""
    token = _language.set(checked(language))
    try:
        yield
    finally:
        _language.reset(token)


class Message(str):
    """A text in the language that was spoken when it was made, and what it was made of.

    Attributes
    ----------
    name : str
        Of the message in the catalogues; empty for a text that no catalogue holds.
    values : dict
        What the message's variables stand for: texts, whole numbers, messages, or tuples of these.
    language : str
        That it is said in.
    """

    name: str
    values: dict[str, Any]
    language: str

    def __new__(cls, name: str, values: dict[str, Any]) -> Self:
        """Say the message in the language spoken now."""
        made = super().__new__(cls, _formatted(name, values))
        made.name, made.values, made.language = name, values, language()
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.name, self.values)


def say(name: str, /, **values: Any) -> Message:
    """Say a message of the catalogues.

    Parameters
    ----------
    name : str
        ``area-what``, for example ``verdict-withheld``.
    **values : str, int, or tuple of these
        One for each variable of the message. Numbers that are not whole are written first, with the
        digits that their error allows; a tuple is listed with commas and 'and'.

    Raises
    ------
    LookupError
        When the message is not in the catalogue, or one of its variables has no value.
    TypeError
        When a value is a number that is not whole.
    """
    return Message(name, values)


def said(text: str) -> str:
    """Say a text again in the language spoken now; what is no message stays as it is."""
    if isinstance(text, Message) and text.language != language():
        return Message(text.name, text.values)
    return text


def listed(items: Iterable[str]) -> Message:
    """Join with commas and 'and'."""
    return say("list-all", items=tuple(items))


def joined(items: Iterable[str], by: str = " ") -> Message:
    """Join sentences or parts by a sign that is the same in every language."""
    return say("list-joined", items=_Joined(items, by))


def named(name: str) -> str:
    """Name of a group, definition or scenario as a reader is told it; the reader's own stay."""
    key = f"name-{name.replace('_', '-')}"
    return say(key) if re.fullmatch(r"[a-z][a-z0-9-]*", key) and _has(key) else name


def titled(text: str) -> str:
    """Give a title that the package ships in the language spoken; any other text stays."""
    key = _titles().get(" ".join(text.split()))
    return say(key) if key else text


class _Joined(tuple[str, ...]):
    """Texts that are joined by a sign."""

    by: str

    def __new__(cls, items: Iterable[str], by: str) -> Self:
        made = super().__new__(cls, items)
        made.by = by
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (tuple(self), self.by)


def _spoken(value: Any) -> str | int:
    if isinstance(value, str):
        return str(said(value))
    if isinstance(value, _Joined):
        return value.by.join(str(_spoken(one)) for one in value)
    if isinstance(value, tuple):
        return _list([str(_spoken(one)) for one in value])
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r} is no text and no whole number; write it first")
    return value


def _list(items: list[str]) -> str:
    if len(items) < 2:
        return "".join(items)
    return _formatted("list-last", {"before": ", ".join(items[:-1]), "last": items[-1]})


def _formatted(name: str, values: dict[str, Any]) -> str:
    return _text(language(), name, tuple((key, _spoken(value)) for key, value in values.items()))


@lru_cache(maxsize=4096)
def _text(language: str, name: str, spoken: tuple[tuple[str, str | int], ...]) -> str:
    """Text of a message; the same one stands in many places of a report."""
    bundle, found = _bundle(language), _message(language, name)
    if found is None:
        raise LookupError(f"no message '{name}' in locale/{language}/{_area(name)}.ftl")
    values, heads = _shortened(spoken)
    text, wrong = bundle.format_pattern(found, values)
    if wrong:
        raise LookupError(f"message '{name}' ({language}): {wrong[0]}")
    for sign, head in heads.items():
        text = str(text).replace(sign, head)
    # A message may stand on several lines of its file.
    return re.sub(r"\s*\n\s*", " ", str(text))


def _shortened(
    spoken: tuple[tuple[str, str | int], ...],
) -> tuple[dict[str, str | int], dict[str, str]]:
    """Put signs of private use in the place of the heads of long values, which Fluent refuses."""
    values, heads = dict(spoken), dict[str, str]()
    for key, value in spoken:
        if isinstance(value, str) and len(value) > _LONG:
            sign = chr(0xE000 + len(heads))
            # The end stays, since particles follow it.
            heads[sign], values[key] = value[:-_END], sign + value[-_END:]
    return values, heads


def _area(name: str) -> str:
    return name.partition("-")[0]


@cache
def _bundle(language: str) -> FluentBundle:
    # Marks that isolate the direction of a text are noise where both languages run the same way.
    return FluentBundle([language], use_isolating=False, functions=FUNCTIONS)


@cache
def _message(language: str, name: str) -> Any:
    bundle = _bundle(language)
    _load(language, _area(name))
    return bundle.get_message(name).value if bundle.has_message(name) else None


def _has(name: str) -> bool:
    return _message(language(), name) is not None


@cache
def _load(language: str, area: str) -> None:
    """Take an area's messages into the bundle of its language, once."""
    # Read when first needed: to read all of them takes longer than most commands do.
    place = catalogue(language, area)
    if place.is_file():
        _bundle(language).add_resource(FluentResource(place.read_text(encoding="utf-8")))


def catalogue(language: str, area: str) -> Traversable:
    """File that holds the messages of an area in a language."""
    return files("defectmodels").joinpath("locale", language, f"{area}.ftl")


@cache
def _titles() -> dict[str, str]:
    """Message of every title that data and model files of the package hold."""
    text = catalogue(LANGUAGES[0], "title").read_text(encoding="utf-8")
    found = FluentResource(text).body
    with speaking(LANGUAGES[0]):
        return {say(one.id.name): one.id.name for one in found if isinstance(one, ast.Message)}
