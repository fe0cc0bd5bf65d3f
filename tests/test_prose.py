"""No sentence of the report stands in code, and none is left in English on a Korean page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

import defectmodels
from defectmodels.evidence.dataset import Dataset
from defectmodels.model.spec import ModelSpec
from defectmodels.report.page import render
from fabricate import fabricate
from test_report import with_checks

ROOT = Path(defectmodels.__file__).parent
PROSE = re.compile(r"[A-Za-z]{2,},? [a-z]{2,}")
"""Two words: what a reader reads, and a few keys."""
KEYS = {
    # Verdicts and words that select a message.
    "not supported", "cannot tell", "cannot be left out", "hardly changed",
    "part of the change", "share ratio", "count ratio", "total ratio", "part of the change in share",
    # What matplotlib and SVG are told.
    "offset points", "axes fraction", "outside lower left", "upper left",
    # Commands.
    "defectmodels audit fit.nc", "defectmodels audit fit.nc --refits refits", "defectmodels fit ",
    "defectmodels export", "defectmodels report fit.nc -o report.html",
}  # fmt: skip
MARKUP = re.compile(r"<[a-z]+ |\(\?s\)")
FOR_MACHINES = {"decisions.py"}
"""The schema's descriptions are data, which is in English."""
SOURCES = [path for path in sorted((ROOT / "report").glob("*.py")) if path.name not in FOR_MACHINES]


def silent(tree: ast.Module) -> set[int]:
    """Constants that no page shows: docstrings, errors, names of messages."""
    found: set[int] = set()
    for node in ast.walk(tree):
        for one in (
            getattr(node, "body", []) if not isinstance(node, ast.Lambda | ast.IfExp) else []
        ):
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
                found.add(id(one.value))
        raised = isinstance(node, ast.Raise)
        error = isinstance(node, ast.Call) and getattr(node.func, "id", "").endswith("Error")
        if raised or error:
            found |= {id(one) for one in ast.walk(node)}
    return found


def prose(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = silent(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            plain = text in KEYS or MARKUP.search(text)
            if id(node) not in skipped and PROSE.search(text) and not plain:
                yield f"{path.name}:{node.lineno}: {text!r}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_sentence_stands_in_code(path: Path) -> None:
    found = [one for one in prose(path) if "could not be made (" not in one]
    assert found == []


def test_a_sentence_in_code_would_be_found(tmp_path: Path) -> None:
    source = tmp_path / "x.py"
    source.write_text(
        '"""A docstring is none."""\nx = f"{1} of many rows"\nraise E("not this one")\n'
    )
    assert list(prose(source)) == ["x.py:2: ' of many rows'"]


class Read(HTMLParser):
    """Text of a page in its own language, without code and what is marked as another's."""

    VOID = frozenset({"meta", "link", "br", "hr", "img", "input", "source"})

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        foreign = given.get("lang", "ko") != "ko" or tag in ("script", "style", "code", "math")
        if not any(away for _, away in self.open) and not foreign and given.get("aria-label"):
            self.texts.append(given["aria-label"] or "")
        if tag not in self.VOID:
            self.open.append((tag, foreign))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(away for _, away in self.open) and data.strip():
            self.texts.append(data.strip())


ENGLISH = re.compile(r"\b[a-z]{2,}(?:,? [a-z]{2,})+\b")
"""Two plain words in a row; names, which have capitals, and identifiers are no sentence."""


def foreign(dataset: Dataset) -> Iterator[str]:
    """What stays in its own language: words of sources, who published them, and commands."""
    yield from ("defectmodels check", "defectmodels compare")
    for one in dataset.statements:
        yield from filter(None, (one.words, one.publisher, one.origin))
    for reading in dataset.header.reading:
        yield ", ".join(reading.words)


def test_no_english_is_left_on_a_korean_page(escape_rates: ModelSpec, shipped: Dataset) -> None:
    reader = Read()
    reader.feed(render(with_checks(fabricate(escape_rates, shipped, draws=100)), "ko"))
    text = "\n".join(reader.texts)
    for one in sorted(foreign(shipped), key=len, reverse=True):
        text = text.replace(one, "")
    assert len(reader.texts) > 1000
    assert sorted(set(ENGLISH.findall(text))) == []
