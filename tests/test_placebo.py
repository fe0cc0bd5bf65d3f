"""Placebos: what one fit says, the place of an effect, resuming, and what is printed."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
import os
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from defectmodels import cli, names
from defectmodels.errors import FitError, UnknownNameError
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.periods import Span, parse_span
from defectmodels.inference.refits import Settings
from defectmodels.inference.running import Failure
from defectmodels.model.design import Design
from defectmodels.model.spec import ModelSpec
from defectmodels.studies import placebo as module
from defectmodels.studies.placebo import TOLD, Placebos, placebo
from defectmodels.studies.placebo_dates import Rules
from defectmodels.studies.placebo_event import RATIO, Event, make_event
from defectmodels.studies.placebo_place import LEVEL, NEEDED, disjoint, independent, placed
from defectmodels.studies.placebo_text import (
    assumption,
    content,
    places,
    printed,
    printed_places,
    remarks,
    sentence,
)
from placeboworld import LAST, NOTHING, wall_dataset, wall_spec

REDUCED = os.environ.get("DEFECTMODELS_REDUCED") == "1"
RULES = Rules(least=3, rows=1)
FEW = replace(RULES, every=8)


# --- a place --------------------------------------------------------------------------------


def years(*numbers: int) -> list[Span]:
    return [parse_span(str(number)) for number in numbers]


def test_a_place_by_hand() -> None:
    windows = years(*range(2000, 2020))
    others = [0.1 * at for at in range(-10, 10)]
    one = placed("g", 0.95, others, windows, "two")
    assert (one.larger, one.windows, one.disjoint) == (1, 20, 20)
    assert one.p == one.p_all == pytest.approx(2 / 21) and one.smallest == pytest.approx(1 / 21)
    assert one.verdict == "does not stand out" and not one.why
    # Only -1.0 is as large, and points the other way.
    up = placed("g", 0.95, others, windows, "one")
    assert (up.larger, up.verdict) == (0, "stands out")
    down = placed("g", -0.95, others, windows, "one")
    assert down.larger == 1 and placed("g", -0.95, others, windows, "two").larger == 1
    # A tie is as extreme.
    assert placed("g", 1.0, others, windows, "two").larger == 1


@pytest.mark.parametrize("number", [0, 1, NEEDED - 1, NEEDED])
def test_too_few_cannot_tell(number: int) -> None:
    one = placed("g", 9.0, [0.0] * number, years(*range(2000, 2000 + number)), "two")
    assert one.smallest == 1 / (1 + number) == one.p
    if number < NEEDED:
        assert one.verdict == "cannot tell" and f"with {number} windows" in one.why
    else:
        assert one.verdict == "stands out" and one.p <= LEVEL


def test_windows_that_share_days_are_no_more_chances() -> None:
    windows = [
        Span(year.start, parse_span(str(year.start.year + 9)).end)
        for year in years(*range(1900, 1990))
    ]
    one = placed("g", 9.0, [0.0] * 90, windows, "two")
    assert (one.windows, one.disjoint) == (90, 9)
    assert one.p_all == pytest.approx(1 / 91) and one.p == pytest.approx(0.1)
    assert one.verdict == "cannot tell" and "9 windows that share no day" in one.why


def test_a_refused_place_has_no_verdict() -> None:
    one = placed("g", 9.0, [0.0] * 30, years(*range(1990, 2020)), "two", "it failed")
    assert (one.verdict, one.why) == ("cannot tell", "it failed")


def test_the_largest_number_of_disjoint_windows() -> None:
    rng, month = np.random.default_rng(2), date(2000, 1, 1)
    for _ in range(30):
        starts, lengths = rng.integers(1, 20, 7), rng.integers(0, 6, 7)
        windows = [
            Span(month.replace(day=int(start)), month.replace(day=int(start + length)))
            for start, length in zip(starts, lengths, strict=True)
        ]
        best = max(
            size
            for size in range(1, 8)
            for chosen in itertools.combinations(windows, size)
            if not any(one.overlaps(other) for one, other in itertools.combinations(chosen, 2))
        )
        assert disjoint(windows) == best
    assert disjoint([]) == 0


@pytest.mark.parametrize(("periods", "width"), [(84, 4), (78, 15)])
def test_p_keeps_its_level_where_windows_overlap(periods: int, width: int) -> None:
    """White noise; the true window lies apart from overlapping ones, as the event's does."""
    rng, worlds = np.random.default_rng(5), 4000
    noise = rng.normal(size=(worlds, periods))
    sums = np.abs(np.lib.stride_tricks.sliding_window_view(noise, width, axis=1).sum(axis=-1))
    true = np.abs(rng.normal(size=(worlds, width)).sum(axis=1))
    larger, windows = (sums >= true[:, None]).sum(axis=1), sums.shape[1]
    first, plain = np.mean(larger == 0), np.mean((1 + larger) / (1 + windows) <= LEVEL)
    kept = np.mean([independent(one, windows, periods // width) <= LEVEL for one in larger])
    assert kept <= LEVEL
    if width == 15:
        # As many windows as the closure's; being first of 65 is no chance of 1 in 65.
        assert windows == 64 and first > 3 / 65 and plain > 1.5 * LEVEL and kept == 0


# --- fits that are made up ------------------------------------------------------------------

FAKED: list[Span] = []


def faked(event: Event, design: Design, settings: Settings, random_seed: int) -> dict[str, Any]:
    """Log of the window's total over the mean before: what a vague Poisson model gives."""
    counts = np.array([row.interval.low for row in design.selection.direct], dtype=float)
    FAKED.append(design.periods.spans[-1])
    median = float(np.log(counts[-1] / counts[:-1].mean()))
    sd = float(np.sqrt(1 / counts[-1] + 1 / counts[:-1].sum()))
    row = {names.GROUP: "all", "median": median, "low": median - 2 * sd, "high": median + 2 * sd}
    row |= {
        "mcse": 0.001,
        "sd": sd,
        "standardised": median / sd,
        "sd_over_prior": sd / event.ratio.sigma,
    }
    row |= {"told": True, "checks": "pass", "rhat": 1.0, "ess": 900.0, "diverging": 0.0, "rows": 9}
    return {"rows": [row], "seconds": 0.5}


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> list[Span]:
    monkeypatch.setattr(module, "_fitted", faked)
    FAKED.clear()
    return FAKED


def run(ratio: float, **more: Any) -> Placebos:
    return placebo(
        wall_spec(), wall_dataset(ratio), NOTHING, random_seed=3, **({"rules": RULES} | more)
    )


@pytest.mark.usefixtures("fakes")
def test_a_true_event_stands_out_and_none_does_not() -> None:
    found = run(2.0)
    assert found.table["date"].iloc[0].year == LAST and not found.table["placebo"].iloc[0]
    assert found.table["placebo"].iloc[1:].all() and len(found.table) == 24
    assert [one.span for one in found.left_out] == years(1992, 1991, 1990)
    for statistic, sides in itertools.product(("median", "standardised"), ("two", "one")):
        place = found.place("all", statistic, sides)  # type: ignore[arg-type]
        assert (place.larger, place.windows, place.verdict) == (0, 23, "stands out")
    still = run(1.0)
    assert still.place("all").verdict == "does not stand out"
    # No placebo sees the last year.
    assert still.table.iloc[1:].equals(found.table.iloc[1:])


@pytest.mark.usefixtures("fakes")
def test_fits_that_failed_or_say_nothing_have_no_place_and_are_listed() -> None:
    found = run(2.0)
    table = found.table.copy()
    table.loc[3, "checks"], table.loc[5, "told"] = "fail", False
    table.loc[[3, 5], "median"] = 99.0
    found = replace(found, table=table)
    assert found.place("all").windows == 21 and found.place("all").larger == 0
    said = remarks(found)
    assert (
        "all: 1 fits failed their checks (another seed may help) and have no place: 2013-01-01"
        in said
    )
    assert "all: 1 fits say less of the effect than its prior and have no place: 2011-01-01" in said
    assert list(printed(found)["has a place"])[:6] == ["yes", "yes", "yes", "no", "yes", "no"]


@pytest.mark.usefixtures("fakes")
@pytest.mark.parametrize(
    ("column", "value", "why"),
    [("checks", "fail", "own fit failed"), ("told", False, "less of the event's effect")],
)
def test_an_event_whose_fit_is_no_good_has_no_verdict(column: str, value: Any, why: str) -> None:
    found = run(2.0)
    table = found.table.copy()
    table.loc[0, column] = value
    place = replace(found, table=table).place("all")
    assert place.verdict == "cannot tell" and why in place.why
    text = sentence(replace(found, table=table), "all")
    assert "cannot tell" in text and ("0.7" in text) == (column == "told")


@pytest.mark.usefixtures("fakes")
def test_an_unknown_group_is_refused() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown group 'elite'\. Known: all"):
        run(2.0, rules=FEW).place("elite")


# --- resuming -------------------------------------------------------------------------------


def test_a_folder_is_taken_up_again(
    tmp_path: Path, fakes: list[Span], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "placebos"
    first = run(2.0, rules=FEW, folder=folder, progress=True)
    assert len(fakes) == len(first.table) == len(list(folder.iterdir())) == 4
    (folder / "placebo_1999-01-01.json").unlink()
    again = run(2.0, rules=FEW, folder=folder, progress=True)
    assert fakes[4:] == years(1999)
    assert again.table.equals(first.table) and again.seconds == first.seconds
    assert again == first
    said = capsys.readouterr()
    assert (
        not said.out
        and f"fits 3 of 4: read 3 from {folder}" in said.err
        and "fits 4 of 4: placebo 1999-01-01" in said.err
    )


@pytest.mark.parametrize(
    "changed",
    [{"draws": 501}, {"ratio": RATIO.model_copy(update={"factor": 3.0})}, {"random_seed": 4}, {"world": 3.0}],
    ids=str,
)  # fmt: skip
def test_what_another_run_left_in_the_folder_is_made_again(
    tmp_path: Path, fakes: list[Span], changed: dict[str, Any]
) -> None:
    run(2.0, rules=FEW, folder=tmp_path)
    fakes.clear()
    changed = {"random_seed": 3} | changed
    data = wall_dataset(changed.pop("world", 2.0))
    placebo(wall_spec(), data, NOTHING, rules=FEW, folder=tmp_path, **changed)
    assert len(fakes) == 4


@pytest.mark.usefixtures("fakes")
def test_a_date_without_a_result_is_listed_and_an_event_without_one_is_no_study(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(at: date) -> Any:
        def one(event: Event, design: Design, *more: Any) -> dict[str, Any]:
            if design.periods.spans[-1].start == at:
                raise FitError("no posterior")
            return faked(event, design, *more)

        return one

    monkeypatch.setattr(module, "_fitted", failing(date(1999, 1, 1)))
    found = run(2.0, rules=FEW)
    assert len(found.table) == 3
    assert found.failures == (Failure("placebo 1999-01-01", "FitError: no posterior", 3),)
    line = "1 gave no result and are missing from the tables: placebo 1999-01-01 (seed 3) failed"
    assert line in " ".join(remarks(found))
    assert content(found)["failures"][0]["seed"] == 3
    monkeypatch.setattr(module, "_fitted", failing(date(2016, 1, 1)))
    with pytest.raises(
        FitError, match=r"event 2016-01-01 \(seed 3\) failed: FitError: no posterior"
    ):
        run(2.0, rules=FEW)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"made_of": 1, "found": {"rows": 3}}'])
def test_a_file_that_is_no_placebo_is_refused(tmp_path: Path, fakes: list[Span], text: str) -> None:
    (tmp_path / "event_2016-01-01.json").write_text(text)
    with pytest.raises(FitError, match="is no result of a study; give another folder"):
        run(2.0, rules=FEW, folder=tmp_path)
    with pytest.raises(FitError, match="is a file; results are written to a folder"):
        run(2.0, rules=FEW, folder=tmp_path / "event_2016-01-01.json")
    assert not fakes


@pytest.mark.parametrize("setting", [{"draws": 3}, {"tune": 0}, {"chains": 1}])
def test_settings_are_sound(fakes: list[Span], setting: dict[str, int]) -> None:
    with pytest.raises(FitError, match=f"{next(iter(setting))} is"):
        run(2.0, **setting)
    assert not fakes


@pytest.mark.parametrize(
    ("rhat", "diverging", "ess", "wanted"),
    [
        (1.0, 0.0, 500.0, "pass"),
        (1.02, 0.0, 500.0, "warn"),
        (1.0, 0.005, 500.0, "warn"),
        (1.0, 0.0, 300.0, "warn"),
        (1.06, 0.0, 500.0, "fail"),
        (1.0, 0.02, 500.0, "fail"),
        (1.0, 0.0, 50.0, "fail"),
        (math.nan, 0.0, 500.0, "fail"),
        (1.0, 0.0, math.nan, "fail"),
    ],
)
def test_checks_of_one_fit(rhat: float, diverging: float, ess: float, wanted: str) -> None:
    assert module._checked(rhat, diverging, ess) == wanted


# --- what is printed ------------------------------------------------------------------------


@pytest.mark.usefixtures("fakes")
def test_what_is_said() -> None:
    found = run(2.0, rules=FEW)
    text = sentence(found, "all")
    assert text.startswith("all: log effect 0.7") and "on 2016; 1st of 4 by size" in text
    assert "p = 0.25; cannot tell: with 3 windows that share no day" in text
    told = assumption(found)
    assert told.endswith("and that all else would have been the same.") and "one assumes" in told
    assert remarks(found)[-1] == told
    table = places(found)
    assert list(table["sides"]) == ["two", "one"] * 2 and set(table["verdict"]) == {"cannot tell"}
    shown = printed_places(table)
    assert list(shown["p"]) == ["0.25"] * 4 and list(shown["placebos"]) == [3] * 4
    assert printed(found)["date"].iloc[0] == "2016-01-01 (event)"
    assert json.loads(json.dumps(content(found)))["rules"] == vars(FEW)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, fakes: list[Span]) -> Any:
    from defectmodels.evidence import dataset as datasets
    from defectmodels.evidence import scenario
    from defectmodels.model import spec as specs
    from defectmodels.studies import placebo_event

    monkeypatch.setattr(datasets, "load_dataset", lambda name: wall_dataset(2.0))
    monkeypatch.setattr(specs, "load_model", lambda name: wall_spec())
    real = scenario.load_scenario
    monkeypatch.setattr(
        placebo_event, "load_scenario", lambda name: NOTHING if name == "nothing" else real(name)
    )

    def call(*args: str) -> int:
        words = ["defectmodels", "placebo", "m", "d", "--least", "3", "--rows", "1", "--every", "8"]
        monkeypatch.setattr(sys, "argv", [*words, *args])
        with pytest.raises(SystemExit) as left:
            cli.main()
        return int(left.value.code or 0)

    return call


def test_the_command(command: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert command("--event", "nothing", "--folder", str(tmp_path)) == 0
    ran = capsys.readouterr()
    assert "cannot tell" in ran.out and "one assumes" in ran.out and "fits 1 of 4" in ran.err
    assert command("--event", "nothing", "--folder", str(tmp_path), "--json") == 0
    ran = capsys.readouterr()
    made = json.loads(ran.out)
    assert [one["verdict"] for one in made["places"]] == ["cannot tell"] * 4 and "read" in ran.err
    assert len(made["effects"]) == 4 and made["span"] == "2016"
    assert command("--event", "nothing", "--folder", str(tmp_path), "--csv", "--group", "all") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["date"] for row in rows] == ["2016-01-01", "2015-01-01", "2007-01-01", "1999-01-01"]


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (("--event", "no_closur"), "no scenario 'no_closur'"),
        (("--event", "no_closure"), "changes nothing of model 'small'"),
        (("--event", "nothing", "--span", "2017"), "do not lie in the fitted periods"),
        (("--event", "nothing", "--group", "elite"), "unknown group 'elite'"),
        (("--event", "nothing", "--every", "0"), "every is 0"),
    ],
)
def test_the_command_refuses_in_one_line(
    command: Any, capsys: pytest.CaptureFixture[str], args: tuple[str, ...], text: str
) -> None:
    assert command(*args) == 2
    ran = capsys.readouterr()
    assert not ran.out and ran.err.count("\n") == 1 and text in ran.err


# --- real fits ------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_executor_gives_the_same() -> None:
    found = [
        run(2.0, rules=FEW, draws=40, tune=60, executor=executor)
        for executor in ("serial", "threads", "processes")
    ]
    assert len(found[0].table) == 4 and not found[0].failures
    assert found[0].table.equals(found[1].table) and found[0].table.equals(found[2].table)


def test_real_fits_find_what_closed_form_does() -> None:
    event = make_event(wall_spec(), wall_dataset(2.0), NOTHING, None, None)
    found = run(2.0, rules=FEW, draws=250, tune=200)
    for row in found.table.to_dict("records"):
        span = Span(row["date"], row["end"])
        close = faked(event, event.placed(span), found.settings, 0)["rows"][0]
        # Frailty of a tenth adds to what chance alone leaves open.
        assert abs(row["median"] - close["median"]) < 0.4 * row["sd"], span
        assert close["sd"] < row["sd"] < close["sd"] + 0.15
        assert row["told"] and row["sd_over_prior"] == row["sd"] / RATIO.sigma < TOLD
        assert row["low"] < row["median"] < row["high"]
    assert found.place("all").larger == 0 and found.place("all").verdict == "cannot tell"
    assert run(2.0, rules=FEW, draws=250, tune=200) == found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("event", "span"), [("no_closure", None), ("sanctions_2017", "2017-08-05..2019-12-31")]
)
def test_the_shipped_events(
    escape_rates: ModelSpec, shipped: Dataset, event: str, span: str | None
) -> None:
    rules = Rules(every=12 if REDUCED else 1)
    found = placebo(escape_rates, shipped, event, span=span, rules=rules, random_seed=1)
    true = found.true("commoner")
    assert true["checks"] != "fail"
    for group in found.groups:
        place = found.place(group)
        assert place.verdict == "cannot tell" and place.disjoint < NEEDED
    if event == "no_closure":
        assert true["high"] < 0 and found.place("commoner").larger == 0
    else:
        assert true["low"] < 0 < true["high"]
