"""A study of calibration in words, in the report and on the command line."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from country import country, country_spec
from defectmodels.inference.core import core_digest
from defectmodels.inference.fit import Fit
from defectmodels.inference.running import Failure
from defectmodels.report.calibration import calibration
from defectmodels.report.checking import checks
from defectmodels.report.page import Page, html
from defectmodels.report.pieces import Figure, Paragraph, Section, Table
from defectmodels.report.sections import seen
from defectmodels.report.view import View
from defectmodels.studies import sbc_text as text
from defectmodels.studies.sbc import Calibration
from defectmodels.studies.sbc_run import RANKED
from defectmodels.verbs.study_sbc import sbc
from defectmodels.wording import LANGUAGES, speaking
from fabricate import fabricate
from test_report import Page as ReadPage
from test_report import with_checks

LABEL = "elite 2019 -> 2022"
QUANTITIES = (
    "frailty_cv", "season_effect[elite, Q1]", f"share ratio, {LABEL}", f"count ratio, {LABEL}",
    f"total ratio, {LABEL}", f"part of the change in share, {LABEL}[elite]",
    f"part of the change in count, {LABEL}[exposure]", "elite, no_closure less what was, 2022",
    "share of elite, no_closure less what was, 2022", "all, no_closure less what was, 2022",
)  # fmt: skip
EVENTS = (
    "P(share_up)", "P(count_up)", "P(total_up)", "P(share_up & count_up)",
    "P(share_up & ~count_up)", "P(~share_up & count_up)", "P(~share_up & ~count_up)",
)  # fmt: skip


@pytest.fixture(scope="module")
def fit() -> Fit:
    return with_checks(fabricate(country_spec(), country()), "pass")


def study(fit: Fit, worlds: int = 150, bad: str = "", **changed: Any) -> Calibration:
    """Uniform ranks that nobody fitted; those of `bad` are too often in the middle."""
    rng = np.random.default_rng(3)
    ranks = pd.DataFrame(rng.integers(0, RANKED + 1, (worlds, len(QUANTITIES))).astype(float))
    ranks.columns = pd.Index(QUANTITIES)
    if bad:
        ranks[bad] = rng.integers(30, 70, worlds).astype(float)
    chances = pd.DataFrame({f"{one}, {LABEL}": rng.random(worlds).round(2) for one in EVENTS})
    events = chances > rng.random(chances.shape)
    fits = {"seed": np.arange(worlds), "tries": 4, "rows": 20, "untrue": 1, "diverging": 0}
    made = dict(fit.made) | {"given": False, "near": 3.0, "core": core_digest(), "digests": {}}
    made |= changed
    table = pd.DataFrame(fits | {"ess": 100.0, "gradients": 3000})
    return Calibration(made, ranks, chances, events, table, ())


def pieces[T](found: Section, kind: type[T]) -> list[T]:
    return [one for one in found.pieces if isinstance(one, kind)]


def test_the_section_has_the_studys_numbers(fit: Fit) -> None:
    own = study(fit)
    found = calibration(View(fit), own.saved())
    ranks, events = pieces(found, Figure)
    assert len(ranks.panels) == 4 and len(events.panels) == 3
    table = own.table().set_index("quantity")
    printed = pieces(found, Table)[0]
    assert len(printed.rows) == len(own.headline) == 8
    first = printed.rows[0]
    assert first[3] == f"{table.loc[f'share ratio, {LABEL}', 'covered_90']:.0%}"
    assert first[5] == "150"
    assert sum(len(row) == 4 for row in ranks.data.rows) == 36
    said = " ".join(one.text for one in pieces(found, Paragraph))
    assert "150 worlds were drawn from the model's prior" in said and "600 worlds" in said
    assert "The ranks do not refute it: of 17 parameters" in said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_is_a_page_in_both_languages(fit: Fit, lang: str) -> None:
    with speaking(lang):
        section = calibration(View(fit), study(fit, given=True).saved())
        page = html(Page("t", "u", (section,)), lang)
    ReadPage(page)
    if lang == "ko":
        plain = " ".join(str(one) for one in section.pieces if isinstance(one, Paragraph | Table))
        left = set(re.findall(r"[A-Za-z]{4,}", re.sub(r"\(|\)", " ", plain)))
        shown = {
            "Paragraph",
            "Table",
            "text",
            "role",
            "plain",
            "note",
            "caption",
            "columns",
            "rows",
        }
        shown |= {"numeric", "folded", "less", "draws", "tune", "chains", "target", "accept"}
        own = {"country", "small", "nutpie", fit.spec.name, fit.dataset.name, "closure"}
        assert left <= shown | own | {"target_accept"}, left


def test_faults_are_told(fit: Fit) -> None:
    bad = f"share ratio, {LABEL}"
    own = study(fit, bad=bad)
    lost = (Failure("simulation 7", "LinAlgError: no chart", 77),)
    thin = own.fits.assign(ess=np.where(own.fits.index < 5, 3.0, 100.0))
    own = replace(own, failures=lost, fits=thin)
    said = " ".join(text.sentences(own))
    assert "The ranks are not uniform: those of" in said
    assert "1 world could not be fitted and has no ranks: simulation 7 (seed 77" in said
    assert "5 fits diverged" in said
    figure = pieces(calibration(View(fit), own.saved()), Figure)[0]
    assert "the line leaves the band" in figure.panels[0].alt
    assert "the line stays within the band" in figure.panels[1].alt
    several = replace(own, failures=lost * 5)
    assert "5 worlds could not be fitted and have no ranks" in " ".join(text.sentences(several))


def test_a_report_takes_the_file(fit: Fit, tmp_path: Path) -> None:
    path = study(fit).save(tmp_path / "sbc.json")
    view = seen(fit, [path])
    assert calibration(view, view.studies[0]).key == "sbc"
    stale = study(fit, model_digest="0" * 64)
    first = pieces(calibration(View(fit), stale.saved()), Paragraph)[0]
    assert first.role == "warning" and "stale" in first.text


def test_without_a_certificate_the_checks_say_so(fit: Fit) -> None:
    said = " ".join(one.text for one in pieces(checks(View(fit)), Paragraph))
    assert "There is no certificate of calibration for this model and these data" in said


# --- the command ------------------------------------------------------------------------------


@pytest.fixture
def run(fit: Fit, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the command asks for, answered without a fit."""
    asked: dict[str, Any] = {}

    def answered(spec: Any, data: Any, **more: Any) -> Calibration:
        asked.update(more)
        return study(fit)

    monkeypatch.setattr("defectmodels.studies.sbc.sbc", answered)
    return asked


def test_the_command_prints_and_writes(run: dict[str, Any], tmp_path: Path) -> None:
    out, paper = tmp_path / "sbc.json", tmp_path / "c.json"
    args = ["constant_rate", "arrivals", "--simulations", "7", "--near", "any", "--given"]
    args += ["-o", str(out), "--certificate", str(paper), "--executor", "serial", "--quiet"]
    ran = CliRunner().invoke(sbc, args, catch_exceptions=False)
    assert ran.exit_code == 0
    assert "150 worlds were drawn" in ran.output and "P(share up, count not)" in ran.output
    assert run["simulations"] == 7 and run["near"] is None and run["given"] is True
    assert json.loads(out.read_text())["kind"] == "sbc"
    assert json.loads(paper.read_text())["simulations"] == 150


def test_the_command_as_json(run: dict[str, Any]) -> None:
    ran = CliRunner().invoke(sbc, ["constant_rate", "arrivals", "--json"], catch_exceptions=False)
    content = json.loads(ran.stdout)
    assert {"ranks", "events", "reliability", "fits", "failures", "made"} <= set(content)
    assert run["near"] == 3.0


def test_the_command_refuses_what_is_no_factor(run: dict[str, Any]) -> None:
    ran = CliRunner().invoke(sbc, ["constant_rate", "arrivals", "--near", "close"])
    assert ran.exit_code == 2 and "no factor" in ran.output and not run
