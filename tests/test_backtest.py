from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from defectmodels.cli import cli
from defectmodels.errors import EvidenceError, FitError, SpanError, SpecError, UnknownNameError
from defectmodels.evidence.dataset import Dataset, load_dataset
from defectmodels.evidence.series import Series
from defectmodels.inference.refits import Refits
from defectmodels.inference.running import Failure
from defectmodels.model.spec import ModelSpec
from defectmodels.studies import backtest_run
from defectmodels.studies.backtest import Backtest, backtest
from defectmodels.studies.backtest_run import CAME, HELD, MODELS, scored, verdict
from defectmodels.studies.backtest_text import (
    hardest,
    printed_coverage,
    printed_policy,
    printed_skill,
    printed_statements,
    remarks,
    told,
    two,
)
from defectmodels.studies.baselines import NAMES, poisson_mixture
from small import small_dataset, small_spec

REDUCED = os.environ.get("DEFECTMODELS_REDUCED") == "1"
QUICK: dict[str, Any] = {"random_seed": 1, "draws": 60, "tune": 80, "chains": 2}
ERAS = Series.model_validate(
    {
        "name": "times", "title": "Times", "unit": "label", "description": "", "role": "labels",
        "span": [
            {"name": "open", "from": "2012-01-01", "to": "2018-12-31"},
            {"name": "closed", "from": "2019-01-01", "to": "2021-12-31"},
            {"name": "later", "from": "2030-01-01", "to": "2031-12-31"},
        ],
    }
)  # fmt: skip


def world() -> Dataset:
    data = small_dataset()
    return replace(data, series=data.series | {"times": ERAS})


def run(**more: Any) -> Backtest:
    given: dict[str, Any] = {"origins": ["2017", "2018"], "horizons": (4, 8)}
    return backtest(small_spec(), world(), **(given | QUICK | more))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Backtest, Path]:
    folder = tmp_path_factory.mktemp("backtest")
    return run(folder=folder), folder


def no_fit(*_: Any) -> Any:
    raise AssertionError("nothing was to be sampled")


def test_every_target_has_both_forecasts_and_its_baselines(whole: tuple[Backtest, Path]) -> None:
    found = whole[0]
    by = found.scores.groupby(["origin", "horizon"])["method"].agg(set)
    assert all(set(MODELS) <= one for one in by) and len(by) == 4
    # Six and seven years were known: enough for some baselines, and the others say why not.
    assert "random walk" in by["2017Q4", 4] and "ETS" not in by["2017Q4", 4]
    reasons = found.skipped.set_index(["origin", "horizon", "method"])["reason"]
    assert "needs 8 counts" in str(reasons["2017Q4", 4, "ETS"])
    observed = found.scores.set_index(["origin", "horizon", "method"])["observed"]
    rows = {one.end.year: one for one in world().statements if one.definition == "everyone"}
    assert observed["2018Q4", 8, CAME] == rows[2019].low + rows[2020].low  # type: ignore[attr-defined]


def test_the_closure_is_seen_by_the_forecast_that_knows_it(whole: tuple[Backtest, Path]) -> None:
    scores = whole[0].scores.set_index(["origin", "horizon", "method"]).sort_index()
    held, came = scores.loc[("2018Q4", 4, HELD)], scores.loc[("2018Q4", 4, CAME)]
    assert held["observed"] < held["low"], "a third came, and nobody knew"
    assert came["high"] / came["low"] > held["high"] / held["low"], (
        "the effect was not known either"
    )
    assert hardest(whole[0].scores) == "2018Q4"
    # Where nothing moves the two are the same forecast, but for other frailties.
    same = scores.loc["2017Q4", 4].loc[list(MODELS), "median"]
    assert same[HELD] == pytest.approx(same[CAME], rel=0.05)


def test_scores_are_those_of_the_draws() -> None:
    found = poisson_mixture(np.full(4000, 30.0), np.random.default_rng(1))
    row = scored(found, 37)
    assert row["covered"] and row["low"] <= 30 <= row["high"] and row["crps"] > 0
    assert not scored(found, 60)["covered"]
    assert scored(found, 60)["log_score"] < row["log_score"] < 0


def test_an_origin_does_not_depend_on_the_others(whole: tuple[Backtest, Path]) -> None:
    alone = run(origins=["2018"], eras=())
    want = whole[0].scores.query("origin == '2018Q4'").reset_index(drop=True)
    pd.testing.assert_frame_equal(alone.scores.reset_index(drop=True), want)


def test_finished_parts_are_read(
    whole: tuple[Backtest, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    found, folder = whole
    monkeypatch.setattr(Refits, "fit", no_fit)
    again = run(folder=folder)
    for name in ("scores", "policy", "statements", "skipped", "fits"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(found, name))
    pd.testing.assert_frame_equal(again.skill(), found.skill())
    # What was made of other things is made again.
    for other in ({"random_seed": 2}, {"draws": 61}, {"horizons": (4,)}, {"vintage": "current"}):
        with pytest.raises(AssertionError, match="nothing was to be sampled"):
            run(folder=folder, **other)


def test_an_interrupted_run_is_taken_up_again(
    whole: tuple[Backtest, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, made = Refits.fit, []

    def once(self: Refits, *given: Any) -> Any:
        if made:
            raise KeyboardInterrupt
        made.append(given)
        return real(self, *given)

    monkeypatch.setattr(Refits, "fit", once)
    with pytest.raises(KeyboardInterrupt):
        run(folder=tmp_path, eras=(), executor="serial")
    assert [path.name for path in tmp_path.iterdir()] == ["origin_2017Q4.json"]
    made.clear()
    found = run(folder=tmp_path, eras=(), executor="serial")
    assert len(made) == 1
    pd.testing.assert_frame_equal(found.scores, whole[0].scores)


def test_an_origin_whose_fit_gives_nothing_is_listed_with_its_seed(
    whole: tuple[Backtest, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, seeds = Refits.fit, dict(whole[0].fits[["fit", "random_seed"]].to_numpy())

    def failing(self: Refits, design: Any, settings: Any, seed: int) -> Any:
        if seed == seeds["2017Q4"]:
            raise FitError("no posterior")
        return real(self, design, settings, seed)

    monkeypatch.setattr(Refits, "fit", failing)
    found = run(eras=())
    assert set(found.scores["origin"]) == {"2018Q4"}
    (one,) = found.failures
    assert one == Failure("origin 2017Q4", "FitError: no posterior", seeds["2017Q4"])
    assert str(one) in " ".join(remarks(found, small_spec(), world()))


@pytest.mark.parametrize("executor", ["serial", pytest.param("processes", marks=pytest.mark.slow)])
def test_every_executor_gives_the_same(whole: tuple[Backtest, Path], executor: Any) -> None:
    found = run(executor=executor)
    for name in ("scores", "policy", "statements", "skipped"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(whole[0], name))
    for one in (found, whole[0]):
        assert not one.failures
    own = [one.fits.drop(columns="seconds") for one in (found, whole[0])]
    pd.testing.assert_frame_equal(*own)


@pytest.mark.parametrize("content", ["", "{", '{"format": "another"}', "[1]"])
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "origin_2017Q4.json"
    path.write_text(content)
    with pytest.raises(FitError, match="is no result of a study"):
        run(folder=tmp_path, eras=())
    assert path.read_text() == content


def test_an_era_is_predicted_without_its_rows(whole: tuple[Backtest, Path]) -> None:
    policy = whole[0].policy.set_index("era")
    assert list(policy.index) == ["open", "closed"]
    closed = policy.loc["closed"]
    rows = [one for one in world().statements if one.end.year >= 2019]
    assert closed["rows left out"] == len(rows) and closed["span"] == "2019-01-01..2021-12-31"
    assert closed["observed"] == sum(int(r.low) for r in rows if r.definition == "everyone")  # type: ignore[attr-defined]
    assert closed["high"] / closed["low"] > 3, "an effect that no row shows is not known"
    why = whole[0].skipped.set_index("origin")["reason"]
    assert why["without later (times)"] == "no exact total lies inside"


def test_statements_on_the_group_are_scored(whole: tuple[Backtest, Path]) -> None:
    found = whole[0].statements
    ids = {
        one.id for one in world().statements if one.definition == "elite" and one.end.year > 2017
    }
    assert set(found["id"]) <= ids and len(found)
    assert (found["log_score"] <= 0).all() and set(found["method"]) == set(MODELS)


def test_fits_with_faults_are_listed(whole: tuple[Backtest, Path]) -> None:
    found = whole[0]
    assert len(found.fits) == 4 and (found.fits["gradients"] > 0).all()
    assert list(found.doubtful["fit"]) == list(found.fits.query("verdict != 'pass'")["fit"])
    assert verdict(0.0, 1.0) == "pass" and verdict(0.0, 1.02) == "warn"
    assert verdict(0.02, 1.0) == "fail" and verdict(0.001, 1.0) == "warn"
    broken = found.fits.assign(verdict="fail", diverging=7)
    said = " ".join(remarks(replace(found, fits=broken), small_spec(), world()))
    assert "4 of 4 fits" in said and all(
        f"seed {one}, 7 of" in said for one in broken["random_seed"]
    )
    high = found.fits.assign(verdict=["warn", "warn", "warn", "pass"], diverging=0, rhat=1.034)
    said = " ".join(remarks(replace(found, fits=high), small_spec(), world()))
    assert "3 more have an R-hat above 1.01, 1.03 at most" in said and "diverged" not in said


@pytest.mark.parametrize("vintage", ["known", "current"])
def test_an_origin_without_rows_is_skipped_and_says_so(vintage: Any) -> None:
    data = world()
    late = tuple(one for one in data.statements if one.end.year >= 2018)
    found = backtest(
        small_spec(), replace(data, statements=late), origins=["2016"], vintage=vintage, eras=(), **QUICK
    )  # fmt: skip
    assert found.scores.empty and found.fits.empty
    said = {
        "known": "nothing was published by 2017-01-31",
        "current": "has no statement that model",
    }
    assert said[vintage] in " ".join(found.skipped["reason"])
    assert found.skill().empty and found.coverage().empty and hardest(found.scores) is None


@pytest.mark.parametrize(
    ("given", "error", "text"),
    [
        ({"horizons": ()}, SpecError, "whole quarters"),
        ({"horizons": (0,)}, SpecError, "whole quarters"),
        ({"draws": 0}, SpecError, "must be 1 or more"),
        ({"vintage": "old"}, SpecError, "allowed: known, current"),
        ({"eras": ["tims"]}, UnknownNameError, "Did you mean 'times'"),
        ({"baselines": ["last"]}, UnknownNameError, "no baseline 'last'"),
        ({"origins": ["2021"]}, SpanError, "an origin ends"),
    ],
)
def test_wrong_settings_are_refused(
    given: dict[str, Any], error: type[Exception], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Refits, "fit", no_fit)
    with pytest.raises(error, match=text):
        run(**given)


def test_a_dataset_of_an_earlier_day_is_refused() -> None:
    with pytest.raises(EvidenceError, match="give today's"):
        backtest(small_spec(), replace(world(), as_of="2020-01-01"), **QUICK)


# --- in words -------------------------------------------------------------------------------


def test_two_digits() -> None:
    assert [two(x) for x in (1742.3, 92.4, 0.0, 3.14, 0.057)] == ["1,700", "92", "0", "3", "0"]


def test_an_origin_in_words(whole: tuple[Backtest, Path]) -> None:
    found = whole[0]
    text = told(found.scores, "2018Q4")
    row = found.scores.set_index(["origin", "horizon", "method"]).loc[("2018Q4", 4, HELD)]
    assert f"when {row['observed']:,} came" in text and "known by 2019-01-31" in text
    assert f"{HELD} said {two(row['median'])} ({two(row['low'])} to {two(row['high'])}, all" in text
    assert "No target" in told(found.scores, "1999Q4")


def test_printed_tables_have_the_numbers(whole: tuple[Backtest, Path]) -> None:
    found = whole[0]
    skill = found.skill()
    assert list(printed_skill(skill)["skill"]) == [f"{value:+.2f}" for value in skill["skill"]]
    assert len(printed_coverage(found.coverage())) == len(found.coverage())
    assert list(printed_policy(found.policy)["era"]) == ["open", "closed"]
    assert printed_statements(found.statements)["probability"].astype(float).between(0, 1).all()


def test_the_command_line(tmp_path: Path) -> None:
    words = [
        "backtest", "constant_rate", "arrivals", "--origins", "2019..2020", "--horizon", "4", "--draws", "40",
        "--tune", "60", "--eras", "closure_eras", "--folder", str(tmp_path),
    ]  # fmt: skip
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
    assert "of 5: origin 2019Q4" in done.stderr and "backtest 5 of 5: " in done.stderr
    for said in ("skill = 1 - mean crps", "coverage of 90%", "From the end of 20", "eras left out"):
        assert said in done.stdout
    content = json.loads(CliRunner().invoke(cli, [*words, "--json", "--quiet"]).stdout)
    assert {row["horizon"] for row in content["scores"]} == {4}
    assert [row["era"] for row in content["policy"]] == [
        "before closure",
        "closure",
        "after closure",
    ]
    lines = CliRunner().invoke(cli, [*words, "--csv", "--quiet"]).stdout.splitlines()
    assert lines[0].startswith("origin,known,horizon,method") and len(lines) == 1 + len(
        content["scores"]
    )


@pytest.mark.slow
def test_a_killed_command_goes_on_and_prints_the_same(tmp_path: Path) -> None:
    words = [
        "backtest", "constant_rate", "arrivals", "--origins", "2016..2020", "--horizon", "4", "--draws", "40",
        "--tune", "60", "--eras", "none", "--csv",
    ]  # fmt: skip
    own = [*words, "--executor", "processes", "--folder", str(tmp_path / "kept")]
    command = [sys.executable, "-c", "from defectmodels.cli import main; main()", *own]
    ran = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while not list((tmp_path / "kept").glob("*.json")):
        assert ran.poll() is None, ran.communicate()[1]
        time.sleep(0.01)
    ran.kill()
    ran.communicate()
    before = len(list((tmp_path / "kept").glob("origin*.json")))
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert f"backtest {before} of 5: read {before} from" in done.stderr and before < 5
    assert done.stdout == CliRunner().invoke(cli, [*words, "--executor", "serial"]).stdout


def test_columns_are_documented(whole: tuple[Backtest, Path]) -> None:
    page = (Path(__file__).parent.parent / "docs" / "backtest.md").read_text(encoding="utf-8")
    for name in ("scores", "statements", "policy", "skipped", "fits"):
        table = page.partition(f"| `{name}` | meaning |")[2].partition("\n\n")[0]
        cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
        said = {one for cell in cells for one in re.findall(r"`([^`]+)`", cell)}
        assert said == set(getattr(whole[0], name).columns), name
    for name in NAMES:
        assert f"`{name}`" in page


# --- the shipped model ------------------------------------------------------------------------


@pytest.mark.slow
def test_the_shipped_model(escape_rates: ModelSpec) -> None:
    """What holds whatever the draws: every year is scored, and 2020 was missed by who knew no more."""
    origins = ["2012", "2019"] if REDUCED else None
    draws: dict[str, Any] = {"draws": 150, "tune": 200, "chains": 2} if REDUCED else {}
    found = backtest(
        escape_rates, load_dataset("arrivals"), origins=origins, eras=["closure_eras"], random_seed=1, **draws
    )  # fmt: skip
    scores = found.scores.set_index(["origin", "horizon", "method"])
    assert scores.xs(4, level="horizon").xs(HELD, level="method").shape[0] == (2 if REDUCED else 17)
    assert not scores.loc[("2019Q4", 4, HELD), "covered"]
    assert scores.loc[("2019Q4", 4, CAME), "covered"]
    assert hardest(found.scores) == "2019Q4"
    assert len(found.policy) == 3 and len(found.fits) == len(found.scores["origin"].unique()) + 3
    if not REDUCED:
        share = found.coverage().set_index(["horizon", "method"])["covered"]
        assert share[4, CAME] >= 0.8
        assert backtest_run.MODELS == (HELD, CAME)
