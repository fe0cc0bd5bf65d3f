"""Levels are means over days, gaps are named, and centring never depends on what is fitted."""

import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from defectmodels import catalog
from defectmodels.errors import EvidenceError, SpecError, UnknownNameError
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.periods import Periods, Span
from defectmodels.evidence.series import Series, pick, read_series, read_series_folder

YEARS = Periods.between("2020", "2022", "year")
QUARTERS_2020 = Periods.between("2020", "2020", "quarter")
SHIPPED = sorted(path.stem for path in catalog.series_folder().glob("*.toml"))
LEVELS = [n for n, s in read_series_folder(catalog.series_folder()).items() if s.role != "labels"]

TOML = """
name = "{name}"
title = "t"
unit = "u"
description = "d"
role = "covariate"
"""


def series(*steps: tuple[str, float], **more: Any) -> Series:
    listed = [{"from": day, "value": value, "status": "P"} for day, value in steps]
    needed = {"name": "s", "title": "t", "unit": "u", "description": "d", "role": "covariate"}
    return Series.model_validate(needed | {"step": listed} | more)


def spell(start: str, end: str, value: float) -> dict[str, object]:
    return {"from": start, "to": end, "value": value, "status": "V"}


# ---------------------------------------------------------------- levels


def test_step_inside_a_period_is_weighted_by_days() -> None:
    levels = series(("2019-01-01", 0), ("2020-02-15", 1)).levels(QUARTERS_2020)
    assert levels.tolist() == [46 / 91, 1, 1, 1]


def test_yearly_level_is_the_mean_of_its_quarters_weighted_by_days() -> None:
    steps = series(("2019-01-01", 2), ("2020-05-20", 5), ("2020-11-01", 3))
    by_quarter = steps.levels(QUARTERS_2020)
    days = [span.days for span in QUARTERS_2020.spans]
    assert steps.levels(YEARS)[0] == pytest.approx(by_quarter @ days / 366, rel=1e-14)


def test_linear_series_passes_through_its_points_and_holds_the_last() -> None:
    line = series(
        ("2020-01-01", 0), ("2020-12-31", 365), interpolation="linear", until="2022-12-31"
    )
    # The level of day k of the leap year is k, so the mean of the first 31 days is 15.
    months = Periods.between("2020", "2020", "month")
    assert line.levels(months)[0] == pytest.approx(15)
    assert line.levels(YEARS).tolist() == pytest.approx([182.5, 365, 365])


def test_linear_series_ends_at_its_last_point_without_until() -> None:
    line = series(("2020-01-01", 0), ("2021-12-31", 1), interpolation="linear")
    with pytest.raises(EvidenceError, match="no level on 2022-01-01"):
        line.levels(YEARS)


def test_spans_hold_from_first_to_last_day() -> None:
    steps = [spell("2020-01-01", "2020-12-31", 3), spell("2021-01-01", "2022-12-31", 4)]
    assert series(interpolation="span", step=steps).levels(YEARS).tolist() == [3, 4, 4]


def test_low_and_high_are_levels_of_their_own_and_default_to_the_value() -> None:
    first = {"from": "2020-01-01", "value": 5, "low": 4, "high": 7, "status": "P"}
    second = {"from": "2021-01-01", "value": 6, "status": "V"}
    both = series(step=[first, second])
    assert both.levels(YEARS, "low").tolist() == [4, 6, 6]
    assert both.levels(YEARS, "high").tolist() == [7, 6, 6]
    assert both.standardised(YEARS, "high").tolist() == [7, 6, 6]


# ---------------------------------------------------------------- gaps


@pytest.mark.parametrize(
    ("broken", "day"),
    [
        (series(("2020-03-05", 1)), "2020-01-01"),
        (series(("2019-01-01", 1), until="2021-06-30"), "2021-07-01"),
        (
            series(
                interpolation="span",
                step=[spell("2020-01-01", "2020-12-31", 3), spell("2021-02-01", "2022-12-31", 4)],
            ),
            "2021-01-01",
        ),
    ],
    ids=["starts late", "ends early", "hole"],
)
def test_first_day_of_a_gap_is_named_with_what_to_do(broken: Series, day: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        broken.levels(YEARS)
    assert str(caught.value) == (
        f"series 's' has no level on {day}, inside the fitted span 2020-01-01..2022-12-31; "
        "add a step that covers it or fit a shorter span"
    )


def test_labels_have_no_levels(shipped: Dataset) -> None:
    with pytest.raises(EvidenceError, match=r"'leader' has no levels .*; use it as eras only"):
        shipped.one_series("leader").levels(YEARS)


# ---------------------------------------------------------------- scale


def test_identity_is_centred_and_scaled_as_the_file_says() -> None:
    scaled = series(("2020-01-01", 44), centre=54, scale=-10)
    assert scaled.standardised(YEARS).tolist() == [1, 1, 1]


def test_log_counts_doublings_of_the_mean_level() -> None:
    doubled = series(
        ("2020-01-01", 300), ("2022-01-01", 1200), centre=300, scale=2, transform="log"
    )
    assert doubled.standardised(YEARS) == pytest.approx([0, 0, 2])
    half = series(("2020-01-01", 300), ("2020-07-01", 900), centre=300, scale=2, transform="log")
    mean = (182 * 300 + 184 * 900) / 366
    assert half.standardised(YEARS)[0] == pytest.approx(math.log2(mean / 300))


def test_log_refuses_a_level_of_nothing() -> None:
    empty = series(("2020-01-01", 0), centre=1, scale=2, transform="log")
    with pytest.raises(EvidenceError, match="level of 0 or less; a log series needs more than 0"):
        empty.standardised(YEARS)


@pytest.mark.parametrize("name", LEVELS)
def test_value_of_a_period_does_not_depend_on_the_fitted_span(shipped: Dataset, name: str) -> None:
    each = shipped.one_series(name)
    long = each.standardised(Periods.between("1998", "2025", "quarter"))
    short = each.standardised(Periods.between("2010", "2012", "quarter"))
    np.testing.assert_array_equal(long[48:60], short)


# ---------------------------------------------------------------- what a file may say


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"scale": 0}, "scale is 0; give the difference"),
        ({"scale": math.inf}, "finite number"),
        ({"transform": "log", "centre": 0, "scale": 2}, "a log series needs centre > 0"),
        ({"transform": "log", "centre": 1, "scale": 1}, "other than 1"),
        ({"judgement": True}, "judgement need low and high in every step"),
        ({"uncertainty": {"factor": 1, "why": "w"}}, "greater than 1"),
    ],
)
def test_impossible_series_are_refused(more: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        series(("2020-01-01", 1), **more)


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ({"low": 2}, None),
        ({"low": 2, "high": 3}, "value 1.0 of 2020-01-01 lies outside its low..high, 2.0..3.0"),
        ({"to": "2019-01-01"}, "ends before, on 2019-01-01; give the days in order"),
        ({"value": math.nan}, "finite number"),
        ({"status": "X"}, "'V', 'D', 'M' or 'P'"),
    ],
)
def test_impossible_steps_are_refused(step: dict[str, Any], told: str | None) -> None:
    whole = {"from": "2020-01-01", "value": 1, "status": "P"} | step
    if told is None:
        assert series(step=[whole]).step[0].low == 2
    else:
        with pytest.raises(ValueError, match=told):
            series(step=[whole])


@pytest.mark.parametrize("second", ["2020-01-01", "2019-12-31"])
def test_steps_out_of_order_are_refused(second: str) -> None:
    with pytest.raises(ValueError, match="out of order or share a day; sort them by 'from'"):
        series(("2020-01-01", 1), (second, 2))


def test_judgement_with_bounds_is_taken() -> None:
    step = {"from": "2020-01-01", "value": 1, "low": 0.5, "high": 2, "status": "P"}
    assert series(step=[step], judgement=True).judgement


# ---------------------------------------------------------------- files


def _write(folder: Path, name: str, more: str, table: str | None = None) -> Path:
    path = folder / f"{name}.toml"
    path.write_text(TOML.format(name=name) + more)
    if table is not None:
        (folder / f"{name}.csv").write_text(table)
    return path


def test_series_with_a_table_equals_the_one_with_steps(tmp_path: Path) -> None:
    table = 'from,value,low,high,status,note\n2020-01-01,1,0.5,,V,\n2021-01-01,2,,,D,"a, b"\n'
    read = read_series(_write(tmp_path, "trade", 'table = "trade.csv"', table))
    assert [(s.from_, s.value, s.low, s.high, s.note) for s in read.step] == [
        (date(2020, 1, 1), 1.0, 0.5, None, ""),
        (date(2021, 1, 1), 2.0, None, None, "a, b"),
    ]


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("from,value\n2020-01-01,1\n", "s.csv: missing column(s) status; add them to the header"),
        ("from,value,status\n2020-01-01,1,V,\n2021-01-01,2\n", "s.csv: row(s) 2, 3 do not have 3"),
        ("from,value,status\n2020-02-30,1,V\n", "s.toml: step[0].from: "),
        ("from,value,status\n2020-01-01,many,V\n", "s.toml: step[0].value: "),
        (None, "s.csv: cannot be read"),
    ],
)
def test_faulty_table_is_named(tmp_path: Path, table: str | None, told: str) -> None:
    path = _write(tmp_path, "s", 'table = "s.csv"', table)
    with pytest.raises(SpecError) as caught:
        read_series(path)
    assert str(caught.value).startswith(f"{tmp_path}/{told}")


def test_table_outside_the_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="must be the name of a file in the same folder"):
        read_series(_write(tmp_path, "s", 'table = "../s.csv"'))


def test_folder_reports_every_faulty_series(tmp_path: Path) -> None:
    _write(tmp_path, "first", "scale = 0")
    _write(tmp_path, "second", "").rename(tmp_path / "other.toml")
    _write(tmp_path, "third", "")
    with pytest.raises(SpecError) as caught:
        read_series_folder(tmp_path)
    first, other = str(caught.value).splitlines()
    assert first.startswith(f"{tmp_path}/first.toml: scale is 0")
    assert other == (
        f"{tmp_path}/other.toml: name: 'second' differs from the file's name; make them the same"
    )


def test_unknown_series_is_suggested(shipped: Dataset) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'border_closure'"):
        pick(shipped.series, "border_closed")


# ---------------------------------------------------------------- the shipped series


def test_every_shipped_file_is_a_series(shipped: Dataset) -> None:
    assert sorted(shipped.series) == SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_series_covers_1998_to_2025(shipped: Dataset, name: str) -> None:
    each = shipped.one_series(name)
    axis = Periods.between("1998", "2025", "quarter")
    if each.role == "labels":
        eras = each.eras().values()
        assert sum(axis.span.common_days(era) for era in eras) == axis.span.days
    else:
        value, low, high = (each.levels(axis, level) for level in ("value", "low", "high"))  # type: ignore[arg-type]
        assert np.isfinite(each.standardised(axis)).all()
        assert (low <= value).all() and (value <= high).all()


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_level_is_cited_and_every_judgement_bounded(
    shipped: Dataset, name: str
) -> None:
    each = shipped.one_series(name)
    assert each.description and each.unit
    assert [step.from_ for step in each.step if not step.source] == []
    judged = [step for step in each.step if step.status == "P"]
    assert [step.from_ for step in judged if step.low is None or step.high is None] == []


def test_levels_of_shipped_covariates_say_what_one_unit_means(shipped: Dataset) -> None:
    covariates = [each for each in shipped.series.values() if each.role in ("covariate", "both")]
    assert len(covariates) >= 8
    assert [each.name for each in covariates if not each.per] == []


def test_eras_are_spans_and_the_last_runs_until_the_end(shipped: Dataset) -> None:
    leader = shipped.one_series("leader")
    eras = leader.eras()
    assert eras["Kim Jong Il"] == Span(date(1994, 7, 8), date(2011, 12, 16))
    assert list(eras.values())[-1].end == leader.until == date(2026, 9, 30)


# ---------------------------------------------------------------- limits and themes


def test_levels_within_the_limits_are_taken() -> None:
    each = series(("2020-01-01", 0), ("2021-01-01", 1), minimum=0.0, maximum=1.0, theme="closure")
    assert (each.minimum, each.maximum, each.theme) == (0.0, 1.0, "closure")
    free = series(("2020-01-01", -5))
    assert (free.minimum, free.maximum, free.theme) == (None, None, "")


@pytest.mark.parametrize(
    ("step", "limits"),
    [
        ({"value": 1.1}, {"maximum": 1.0}),
        ({"value": -0.1}, {"minimum": 0.0}),
        ({"value": 0.5, "low": -0.1}, {"minimum": 0.0, "maximum": 1.0}),
        ({"value": 0.5, "high": 1.5}, {"maximum": 1.0}),
        ({"value": 0.5}, {"minimum": 1.0, "maximum": 0.0}),
    ],
)
def test_levels_outside_the_limits_are_refused(
    step: dict[str, float], limits: dict[str, float]
) -> None:
    steps = [
        {"from": "2020-01-01", "value": 0.5 if "maximum" in limits else 1.0, "status": "P"},
        {"from": "2021-01-01", "status": "P"} | step,
    ]
    with pytest.raises(ValueError, match=r"the step of 202\d-01-01 leaves minimum..maximum"):
        series(step=steps, **limits)


def test_the_last_day_is_that_of_the_last_level() -> None:
    assert series(("2020-01-01", 0)).last_day == date.max
    assert series(("2020-01-01", 0), until="2022-06-30").last_day == date(2022, 6, 30)
    line = series(("2020-01-01", 0), ("2021-05-05", 1), interpolation="linear")
    assert line.last_day == date(2021, 5, 5)
    spans = series(interpolation="span", step=[spell("2020-01-01", "2020-12-31", 3)])
    assert spans.last_day == date(2020, 12, 31)
    for each in (line, spans):
        days = each.daily(Span(each.last_day, each.last_day + timedelta(1)))
        assert np.isfinite(days[0]) and np.isnan(days[1])


@pytest.mark.parametrize("name", LEVELS)
def test_shipped_levels_have_a_theme_and_limits_that_their_unit_says(
    shipped: Dataset, name: str
) -> None:
    each = shipped.one_series(name)
    assert each.theme and each.minimum == 0.0
    # An index or a switch ends at 1; persons, missions and money have no most.
    assert each.maximum == (1.0 if each.unit in ("index 0-1", "0/1") else None)
