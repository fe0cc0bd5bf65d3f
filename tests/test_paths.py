"""Levels under a scenario are those of going through the days one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defectmodels import catalog
from defectmodels.errors import SpecError
from defectmodels.evidence.paths import Code, as_series, daily_path, series_path
from defectmodels.evidence.periods import Every, Periods, Span, parse_span
from defectmodels.evidence.scenario import (
    Change,
    Grow,
    Hold,
    Level,
    Move,
    Ramp,
    Scale,
    Scenario,
    Shift,
    factual,
)
from defectmodels.evidence.series import Series, read_series_folder
from histories import change, history, unknown

SPAN = parse_span("2019..2021")
QUARTERS = Periods.between("2019", "2021", "quarter")
STEPS = (("2018-01-01", 0.2), ("2019-05-17", 0.9), ("2020-03-01", 0.4), ("2021-07-09", 0.6))


def series(kind: str = "step", **more: Any) -> Series:
    listed = [{"from": day, "value": value, "status": "P"} for day, value in STEPS]
    if kind == "span":
        ends = ["2019-05-16", "2020-02-29", "2021-07-08", "2022-06-30"]
        listed = [one | {"to": end} for one, end in zip(listed, ends, strict=True)]
    needed = {"name": "s", "title": "t", "unit": "index", "description": "d", "role": "covariate"}
    until = {} if kind == "span" else {"until": "2022-06-30"}
    return Series.model_validate(needed | until | {"interpolation": kind, "step": listed} | more)


def days_of(span: Span) -> Iterator[date]:
    return (span.start + timedelta(k) for k in range(span.days))


# ---------------------------------------------------------------- day by day


def was_on(one: Series, scenario: Scenario, day: date) -> float:
    """Level of a series on one day, by going through its steps."""
    if scenario.beyond == "hold":
        day = min(day, one.last_day)
    if day < one.step[0].from_ or day > one.last_day:
        return float("nan")
    before = [step for step in one.step if step.from_ <= day][-1]
    after = [step for step in one.step if step.from_ > day]
    if one.interpolation == "linear" and after:
        part = (day - before.from_).days / (after[0].from_ - before.from_).days
        return before.value + part * (after[0].value - before.value)
    return before.value


def day_by_day(scenario: Scenario, one: Series, span: Span) -> list[float]:
    """Level on every day, from what each kind of change says in its docstring."""

    @cache
    def level(day: date) -> float:
        here = [
            c for c in scenario.change if c.series == one.name and c.span.start <= day <= c.span.end
        ]
        return changed(here[0], day) if here else was_on(one, scenario, day)

    def changed(c: Change, day: date) -> float:
        eve = c.span.start - timedelta(1) if c.from_ else date.min
        match c:
            case Level():
                return c.value  # type: ignore[return-value]
            case Hold():
                return was_on(one, scenario, c.on)
            case Shift():
                return was_on(one, scenario, day) + c.by  # type: ignore[operator]
            case Scale():
                return was_on(one, scenario, day) * c.by  # type: ignore[operator]
            case Move():
                return was_on(one, scenario, day + timedelta(c.days))
            case Ramp():
                if day >= c.reached:
                    return c.end  # type: ignore[return-value]
                part = (day - eve).days / (c.reached - eve).days
                return level(eve) + part * (c.end - level(eve))  # type: ignore[operator]
            case Grow():
                return level(eve) * (1 + c.by) ** ((day - eve).days / 365.25)
        raise AssertionError(c.kind)

    return [level(day) for day in days_of(span)]


NUMBERS = st.floats(-2, 2).map(lambda x: round(x, 3))


@st.composite
def changes(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Changes of one series that do not overlap, in any order, the first perhaps before the span."""
    marks = draw(st.lists(st.integers(-200, 1200), min_size=2, max_size=9, unique=True))
    marks.sort()
    found = []
    for first, last in zip(marks[::2], marks[1::2], strict=False):
        start, end = SPAN.start + timedelta(first), SPAN.start + timedelta(last - 1)
        more: dict[str, Any] = draw(
            st.one_of(
                st.fixed_dictionaries({"kind": st.just("level"), "value": NUMBERS}),
                st.fixed_dictionaries({"kind": st.just("shift"), "by": NUMBERS}),
                st.fixed_dictionaries({"kind": st.just("scale"), "by": NUMBERS}),
                st.fixed_dictionaries(
                    {"kind": st.just("hold"), "on": st.dates(date(2018, 1, 1), date(2022, 6, 30))}
                ),
                st.fixed_dictionaries({"kind": st.just("move"), "days": st.integers(-150, 150)}),
                st.fixed_dictionaries({"kind": st.just("grow"), "by": st.floats(-0.9, 2.0)}),
                st.fixed_dictionaries(
                    {
                        "kind": st.just("ramp"),
                        "end": NUMBERS,
                        "reached": st.integers(0, 500).map(lambda k, s=start: s + timedelta(k)),
                    }
                ),
            )
        )
        found.append({"series": "s", "from": start, "to": end} | more)
    return draw(st.permutations(found))


@given(changes(), st.sampled_from(["step", "linear", "span"]), st.sampled_from(["missing", "hold"]))
@settings(deadline=None, max_examples=120)
def test_levels_are_those_of_a_loop_over_the_days(
    listed: list[dict[str, Any]], kind: str, beyond: str
) -> None:
    scenario, one = history(*listed, beyond=beyond), series(kind)
    fixed, not_known = daily_path(scenario, one, SPAN)
    assert not_known == []
    np.testing.assert_allclose(fixed, day_by_day(scenario, one, SPAN), rtol=1e-12, atol=1e-12)


@given(changes(), st.sampled_from(["year", "quarter", "month"]))
@settings(deadline=None, max_examples=30)
def test_levels_of_periods_are_means_of_days(listed: list[dict[str, Any]], every: Every) -> None:
    scenario, periods = history(*listed, beyond="hold"), Periods.between("2019", "2021", every)
    by_day = dict(zip(days_of(SPAN), day_by_day(scenario, series(), SPAN), strict=True))
    means = [np.mean([by_day[day] for day in days_of(span)]) for span in periods.spans]
    found = series_path(scenario, series(), periods).levels(5, random_seed=1)
    np.testing.assert_allclose(found, means, rtol=1e-12, atol=1e-12)


def test_the_last_level_is_held_where_that_is_said() -> None:
    span = parse_span("2022-06-29..2024-12-31")
    fixed, _ = daily_path(history(beyond="hold"), series(), span)
    assert (fixed == 0.6).all()
    grow = change("grow", "s", "2023-01-01", by=0.1)
    grown, _ = daily_path(history(grow, beyond="hold"), series(), span)
    assert grown[-1] == pytest.approx(0.6 * 1.1 ** (731 / 365.25))


def test_a_change_starts_from_the_scenarios_own_level_before_the_periods() -> None:
    early = change("level", "s", "2018-07-01", value=0.5) | {"to": "2018-12-31"}
    ramp = change("ramp", "s", "2019-01-01", reached="2019-12-31", end=0.0)
    fixed, _ = daily_path(history(ramp, early), series(), SPAN)
    assert fixed[0] == pytest.approx(0.5 * 364 / 365) and fixed[364] == 0.0
    longer = change("ramp", "s", "2018-07-01", reached="2019-12-31", end=1.0)
    whole, _ = daily_path(history(longer), series(), parse_span("2018..2021"))
    np.testing.assert_array_equal(daily_path(history(longer), series(), SPAN)[0], whole[365:])


def test_a_ramp_and_growth_after_a_hold() -> None:
    scenario = history(
        change("hold", "s", "2019-01-01", on="2019-05-17") | {"to": "2019-12-31"},
        change("ramp", "s", "2020-01-01", reached="2020-01-10", end=0.4) | {"to": "2020-12-31"},
        change("grow", "s", "2021-01-01", by=0.5),
    )
    fixed, _ = daily_path(scenario, series(), SPAN)
    assert (fixed[:365] == 0.9).all()
    np.testing.assert_allclose(fixed[365:375], 0.9 - 0.05 * np.arange(1, 11), rtol=1e-12)
    assert (fixed[374 : 365 + 366] == pytest.approx(0.4)) and fixed[-1] == pytest.approx(
        0.4 * 1.5 ** (365 / 365.25)
    )


def test_the_change_of_another_series_does_nothing() -> None:
    found, _ = daily_path(history(change("level", "t", "2019-01-01", value=5.0)), series(), SPAN)
    np.testing.assert_array_equal(found, series().daily(SPAN))


@pytest.mark.parametrize("every", ["year", "quarter", "month"])
def test_a_scenario_without_a_change_has_the_levels_to_the_last_bit(every: Every) -> None:
    shipped = read_series_folder(catalog.series_folder()).values()
    periods = Periods.between("1998", "2025", every)
    codes: tuple[Code, ...] = ("value", "low", "high")
    for one in (each for each in shipped if each.step):
        for code in codes:
            for scenario in (factual(), history(beyond="hold")):
                found = series_path(scenario, one, periods, code).levels(3, random_seed=1)
                np.testing.assert_array_equal(found, one.levels(periods, code))
        longer = series_path(history(beyond="hold"), one, Periods.between("1998", "2030", every))
        np.testing.assert_array_equal(longer.fixed[: len(periods)], one.levels(periods))


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (change("level", "s", "2020-05-01", value=1.5), "would be 1.5 on 2020-05-01; allowed is 0 to 1"),
        (change("shift", "s", "2019-01-01", by=0.2), "would be 1.1 on 2019-05-17"),
        (change("scale", "s", "2020-01-01", by=-1.0), "would be -0.9 on 2020-01-01"),
        (change("ramp", "s", "2020-01-01", reached="2020-01-02", end=1.3), "1.1 on 2020-01-01"),
        (change("grow", "s", "2020-01-01", by=0.2), "would be 1.0"),
        (change("level", "s", "2020-01-01", value=unknown(0.5, 1.2)), "would be 1.2 on 2020-01-01"),
        (change("shift", "s", "2020-04-01", by=unknown(-0.5, 0.1, "normal")), "would be -0.1 on"),
    ],
)  # fmt: skip
def test_a_level_outside_the_unit_is_refused(one: dict[str, Any], told: str) -> None:
    limited = series(minimum=0.0, maximum=1.0)
    with pytest.raises(SpecError) as caught:
        series_path(history(one), limited, QUARTERS)
    assert told in str(caught.value) and "scenario 'other': series 's'" in str(caught.value)
    if "1.5" in told:
        assert "allowed is 0 to 1 (index); change that level" in str(caught.value)
    # Without limits everything goes.
    assert np.isfinite(series_path(history(one), series(), QUARTERS).fixed).all()


def test_a_limit_may_be_reached() -> None:
    scenario = history(change("level", "s", "2020-01-01", value=1.0))
    assert series_path(scenario, series(maximum=1.0), QUARTERS).fixed[-1] == 1.0
    with pytest.raises(SpecError, match="allowed is 0 or more"):
        series_path(
            history(change("level", "s", "2020-01-01", value=-1.0)), series(minimum=0.0), QUARTERS
        )


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (change("hold", "s", "2020-01-01", on="2017-12-31"), "on 2017-12-31, the day that is held"),
        (change("hold", "s", "2020-01-01", on="2022-07-01"), "on 2022-07-01, the day that is held"),
        (change("move", "s", "2020-01-01", days=365), "365 days after 2021-07-01"),
        (change("move", "s", "2020-01-01", days=-(10**6)), "-1000000 days after 2020-01-01"),
        (change("move", "s", "2020-01-01", days=10**7), "10000000 days after 2020-01-01"),
        (change("ramp", "s", "0001-01-01", reached="2019-06-01", end=1.0), "on 2019-01-01 (it ends"),
    ],
)  # fmt: skip
def test_a_day_without_a_level_is_refused(one: dict[str, Any], told: str) -> None:
    with pytest.raises(SpecError) as caught:
        series_path(history(one), series(), QUARTERS)
    assert told in str(caught.value)
    assert "(it ends on 2022-06-30); choose days on which it has one" in str(caught.value)


def test_a_future_without_a_level_says_what_to_do() -> None:
    longer = Periods.between("2019", "2023", "quarter")
    with pytest.raises(SpecError) as caught:
        series_path(factual(), series(), longer)
    assert str(caught.value) == (
        "scenario 'factual': series 's' has no level on 2022-07-01 (it ends on 2022-06-30); give it "
        'a change from there on, or hold its last level with beyond = "hold"'
    )
    covered = history(change("level", "s", "2022-07-01", value=0.5))
    assert series_path(covered, series(), longer).fixed[-1] == 0.5
    with pytest.raises(SpecError, match="no level on 2022-07-01"):
        series_path(history(change("level", "s", "2022-07-02", value=0.5)), series(), longer)


def test_a_start_from_what_is_not_known_is_refused() -> None:
    first = change("level", "s", "2020-01-01", value=unknown(0.1, 0.2)) | {"to": "2020-12-31"}
    for then in (
        change("grow", "s", "2021-01-01", by=0.1),
        change("ramp", "s", "2021-01-01", reached="2021-06-30", end=1.0),
    ):
        with pytest.raises(SpecError, match=r"starts on 2021-01-01 from a level that is not known"):
            series_path(history(first, then), series(), QUARTERS)


# ---------------------------------------------------------------- numbers that are not known

KINDS = [
    change("level", "s", "2019-11-11", value=unknown(0.1, 0.7)),
    change("shift", "s", "2019-11-11", by=unknown(-0.1, 0.05)),
    change("scale", "s", "2019-11-11", by=unknown(0.5, 1.1)),
    change("ramp", "s", "2019-11-11", reached="2020-08-08", end=unknown(0.1, 0.7)),
]


def with_number(one: dict[str, Any], number: float) -> dict[str, Any]:
    return one | {key: number for key, value in one.items() if isinstance(value, dict)}


@pytest.mark.parametrize("one", KINDS, ids=lambda one: one["kind"])
def test_each_draw_has_the_levels_of_its_number(one: dict[str, Any]) -> None:
    path = series_path(history(one), series(), QUARTERS)
    levels = path.levels(6, random_seed=3)
    assert levels.shape == (6, 12) and np.ptp(levels[:, -1]) > 0.01
    # Up to the change, nothing is unknown, to the last bit.
    np.testing.assert_array_equal(levels[:, :3], np.tile(series().levels(QUARTERS)[:3], (6, 1)))
    for row in levels:
        number = (row[-1] - path.fixed[-1]) / path.slopes[0, -1]
        known = series_path(history(with_number(one, float(number))), series(), QUARTERS)
        np.testing.assert_allclose(row, known.levels(1, random_seed=0), rtol=1e-12)


def test_the_same_unknown_has_the_same_draws_in_every_scenario() -> None:
    one = KINDS[0]
    alone = series_path(history(one, name="a"), series(), QUARTERS)
    other = change("level", "s", "2019-01-01", value=0.0) | {"to": "2019-03-31"}
    beside = series_path(history(other, one, name="b"), series(), QUARTERS)
    first, second = (each.levels(50, random_seed=1) for each in (alone, beside))
    np.testing.assert_array_equal(first[:, 3:], second[:, 3:])
    np.testing.assert_array_equal(first, alone.levels(50, random_seed=1))
    assert (first[:, -1] != alone.levels(50, random_seed=2)[:, -1]).all()
    # Another number is independent of it.
    third = change("level", "s", "2019-11-11", value=unknown(0.1, 0.7001))
    draws = series_path(history(third), series(), QUARTERS).levels(2000, random_seed=1)[:, -1]
    assert abs(np.corrcoef(draws, alone.levels(2000, random_seed=1)[:, -1])[0, 1]) < 0.1


@pytest.mark.parametrize("dist", ["uniform", "normal"])
def test_two_unknowns_add(dist: Literal["uniform", "normal"]) -> None:
    scenario = history(
        change("level", "s", "2019-11-11", value=unknown(0.1, 0.7, dist)) | {"to": "2020-02-15"},
        change("shift", "s", "2020-02-16", by=unknown(0.0, 0.3, dist)),
    )
    path = series_path(scenario, series(), QUARTERS)
    levels = path.levels(4000, random_seed=1)
    # 2020Q1 holds both: 46 of its 91 days have the one, 45 the other.
    was, after = series().daily(SPAN)[365:456], np.arange(91) >= 46
    assert levels[:, 4].mean() == pytest.approx(
        np.where(after, was + 0.15, 0.4).mean(), abs=4 * levels[:, 4].std() / np.sqrt(4000)
    )
    assert abs(np.corrcoef(levels[:, 3], levels[:, -1])[0, 1]) < 4 / np.sqrt(4000)


@pytest.mark.parametrize("one", KINDS, ids=lambda one: one["kind"])
def test_no_day_of_any_draw_leaves_the_limits(one: dict[str, Any]) -> None:
    """A normal number reaches further than the ends that are given."""
    normal = one | {
        key: value | {"dist": "normal"} for key, value in one.items() if isinstance(value, dict)
    }
    limited = series(minimum=0.1, maximum=0.9)
    if one["kind"] in ("shift", "scale"):
        limited = series(minimum=0.1, maximum=1.0)
    path, free = (series_path(history(normal), each, QUARTERS) for each in (limited, series()))
    fixed, not_known = daily_path(history(normal), limited, SPAN)
    levels, wide = (each.levels(3000, random_seed=1) for each in (path, free))
    numbers = (levels[:, -1] - path.fixed[-1]) / path.slopes[0, -1]
    by_day = fixed + numbers[:, None] * not_known[0][0]
    low, high = limited.minimum, limited.maximum
    assert low is not None and high is not None
    assert by_day.min() >= low - 1e-9 and by_day.max() <= high + 1e-9
    clipped = np.abs(levels - wide).max(axis=1) > 1e-12
    assert 0 < clipped.mean() < 0.11
    # A limit is reached on some day of every draw that is held to it.
    edge = np.minimum(by_day.min(axis=1) - low, high - by_day.max(axis=1))
    np.testing.assert_allclose(edge[clipped], 0.0, atol=1e-9)


# ---------------------------------------------------------------- as a series of its own


def test_a_scenario_as_a_series_has_its_levels() -> None:
    scenario = history(
        change("ramp", "s", "2019-11-11", reached="2020-03-03", end=0.0),
    )
    made = as_series(scenario, series("linear", judgement=False), SPAN)
    np.testing.assert_array_equal(made.daily(SPAN), daily_path(scenario, series("linear"), SPAN)[0])
    assert Series.model_validate(made.model_dump(by_alias=True)) == made
    assert made.centre == series().centre and made.last_day == SPAN.end
    with pytest.raises(SpecError, match="the level of 's' is not known"):
        as_series(history(KINDS[0]), series(), SPAN)
