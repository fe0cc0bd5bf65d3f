"""A scenario gives one series one level on one day, and scenarios join without a contradiction."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from defectmodels import catalog
from defectmodels.errors import SpecError, UnknownNameError
from defectmodels.evidence.scenario import (
    Level,
    Scenario,
    Shift,
    Uncertain,
    combined,
    factual,
    load_scenario,
)
from histories import change, history, unknown

FILE = """
name = "own"
title = "A scenario of my own"
assumption = "that nothing else differs."

[[change]]
kind = "level"
series = "border_closure"
from = 2020-02-01
to = 2020-12-31
value = 0.5
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


# ---------------------------------------------------------------- files and Python


def test_a_file_and_python_say_the_same(tmp_path: Path) -> None:
    read = load_scenario(write(tmp_path, FILE))
    made = Scenario(
        name="own",
        title="A scenario of my own",
        assumption="that nothing else differs.",
        change=(
            Level(
                series="border_closure",
                from_=date(2020, 2, 1),
                to=date(2020, 12, 31),
                value=0.5,
            ),
        ),
    )
    assert read == made and read.digest == made.digest
    assert read.series == ("border_closure",)


def test_a_digest_tells_scenarios_apart(tmp_path: Path) -> None:
    path = write(tmp_path, FILE)
    first = load_scenario(path).digest
    assert load_scenario(write(tmp_path, FILE.replace("0.5", "0.6"))).digest != first
    assert load_scenario(write(tmp_path, FILE.replace("02-01", "02-02"))).digest != first


@pytest.mark.parametrize("name", sorted(catalog.scenarios()))
def test_a_shipped_name_and_its_path_lead_to_the_same(name: str) -> None:
    assert load_scenario(name) == load_scenario(catalog.scenarios()[name])


def test_what_was_has_no_change() -> None:
    assert load_scenario("factual") == factual() and factual().change == ()
    with pytest.raises(ValueError, match="'factual' is what was and changes nothing"):
        history(change("level", "closure", value=0.0), name="factual")


def test_an_unknown_scenario_is_suggested() -> None:
    with pytest.raises(UnknownNameError, match=r"Did you mean 'no_closure'\?"):
        load_scenario("no_closures")
    with pytest.raises(UnknownNameError, match=r"no scenario 'open'"):
        load_scenario("no_closure+open")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("value = 0.5", "valu = 0.5", "unknown key 'valu'. Known: "),
        ('kind = "level"', 'kind = "levels"', "unknown kind 'levels'. Known: "),
        ("to = 2020-12-31", "to = 2020-01-31", "ends on 2020-01-31, before it starts on 2020-02"),
        ("value = 0.5", "value = nan", "finite number"),
        ("value = 0.5", "value = { low = 1, high = 0 }", "low 1.0 is more than high 0.0"),
        ('name = "own"', 'name = "my own"', "name: "),
        ('name = "own"', 'name = "own+"', "name: "),
        ("2020-12-31\n", "2020-12-31\nextra = 1\n", "unknown key 'extra'"),
    ],
)
def test_what_a_file_cannot_say_is_told_with_its_path(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    path = write(tmp_path, FILE.replace(old, new))
    with pytest.raises(SpecError) as caught:
        load_scenario(path)
    assert str(caught.value).startswith(f"{path}: ") and told in str(caught.value)


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (change("ramp", "s", reached="2020-06-30", end=1.0), "needs a from"),
        (change("ramp", "s", "2020-07-01", reached="2020-06-30", end=1.0), "no later than reached"),
        (change("grow", "s", by=0.1), "needs a from to start at"),
        (change("grow", "s", "2020-01-01", by=-1.0), "greater than -1"),
        (change("hold", "s", "2020-01-01"), "Field required"),
        (change("move", "s", "2020-01-01", days=1.5), "integer"),
    ],
)
def test_impossible_changes_are_refused(one: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        history(one)


# ---------------------------------------------------------------- one level a day


def level(start: str | None, end: str | None, series: str = "s") -> dict[str, Any]:
    return change("level", series, start, value=1.0) | ({} if end is None else {"to": end})


OVERLAPPING = [
    (("2020-01-01", "2020-06-30"), ("2020-06-30", "2020-12-31")),
    (("2020-01-01", None), ("2021-01-01", "2021-12-31")),
    ((None, "2020-06-30"), ("2020-01-01", None)),
    ((None, None), ("2020-01-01", "2020-01-01")),
]


@pytest.mark.parametrize(("one", "other"), OVERLAPPING)
@pytest.mark.parametrize("turned", [False, True])
def test_two_levels_on_one_day_are_refused(one: Any, other: Any, turned: bool) -> None:
    pair = (other, one) if turned else (one, other)
    with pytest.raises(
        ValueError, match=r"two changes of 's' overlap, .*; give each day one level"
    ):
        history(*(level(*each) for each in pair))
    # Of different series they are no contradiction.
    assert len(history(level(*one), level(*other, series="t")).change) == 2


def test_an_overlap_in_a_file_is_told_with_the_days(tmp_path: Path) -> None:
    again = FILE[FILE.index("[[change]]") :].replace("2020-02-01", "2020-12-31")
    path = write(tmp_path, FILE + again)
    with pytest.raises(SpecError) as caught:
        load_scenario(path)
    assert f"{path}: two changes of 'border_closure' overlap" in str(caught.value)
    assert "2020-02-01..2020-12-31 and 2020-12-31..2020-12-31" in str(caught.value)


def test_changes_that_follow_each_other_are_taken() -> None:
    found = history(
        level("2020-01-01", "2020-06-30"), level("2020-07-01", None), level(None, "2019-12-31")
    )
    assert len(found.change) == 3


# ---------------------------------------------------------------- joined scenarios


def test_joined_scenarios_change_what_each_changes() -> None:
    first = history(level("2020-01-01", None), name="a", assumption="that one.")
    second = history(level(None, "2019-12-31"), name="b", assumption="that two.", beyond="hold")
    both = first + second
    assert both.change == (*first.change, *second.change)
    assert (both.name, both.assumption, both.beyond) == ("a+b", "that one, and that two.", "hold")
    assert (factual() + first).change == first.change
    # What is assumed twice is said once.
    assert combined((first, history(name="c", assumption="that one."))).assumption == "that one."


def test_the_same_change_twice_is_one() -> None:
    one, other = (history(level("2020-01-01", None), name=name) for name in "ab")
    assert (one + other).change == one.change


def test_joined_scenarios_that_contradict_are_refused() -> None:
    one = history(change("level", "s", "2020-01-01", value=1.0), name="a")
    other = history(change("level", "s", "2021-01-01", value=0.0), name="b")
    with pytest.raises(SpecError, match=r"scenarios a\+b: two changes of 's' overlap"):
        one + other
    with pytest.raises(SpecError, match=r"scenarios no_closure\+closure_forever: two changes"):
        load_scenario("no_closure+closure_forever")


def test_names_are_joined_on_the_command_line_too() -> None:
    found = load_scenario("sanctions_2015+missions_53")
    assert found == load_scenario("sanctions_2015") + load_scenario("missions_53")
    assert found.series == ("sanctions", "missions_abroad", "officials_abroad")
    assert load_scenario("sanctions_2015 + missions_53") == found


# ---------------------------------------------------------------- numbers that are not known


def test_a_uniform_number_lies_between_its_ends() -> None:
    drawn = Uncertain(low=2.0, high=4.0).drawn(np.random.default_rng(1), 20_000)
    assert 2.0 <= drawn.min() < 2.001 and 3.999 < drawn.max() <= 4.0
    # Four standard errors of a mean of uniform numbers.
    assert drawn.mean() == pytest.approx(3.0, abs=4 * 2 / np.sqrt(12 * 20_000))


def test_a_normal_number_has_nine_tenths_between_its_ends() -> None:
    drawn = Uncertain(low=2.0, high=4.0, dist="normal").drawn(np.random.default_rng(1), 20_000)
    error = 4 * np.sqrt(0.05 * 0.95 / 20_000)
    assert (drawn < 2.0).mean() == pytest.approx(0.05, abs=error)
    assert (drawn > 4.0).mean() == pytest.approx(0.05, abs=error)


def test_what_is_not_known_is_told_from_what_is() -> None:
    found = history(change("shift", "s", "2020-01-01", by=unknown(0.1, 0.2)))
    shift = found.change[0]
    assert isinstance(shift, Shift) and shift.number == Uncertain(low=0.1, high=0.2)
