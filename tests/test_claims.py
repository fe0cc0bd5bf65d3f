"""Claims as files: what is allowed, and what a wrong one is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from defectmodels.catalog import claims as shipped
from defectmodels.errors import SpecError, UnknownNameError
from defectmodels.evidence.claims import AnyClaim, Claim, load_claims

CLAIM: TypeAdapter[Claim] = TypeAdapter(AnyClaim)
HEAD = 'name = "own"\ntitle = "My own"\n'
BLOCK = """
[[claim]]
id = "C1"
kind = "change"
text = "More came"
what = "total"
before = "2019"
after = "2020"
says = "up"
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


def claim(**keys: Any) -> Any:
    return CLAIM.validate_python({"id": "C", "text": "A claim"} | keys)


CHANGE = {"kind": "change", "what": "count", "before": "2019", "after": "2020"}
COUNTS = {"kind": "counts", "definition": "elite", "span": "2020", "against": "2019"}


def test_one_block_is_a_claim(tmp_path: Path) -> None:
    found = load_claims(write(tmp_path, HEAD + BLOCK))
    assert [one.id for one in found.claim] == ["C1"] and found.dataset == ""
    assert found.claim[0].region == pytest.approx((1 / 1.05, 1.05))  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            HEAD + BLOCK.replace("says", "sais"),
            r"claim\[0\].*unknown key 'sais'.*Did you mean 'says'",
        ),
        (
            HEAD + BLOCK.replace('"change"', '"chance"'),
            "unknown kind 'chance'.*Did you mean 'change'",
        ),
        (HEAD + BLOCK.replace('"up"', '"upward"'), "'upward' is not allowed"),
        (HEAD + BLOCK.replace('"up"', '"between"'), "needs low, high or both"),
        (HEAD + BLOCK + "low = 2.0\n", "belong to says = 'between'"),
        (HEAD + BLOCK + "rope = -1.0\n", "rope"),
        (HEAD + BLOCK + BLOCK, r"claim\(s\) C1 given twice"),
        (HEAD, "claim"),
        (HEAD + BLOCK.replace('id = "C1"\n', ""), "id.*missing"),
        (HEAD + BLOCK + "text = 1\n", "is not TOML"),
    ],
)
def test_a_wrong_file_is_told_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SpecError, match=said) as caught:
        load_claims(write(tmp_path, text))
    assert "own.toml" in str(caught.value)


def test_an_unknown_file_is_suggested() -> None:
    with pytest.raises(UnknownNameError, match=r"no claims 'lowy_2025'.*Did you mean 'lowy_2024'"):
        load_claims("lowy_2025")


@pytest.mark.parametrize(
    "keys",
    [
        CHANGE | {"says": "between", "low": 3.0, "high": 2.0},
        COUNTS | {"says": "most"},
        COUNTS | {"says": "as many", "reading": "each year"},
        COUNTS | {"says": "more", "within": -1},
        {"kind": "number", "definition": "elite", "span": "2019", "low": 3, "high": 2},
        {"kind": "part", "what": "share", "before": "2019", "after": "2020", "change": "up"},
        {"kind": "part", "what": "count", "before": "2019", "after": "2020", "change": "up",
         "group": "elite"},
        {"kind": "scenario", "scenario": "no_closure", "span": "2019", "than": "elite", "says": "up"},
        {"kind": "effect", "series": [], "group": "elite", "says": "up"},
        {"kind": "rate", "group": "elite", "span": "2019", "says": "up"},
        {"kind": "outside", "reason": ""},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(keys: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        claim(**keys)


@pytest.mark.parametrize(
    ("says", "holds"),
    [
        ("up", ("above",)),
        ("down", ("below",)),
        ("same", ("inside",)),
        ("not up", ("below", "inside")),
        ("not down", ("inside", "above")),
    ],
)
def test_sides_on_which_a_ratio_claim_is_true(says: str, holds: tuple[str, ...]) -> None:
    assert claim(**CHANGE, says=says).holds == holds
    low, high = claim(**CHANGE, says=says).region
    assert low * high == pytest.approx(1.0) and low < 1 < high


def test_regions_of_counts_are_whole_persons() -> None:
    assert claim(**COUNTS, says="more").region == (0.0, 0.0)
    assert claim(**COUNTS, says="as many", within=2).region == (-2.0, 2.0)
    assert claim(**COUNTS, says="most", reading="each year").holds == ("inside", "above")
    assert str(claim(**COUNTS, says="more").region[0]) == "0.0"  # and not a negative zero


@pytest.mark.parametrize("name", sorted(shipped()))
def test_shipped_files_load_under_their_names(name: str) -> None:
    found = load_claims(name)
    assert found.name == name and found.source and found.dataset
    assert all(len(one.text.split()) >= 4 and not one.text.endswith(".") for one in found.claim)


def test_every_claim_of_the_article_is_there() -> None:
    numbers = {
        int("".join(c for c in one.id if c.isdigit())) for one in load_claims("lowy_2024").claim
    }
    assert numbers == set(range(1, 14))


def test_the_page_has_every_claim_of_the_file() -> None:
    text = (Path(__file__).parent.parent / "docs" / "claims.md").read_text(encoding="utf-8")
    table = text.partition("<!-- claims: lowy_2024 -->\n")[2].partition("\n\n")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]
    ]
    assert [(row[0].strip("`"), row[1]) for row in rows] == [
        (one.id, one.text) for one in load_claims("lowy_2024").claim
    ]
    outside = {one.id for one in load_claims("lowy_2024").claim if one.kind == "outside"}
    assert {row[0].strip("`") for row in rows if row[2] == "outside the data"} == outside
