"""Every message stands in every language with the same variables, and the code names only such."""

from __future__ import annotations

import ast
import pickle
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fluent.runtime import FluentResource
from fluent.syntax import ast as fluent_ast
from fluent.syntax.visitor import Visitor

import defectmodels
from defectmodels import catalog
from defectmodels.errors import ReportError
from defectmodels.evidence.dataset import load_dataset
from defectmodels.particles import particle, year
from defectmodels.wording import (
    LANGUAGES,
    Message,
    joined,
    listed,
    named,
    said,
    say,
    speaking,
    titled,
)

ROOT = Path(defectmodels.__file__).parent
SOURCES = sorted(path for path in ROOT.rglob("*.py") if "shipped" not in path.parts)
LOOKED_UP = ("name", "title")
"""Areas whose messages are found by what stands in data and model files."""


class Variables(Visitor):
    """Names of the variables of a message."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_VariableReference(self, node: fluent_ast.VariableReference) -> None:
        self.found.add(node.id.name)


def variables(message: fluent_ast.Message) -> set[str]:
    seeker = Variables()
    seeker.visit(message)
    return seeker.found


def messages(language: str) -> dict[str, set[str]]:
    """Variables of every message of a language; a file that cannot be read whole fails."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "locale" / language).glob("*.ftl")):
        for one in FluentResource(path.read_text(encoding="utf-8")).body:
            assert not isinstance(one, fluent_ast.Junk), f"{path.name}: {one.content!r}"
            if isinstance(one, fluent_ast.Message):
                name = one.id.name
                assert name.partition("-")[0] == path.stem, f"{name} stands in {path.name}"
                assert name not in found, f"{name} stands twice"
                found[name] = variables(one)
    return found


CATALOGUES = {language: messages(language) for language in LANGUAGES}
ENGLISH = CATALOGUES["en"]


def calls() -> Iterator[tuple[Path, ast.Call]]:
    """Calls of `say` in the package."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if named_call and node.func.id == "say" and path.name != "wording.py":
                yield path, node


def pattern(node: ast.expr) -> str:
    """Regular expression of the names that a call may say."""
    if isinstance(node, ast.Constant):
        return re.escape(str(node.value))
    assert isinstance(node, ast.JoinedStr), "a message is named by a literal or an f-string"
    parts = [
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z0-9-]+"
        for part in node.values
    ]
    assert re.match(r"[a-z]+\\-", parts[0]), "an f-string begins with the area of its messages"
    return "".join(parts)


def meant() -> Iterator[tuple[str, str, set[str], bool]]:
    """Place, name, values and whether these are all, of every message that the code may say."""
    for path, node in calls():
        place = f"{path.relative_to(ROOT)}:{node.lineno}"
        choices = (
            (node.args[0].body, node.args[0].orelse)
            if isinstance(node.args[0], ast.IfExp)
            else (node.args[0],)
        )
        values = {word.arg for word in node.keywords if word.arg}
        closed = all(word.arg for word in node.keywords)
        for choice in choices:
            matching = re.compile(pattern(choice))
            found = [name for name in ENGLISH if matching.fullmatch(name)]
            assert found, f"{place}: no message {matching.pattern}"
            for name in found:
                yield place, name, values, closed


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_no_translation_is_missing(language: str) -> None:
    other = CATALOGUES[language]
    assert sorted(ENGLISH.keys() - other.keys()) == []
    assert sorted(other.keys() - ENGLISH.keys()) == []
    # A value that only one language tells is lost in the other; a function may take one twice.
    differing = {name for name in ENGLISH if ENGLISH[name] != other[name]}
    assert sorted(differing) == []


def test_every_message_named_in_the_code_is_there_with_its_values() -> None:
    wrong = [
        f"{place}: {name} wants {sorted(ENGLISH[name])}, gets {sorted(values)}"
        for place, name, values, closed in meant()
        if not (ENGLISH[name] <= values if closed else True)
    ]
    assert wrong == []


def test_every_message_is_said_somewhere() -> None:
    used = {name for _, name, _, _ in meant()} | {"list-last", "list-all", "list-joined"}
    idle = [name for name in ENGLISH if name not in used and name.split("-")[0] not in LOOKED_UP]
    assert idle == []


def test_a_message_is_said_again_in_another_language() -> None:
    made = say("list-all", items=("a", say("part-kind", kind="share"), "c"))
    assert made == "a, share and c"
    with speaking("ko"):
        assert said(made) == "a, 비중, c"
        korean = say("part-kind", kind="share")
    assert (korean, said(korean)) == ("비중", "share")
    assert said("a reader's own words") == "a reader's own words"
    assert isinstance(pickle.loads(pickle.dumps(made)), Message)


def test_lists_and_joined_texts_follow_the_language_too() -> None:
    made = listed(say("part-kind", kind=one) for one in ("share", "count"))
    lines = joined((made, made), "; ")
    assert (made, lines) == ("share and count", "share and count; share and count")
    with speaking("ko"):
        assert said(lines) == "비중, 인원; 비중, 인원"


def test_a_text_may_be_long() -> None:
    """Fluent by itself takes no value of more than 2,500 characters."""
    many = [f"number {n}" for n in range(400)] + ["엘리트"]
    assert joined(many, "; ") == "; ".join(many)
    long = say("list-joined", items=joined([*many, *many], "; "))
    assert long == "; ".join([*many, *many])
    with speaking("ko"):
        text = say("change-rose", what=joined(many), first="2019", last="2020", before="1", after="2",
                   ratio="3", chance="4")  # fmt: skip
    assert "엘리트는 늘었다" in text and "number 0 number 1 " in text


def test_what_is_missing_or_no_text_is_refused() -> None:
    with pytest.raises(LookupError, match="part-nothing"):
        say("part-nothing")
    with pytest.raises(LookupError, match="part-kind"):
        say("part-kind")
    with pytest.raises(TypeError, match="write it first"):
        say("word-under", limit=0.123456)
    with pytest.raises(ReportError, match="en, ko"), speaking("fr"):
        pass


def test_names_that_the_package_does_not_ship_stay() -> None:
    with speaking("ko"):
        assert named("elite") == "엘리트"
        assert (named("my_group"), titled("My own title")) == ("my_group", "My own title")
        assert titled("UN  sanctions") == "유엔 제재"


def shipped_titles() -> Iterator[str]:
    for folder in ("models", "data"):
        for path in sorted((catalog.root() / folder).rglob("*.toml")):
            header = tomllib.loads(path.read_text(encoding="utf-8"))
            if "title" in header:
                yield " ".join(header["title"].split())


def test_every_shipped_title_is_in_the_catalogue_word_for_word() -> None:
    held = {say(name) for name in ENGLISH if name.startswith("title-")}
    missing = [title for title in shipped_titles() if title not in held]
    assert missing == []


def test_every_definition_and_unit_that_is_shipped_has_a_reader_s_name() -> None:
    data = load_dataset("arrivals")
    called = [data.definitions[name].label for name in data.definitions]
    units = [one.per for one in data.series.values() if one.per]
    with speaking("ko"):
        assert [text for text in (*called, *units) if titled(text) == text] == []
        of_files = (*data.definitions, *data.series, *(one.name for one in data.header.group))
        assert [name for name in of_files if named(name) == name] == []


@pytest.mark.parametrize("word", ["때문", "인해", "인하여", "영향으로", "덕분", "초래"])
def test_no_korean_message_names_a_cause(word: str) -> None:
    for path in (ROOT / "locale" / "ko").glob("*.ftl"):
        assert word not in path.read_text(encoding="utf-8"), path.name


@pytest.mark.parametrize(
    ("word", "forms", "expected"),
    [
        ("엘리트", "은/는", "는"), ("일반 주민", "은/는", "은"), ("2019", "이/가", "가"),
        ("2023", "이/가", "이"), ("서울", "으로/로", "로"), ("북한", "으로/로", "으로"),
        ("41%", "을/를", "를"), ("9 (5~16)", "으로/로", "로"), ("elite", "은/는", "은(는)"),
    ],
)  # fmt: skip
def test_particles_follow_the_sound_before(word: str, forms: str, expected: str) -> None:
    assert particle(word, forms) == expected


def test_only_a_plain_year_is_called_a_year() -> None:
    assert [year(one) for one in ("2019", "2019~2023", "2020-01", "2019..2023", "2020-01..2020-06")] == [
        "2019년", "2019~2023년", "2020-01", "2019~2023년", "2020-01~2020-06",
    ]  # fmt: skip
