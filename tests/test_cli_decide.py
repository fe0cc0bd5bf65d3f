"""`decide` and the section on claims: the same texts in both, and nothing of a failed fit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from defectmodels.cli import cli
from defectmodels.errors import DefectModelsError
from defectmodels.estimands.checks import Check, Checks
from defectmodels.estimands.decide import decide
from defectmodels.evidence.claims import Claims, load_claims
from defectmodels.inference.fit import Fit, load_fit
from defectmodels.report import decided as said
from defectmodels.report.claims import SHORT, claims
from defectmodels.report.decisions import as_json
from defectmodels.report.pieces import Figure, Listing, Paragraph, Table
from defectmodels.report.view import View
from defectmodels.wording import LANGUAGES, speaking
from fabricate import fabricate
from test_scenario_report import world

OWN = """
name = "own"
title = "My own <b>claims</b>"
[[claim]]
id = "C1"
kind = "change"
text = "The elite share rose"
what = "share"
before = "2019"
after = "2022"
says = "up"
[[claim]]
id = "C2"
kind = "outside"
text = "It was the weather"
reason = "nobody measured it"
"""


def made_checks(verdict: str) -> Checks:
    one = Check("chains agree", verdict, "made up")  # type: ignore[arg-type]
    return Checks((one,), None, None)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def fit_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fabricate(*world(), draws=100).save(tmp_path_factory.mktemp("fit") / "fit.nc")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def _passing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Fit, "checks", made_checks("pass"))


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, list(map(str, words)))


def test_what_is_printed_is_rendered_from_the_decisions(fit_file: Path, own: Path) -> None:
    found = run("decide", fit_file, own)
    assert found.exit_code == 0, found.output
    decisions = decide(load_fit(fit_file), own)
    for one in decisions:
        assert said.sentence(one) in found.output
    assert "Outside the data: nobody measured it." in found.output and said.rule() in found.output


def test_json_has_the_decisions_and_the_texts(fit_file: Path, own: Path) -> None:
    content = json.loads(run("decide", fit_file, own, "--json").stdout)
    assert content["checks"] == "pass"
    first, second = content["decisions"]
    (one, _) = decide(load_fit(fit_file), own)
    assert first == json.loads(json.dumps(as_json(one)))
    for language in LANGUAGES:
        with speaking(language):
            assert first["printed"][language]["sentence"] == said.sentence(one)
    assert second["verdict"] == "outside the data" and second["probability"] is None
    assert second["printed"]["en"]["median"] is None


def test_nothing_of_a_failed_fit_is_printed(
    fit_file: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Fit, "checks", made_checks("fail"))
    found = run("decide", fit_file, own)
    assert "withheld: checks failed" in found.output
    assert "C1. The elite share rose. Withheld: the fit failed its checks" in found.output
    assert "interval 0" not in found.output and "probability 0" not in found.output
    content = json.loads(run("decide", fit_file, own, "--json").stdout)
    assert [one["estimate"] for one in content["decisions"]] == [None, None]


def test_a_wrong_claim_is_told(fit_file: Path, own: Path) -> None:
    own.write_text(OWN.replace('"2022"', '"2022X"'), encoding="utf-8")
    found = run("decide", fit_file, own)
    assert isinstance(found.exception, DefectModelsError)
    assert "claim C1" in str(found.exception) and "2022X" in str(found.exception)
    assert isinstance(run("decide", fit_file, "nobody").exception, DefectModelsError)


def test_claims_are_listed_and_shown() -> None:
    assert "claims: lowy_2024" in run("list").output
    shown = run("show", "lowy_2024").output
    assert "claims: lowy_2024" in shown and "A1: Arrivals nearly tripled in 2023 (change)" in shown


# --- the section ---------------------------------------------------------------------------------


@pytest.fixture
def asked(own: Path, monkeypatch: pytest.MonkeyPatch) -> Claims:
    """The claims of one's own in the place of the shipped ones."""
    found = load_claims(own)
    monkeypatch.setattr("defectmodels.report.view.catalog.claims", lambda: {"own": own})
    monkeypatch.setattr("defectmodels.report.view.load_claims", lambda name: found)
    return found


def test_the_section_has_the_same_texts(fit_file: Path, asked: Claims) -> None:
    fit = load_fit(fit_file)
    section = claims(View(fit))
    decisions = decide(fit, asked)
    (listing,) = [piece for piece in section.pieces if isinstance(piece, Listing)]
    assert listing.items == tuple(map(said.sentence, decisions))
    tables = [piece for piece in section.pieces if isinstance(piece, Table)]
    brief, full, sources = tables
    assert full.rows == tuple(map(said.row, decisions))
    assert full.columns == said.heads() and len(full.rows[1]) == len(said.COLUMNS)
    for part, whole in zip(brief.rows, full.rows, strict=True):
        assert part == tuple(whole[said.COLUMNS.index(name)] for name in SHORT)
    assert ", ".join(decisions[0].statements) in sources.rows[0]


def test_of_another_dataset_there_are_no_shipped_claims(fit_file: Path) -> None:
    section = claims(View(load_fit(fit_file)))
    (only,) = section.pieces
    assert isinstance(only, Paragraph) and "No shipped claims speak of" in only.text


def test_the_section_is_withheld_with_the_fit(
    fit_file: Path, asked: Claims, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Fit, "checks", made_checks("fail"))
    section = claims(View(load_fit(fit_file)))
    assert any(isinstance(p, Paragraph) and p.role == "warning" for p in section.pieces)
    (listing,) = [piece for piece in section.pieces if isinstance(piece, Listing)]
    assert "Withheld" in listing.items[0] and "interval" not in listing.items[0]
    assert not any(isinstance(piece, Figure) for piece in section.pieces)


def test_the_section_is_the_same_in_another_language(fit_file: Path, asked: Claims) -> None:
    """A view is worked out once: its answers are said again in the language of each page."""
    view = View(load_fit(fit_file))
    english = claims(view)
    with speaking("ko"):
        korean = claims(view)
        assert claims(View(load_fit(fit_file))) == korean
    assert claims(view) == english and korean != english
    (listing,) = [piece for piece in korean.pieces if isinstance(piece, Listing)]
    # The claims are the reader's own words, and stay.
    assert listing.items[0].startswith("C1. The elite share rose. ")
    assert "신뢰도" in listing.items[0] and "Confidence" not in listing.items[0]
    assert listing.items[1] == "C2. It was the weather. 자료 범위 밖: nobody measured it."
