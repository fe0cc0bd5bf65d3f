from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import defectmodels as dm
from defectmodels.errors import FitError, SpecError
from defectmodels.studies import flip as study
from defectmodels.studies.flip import Flip, load_flip
from defectmodels.studies.flip_run import Plan, Task, evaluated
from flipworld import flip_dataset, flip_spec

REDUCED = os.environ.get("DEFECTMODELS_REDUCED") == "1"
SIZES = {"draws": 80, "tune": 80, "chains": 2}
KINDS = ("misclassified", "start earlier", "reliability")


def flipped(**more: Any) -> Flip:
    settings: dict[str, Any] = {"random_seed": 1, "executor": "serial", **SIZES}
    return dm.flip(flip_spec(), flip_dataset(), **(settings | more))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flip, Path]:
    folder = tmp_path_factory.mktemp("flip")
    return flipped(folder=folder, kinds=KINDS), folder


def points(of: Flip, kind: str) -> pd.DataFrame:
    own = of.points[of.points["kind"] == kind]
    return own.set_index(["key", "question"])


def test_the_search_finds_what_brute_force_finds() -> None:
    own = flipped(kinds=("misclassified",))
    brute = flipped(kinds=("misclassified",), every=True)
    same = ["key", "question", "holds", "flips", "answer", "becomes", "p_holds", "p_flips"]
    pd.testing.assert_frame_equal(own.points[same], brute.points[same])
    assert own.refits < brute.refits
    # Every value was looked at, and what both looked at is the same.
    looked = brute.path.groupby("key").size()
    assert looked["misclassified 2022"] == 15 and looked["misclassified 2019"] == 7
    whole = own.path.merge(brute.path, on=["key", "place", "draws"], suffixes=("", " brute"))
    assert len(whole) > 8
    pd.testing.assert_series_equal(whole["share"], whole["share brute"], check_names=False)


def test_a_tipping_point_is_the_place_where_the_answer_changes(found: tuple[Flip, Path]) -> None:
    own = points(found[0], "misclassified").loc[("misclassified 2022", "share")]
    # 14 of 190 beside 6 of 400: the share rose, until most of the 14 are none.
    assert own["answer"] == "supported" and own["becomes"] == "cannot tell"
    assert 5 <= int(own["holds"]) < int(own["flips"]) <= 12
    assert own["p_holds"] >= 0.95 > own["p_flips"]
    path = found[0].path.set_index(["key", "value"])["share"]
    for end in ("holds", "flips"):
        assert path["misclassified 2022", own[end]] == own[f"p_{end}"]


def test_other_spans_are_read_off_the_fit_as_it_is(found: tuple[Flip, Path]) -> None:
    own = found[0].path[found[0].path["kind"] == "start earlier"]
    assert own["value"].tolist() == ["2022", "2021..2022", "2020..2022"]
    assert (own["how"] == "same draws").all()
    assert points(found[0], "start earlier")["refits"].eq(0).all()


def test_every_origin_has_a_reliability(found: tuple[Flip, Path]) -> None:
    own = points(found[0], "reliability")
    assert {key for key, _ in own.index} == {f"reliability of S{at}" for at in range(8)}
    assert set(own["how"]) <= {"weights", "refit", "mixture"}
    last = found[0].path[found[0].path["key"] == "reliability of S7"].iloc[-1]
    # Without the elites of 2022 it cannot be told.
    assert last["value"] == "0" and last["share"] < 0.95
    held = own.loc[("reliability of S7", "share")]
    assert held["becomes"] == "cannot tell" and 0 < float(held["flips"]) < float(held["holds"]) <= 1


def test_means_are_said_in_words(found: tuple[Flip, Path]) -> None:
    own = points(found[0], "misclassified").loc[("misclassified 2022", "share")]
    text = f"{own['flips']} of those counted as elite in 2022 were not"
    assert own["means"] == text


def same(one: Flip, other: Flip) -> None:
    for name in ("points", "path", "skipped"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_dtype=False)
    assert (one.of, one.pair, one.refits) == (other.of, other.pair, other.refits)
    assert one.failures == other.failures
    # A file has the digest of the code besides.
    assert one.made == {name: value for name, value in other.made.items() if name != "core"}


def test_every_executor_gives_the_same() -> None:
    kinds = ("misclassified",)
    own = flipped(kinds=kinds)
    with ThreadPoolExecutor(2) as pool:
        for executor in ("threads", pool):
            same(own, flipped(kinds=kinds, executor=executor))


def test_a_search_goes_on_from_its_folder(found: tuple[Flip, Path], monkeypatch: Any) -> None:
    own, folder = found
    files = sorted(folder.glob("*.json"))
    assert len(files) == own.refits
    for one in files[::3]:
        one.unlink()
    done: list[Task] = []

    def counted(plan: Plan, task: Task) -> dict[str, Any]:
        done.append(task)
        return evaluated(plan, task)

    monkeypatch.setattr(study, "evaluated", counted)
    same(own, flipped(folder=folder, kinds=KINDS))
    assert len(done) == len(files[::3])


def test_a_refit_that_failed_is_named_and_passed_over(monkeypatch: Any) -> None:
    own = flipped(kinds=("misclassified",))
    before = points(own, "misclassified").loc[("misclassified 2022", "share")]

    def failing(plan: Plan, task: Task) -> dict[str, Any]:
        key = task.assumption and task.assumption.key
        if key == "misclassified 2022" and task.value == float(before["flips"]):
            raise FitError("no posterior")
        return evaluated(plan, task)

    monkeypatch.setattr(study, "evaluated", failing)
    after = flipped(kinds=("misclassified",))
    point = points(after, "misclassified").loc[("misclassified 2022", "share")]
    assert int(point["flips"]) > int(before["flips"])
    assert after.failures[0].key == f"misclassified 2022 at {before['flips']}"
    assert after.failures[0].seed == 1 and "no posterior" in after.failures[0].reason
    monkeypatch.setattr(study, "evaluated", lambda plan, task: 1 / 0)
    with pytest.raises(FitError, match="the fit as it is failed"):
        flipped()


def test_saved_and_read_back(found: tuple[Flip, Path], tmp_path: Path) -> None:
    own = found[0]
    same(own, load_flip(own.save(tmp_path / "flip.json")))
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(FitError):
        load_flip(tmp_path / "other.json")


def test_settings_that_are_not_allowed() -> None:
    with pytest.raises(SpecError, match="1 or more"):
        flipped(draws=0)
    with pytest.raises(SpecError, match=r"unknown assumption 'miscount'; known: misclassified"):
        flipped(kinds=("miscount",))


def test_the_command(tmp_path: Path, monkeypatch: Any) -> None:
    from click.testing import CliRunner

    from defectmodels.cli import cli
    from defectmodels.evidence import dataset as datasets
    from defectmodels.model import spec as specs

    monkeypatch.setattr(datasets, "load_dataset", lambda name: flip_dataset())
    monkeypatch.setattr(specs, "load_model", lambda name: flip_spec())
    out = tmp_path / "flip.json"
    sizes = ["--draws", "60", "--tune", "60", "--executor", "serial", "--kind", "misclassified"]
    command = ["study", "flip", "small", "small", "--quiet", *sizes]
    found = CliRunner().invoke(cli, [*command, "-o", str(out)])
    assert found.exit_code == 0, found.output
    assert "each by itself" in found.output and "Wrongly counted as elite, 2022" in found.output
    assert load_flip(out).points["kind"].eq("misclassified").all()
    found = CliRunner().invoke(cli, [*command, "--json"])
    content = json.loads(found.stdout)
    assert content["pair"] == ["2019", "2022"] and len(content["points"]) == 4


@pytest.mark.slow
def test_brute_force_on_the_reference_model(shipped: Any, escape_rates: Any) -> None:
    # The reduced run looks at one line of readings in place of two lines of persons.
    kinds = ("wider",) if REDUCED else ("misclassified",)
    sizes = {"draws": 200, "tune": 200, "chains": 2}
    found = [
        dm.flip(escape_rates, shipped, random_seed=2, kinds=kinds, every=every, **sizes)
        for every in (False, True)
    ]
    own, brute = (one.points.set_index(["key", "question"]) for one in found)
    names = ["holds", "flips", "answer", "becomes"]
    clear = ~(own["near"] | brute["near"])
    pd.testing.assert_frame_equal(own.loc[clear, names], brute.loc[clear, names])
    # Where chance decides, it is by no more than its error: a few persons.
    for key in own.index[~clear]:
        ends = [float(one.loc[key, "flips"] or 99) for one in (own, brute)]
        assert abs(ends[0] - ends[1]) <= 2
    assert clear.sum() >= 2
