"""`scenario` and `forecast`: what they print, and what a new user gets wrong."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from defectmodels.cli import cli
from defectmodels.errors import DefectModelsError
from defectmodels.estimands import scenarios as asked
from defectmodels.inference.fit import Fit, load_fit
from fabricate import fabricate
from test_scenario_report import world

OWN = """
name = "own"
title = "An own history"
assumption = "that nothing else moves."
[[change]]
kind = "level"
series = "border_closure"
from = 2020-01-31
value = 0.5
"""


@pytest.fixture(scope="module")
def fit_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = fabricate(*world(), draws=60)
    return made.save(tmp_path_factory.mktemp("fit") / "fit.nc")


@pytest.fixture(autouse=True)
def _passing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made-up draws fail checks that are not of interest here."""
    from defectmodels.estimands.checks import Check, Checks

    one = Check("chains agree", "pass", "largest R-hat 1.003")
    checks = Checks((one,), None, None)  # type: ignore[arg-type]
    monkeypatch.setattr(Fit, "checks", checks)


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))


def test_contrasts_stand_beside_their_conditions(fit_file: Path) -> None:
    spans = ("--over", "2019", "--over", "2020..2023")
    found = run("scenario", str(fit_file), "no_closure", "missions_53", *spans, "--counts")
    assert found.exit_code == 0, found.output
    assert found.output.count("one has to assume that") == 2
    assert found.output.count("Support of") == 2
    assert "whole persons" in found.output and "2020 to 2023, against what was" in found.output


def test_json_and_csv_hold_the_contrasts(fit_file: Path) -> None:
    line = ("scenario", str(fit_file), "no_closure", "--over", "2021")
    content = json.loads(run(*line, "--json").output)
    assert content["reference"] == "factual"
    assert content["conditions"]["no_closure"]["assumption"].startswith("that nothing else")
    rows = pd.DataFrame(content["rows"])
    found = asked.scenarios(load_fit(fit_file), ["no_closure"], ["2021"]).draws("expected")
    more = found.sel(scenario="no_closure") - found.sel(scenario="factual")
    own = rows[(rows["what"] == "difference") & (rows["group"] == "elite")]
    assert own["median"].item() == pytest.approx(float(np.median(more.sel(group="elite"))))
    table = pd.read_csv(pd.io.common.StringIO(run(*line, "--csv").output))
    assert len(table) == len(rows)


def test_a_file_of_ones_own_and_a_reference(fit_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN)
    found = run("scenario", str(fit_file), str(path), "--against", "no_closure", "--over", "2021")
    assert found.exit_code == 0, found.output
    assert "An own history, 2021, against 'No closure in 2020'" in found.output
    found = run("scenario", str(fit_file), f"no_closure+{path}", "--over", "2021")
    assert isinstance(found.exception, DefectModelsError) and "overlap" in str(found.exception)


def test_later_periods(fit_file: Path) -> None:
    line = ("scenario", str(fit_file), "full_reopening", "--against", "status_quo", "--to", "2030")
    found = run(*line, "--over", "2030")
    assert found.exit_code == 0, found.output
    assert "against 'Everything stays as it is'" in found.output
    assert "after the last fitted day" in found.output


def test_a_forecast_names_its_future(fit_file: Path) -> None:
    found = run("forecast", str(fit_file), "--to", "2026", "--says", "about 10")
    assert found.exit_code == 0, found.output
    assert "status_quo: Everything stays as it is. Assumes that" in found.output
    assert "8 to 12" in found.output
    content = json.loads(run("forecast", str(fit_file), "--to", "2025", "--json").output)
    assert {row["span"] for row in content["rows"]} == {"2024", "2025"}
    csv = run("forecast", str(fit_file), "--to", "2025", "--csv", "--definition", "elite").output
    assert csv.count("\n") == 3


@pytest.mark.parametrize(
    "words",
    [
        ("scenario", "no_closur"),
        ("scenario", "no_closure", "--over", "2050"),
        ("scenario", "no_closure", "--to", "2030"),
        ("scenario", "no_closure", "--counts", "--over", "2020-02"),
        ("scenario", "no_closure", "no_closure+no_closure", "--against", "nothing"),
        ("scenario", "trade_2014"),
        ("forecast", "--to", "2019"),
        ("forecast", "--to", "soon"),
        ("forecast", "--to", "2030", "--scenario", "no_closure"),
        ("forecast", "--to", "2030", "--definition", "elites"),
        ("forecast", "--to", "2030", "--says", "roughly ten"),
        ("forecast", "--to", "2030", "--over", "2020"),
    ],
)
def test_what_a_new_user_gets_wrong_is_one_line(fit_file: Path, words: tuple[str, ...]) -> None:
    found = run(words[0], str(fit_file), *words[1:])
    assert isinstance(found.exception, DefectModelsError), found.output
    assert "\n" not in str(found.exception) and len(str(found.exception)) > 30


def test_failed_checks_withhold(fit_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from defectmodels.estimands.checks import Check, Checks

    bad = Checks((Check("divergences", "fail", "many"),), None, None)  # type: ignore[arg-type]
    monkeypatch.setattr(Fit, "checks", bad)
    for words in (
        ("scenario", str(fit_file), "no_closure"),
        ("forecast", str(fit_file), "--to", "2030"),
    ):
        found = run(*words)
        assert found.exit_code == 0 and found.output.strip() == (
            "withheld: checks failed; see the report, or: defectmodels check"
        )
