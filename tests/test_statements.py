"""A statement is the interval of whole numbers that its words allow."""

from datetime import date
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.periods import parse_span
from defectmodels.evidence.statements import (
    COLUMNS,
    AnyStatement,
    AtLeast,
    AtMost,
    Comparison,
    Exact,
    Interval,
    Range,
    Reading,
    RoundedNumber,
    Statement,
    StatusWord,
    Uncounted,
)

ADAPTER: TypeAdapter[Any] = TypeAdapter(AnyStatement)
UNION = get_args(get_args(AnyStatement)[0])
BASE = {"id": "X", "definition": "elites", "start": "2020-01-01", "end": "2020-12-31"}
ABOUT = Reading(name="about", low_times=0.8, low_plus=0, high_times=1.2, high_plus=0)

# Kind, what it needs, its class, the interval it allows.
KINDS: list[tuple[str, dict[str, str], type[Statement], Interval | None]] = [
    ("exact", {"low": "7", "high": "7"}, Exact, Interval(7, 7)),
    ("reading", {"reading": "about", "low": "10", "high": "10"}, RoundedNumber, Interval(8, 12)),
    ("range", {"low": "2", "high": "3"}, Range, Interval(2, 3)),
    ("at_least", {"low": "4"}, AtLeast, Interval(4, None)),
    ("at_most", {"high": "4"}, AtMost, Interval(0, 4)),
    ("rank", {"against": "2018-01-01/2022-12-31"}, Comparison, None),
    ("equality", {"against": "2018-01-01/2018-12-31"}, Comparison, None),
    ("ratio", {"low": "1.5", "high": "2"}, Comparison, None),
    ("order", {}, Comparison, None),
    ("none", {}, Uncounted, None),
]


def make(kind: str, **more: str) -> Any:
    return ADAPTER.validate_python(BASE | {"kind": kind, "status": "current"} | more)


def fault(kind: str, **more: str) -> str:
    with pytest.raises(ValidationError) as caught:
        make(kind, **more)
    return str(caught.value)


# ---------------------------------------------------------------- readings


@pytest.mark.parametrize(
    ("reading", "stated", "low", "high"),
    [
        ("about", 10, 8, 12),
        ("about", 5, 4, 6),
        ("about", 100, 80, 120),
        ("about", 7, 6, 8),
        ("odd", 10, 11, 19),
        ("odd", 90, 91, 99),
        ("several", 0, 2, 9),
        ("approaching", 10, 8, 9),
    ],
)
def test_readings_of_the_shipped_table(
    shipped: Dataset, reading: str, stated: int, low: int, high: int
) -> None:
    assert shipped.readings[reading].interval(stated) == Interval(low, high)


@pytest.mark.parametrize("stated", range(5, 1001, 5))
def test_a_fifth_either_way_is_exact_for_multiples_of_five(stated: int) -> None:
    assert ABOUT.interval(stated) == Interval(stated * 4 // 5, stated * 6 // 5)


def test_rounding_of_floats_does_not_move_an_end() -> None:
    assert (1.1 * 50 > 55) and (1.15 * 100 < 115)
    factors = Reading(name="x", low_times=1.1, low_plus=0, high_times=1.15, high_plus=0)
    assert factors.interval(50) == (55, 57)
    assert factors.interval(100) == (110, 115)


def test_reading_never_allows_less_than_nobody() -> None:
    below = Reading(name="x", low_times=1, low_plus=-5, high_times=1, high_plus=5)
    assert below.interval(2) == Interval(0, 7)


def test_several_needs_no_number(shipped: Dataset) -> None:
    assert make("reading", reading="several").interval(shipped.readings) == Interval(2, 9)
    assert [name for name, each in shipped.readings.items() if not each.scales] == ["several"]


def test_intervals_are_written_as_a_reader_would() -> None:
    written = [str(Interval(*ends)) for ends in ((3, 3), (3, 5), (3, None))]
    assert written == ["3", "3 to 5", "at least 3"]


# ---------------------------------------------------------------- contract over the union


def test_the_table_of_kinds_holds_the_whole_union() -> None:
    words = {word for each in UNION for word in get_args(each.model_fields["kind"].annotation)}
    assert {kind for kind, *_ in KINDS} == words
    assert {each for _, _, each, _ in KINDS} == set(UNION)


@pytest.mark.parametrize(("kind", "more", "cls", "interval"), KINDS)
def test_every_kind_is_its_class_and_allows_its_interval(
    kind: str, more: dict[str, str], cls: type[Statement], interval: Interval | None
) -> None:
    statement = make(kind, **more)
    assert type(statement) is cls
    assert statement.interval({"about": ABOUT}) == interval
    assert statement.span == parse_span("2020")


@pytest.mark.parametrize(("kind", "more"), [(kind, more) for kind, more, *_ in KINDS])
def test_every_kind_survives_writing_and_reading(kind: str, more: dict[str, str]) -> None:
    statement = make(kind, **more)
    written = statement.model_dump(mode="json")
    assert ADAPTER.validate_python(written) == statement
    assert set(written) <= set(COLUMNS)


@pytest.mark.parametrize(("kind", "key"), [(k, key) for k, more, *_ in KINDS[:5] for key in more])
def test_every_countable_kind_says_which_cell_it_lacks(kind: str, key: str) -> None:
    needs = {name: more for name, more, *_ in KINDS}[kind]
    left = {name: value for name, value in needs.items() if name != key}
    if kind == "reading" and key != "reading":
        assert getattr(make(kind, **left), key) is None  # 'several' has no number
    else:
        assert "Field required" in fault(kind, **left)


@pytest.mark.parametrize(
    ("kind", "more"), [("at_least", {"low": "1", "high": "2"}), ("exact", {"reading": "about"})]
)
def test_cells_that_a_kind_has_no_use_for_are_refused(kind: str, more: dict[str, str]) -> None:
    assert "unknown key" in fault(kind, **more)


def test_columns_are_the_fields_of_the_union_and_no_others() -> None:
    assert set(COLUMNS) == {name for each in UNION for name in each.model_fields}
    assert len(set(COLUMNS)) == len(COLUMNS)


# ---------------------------------------------------------------- cells


@pytest.mark.parametrize("text", ["-1", "1.5", "1,000", "ten", "1e3"])
def test_counts_are_whole_numbers(text: str) -> None:
    assert f"'{text}' is not a count; write a whole number of 0 or more" in fault(
        "at_least", low=text
    )


@pytest.mark.parametrize("text", ["2019-02-30", "2019-13-01", "31.12.2019", "2019"])
def test_days_are_days_of_the_calendar(text: str) -> None:
    told = fault("none", end=text)
    assert f"'{text}' is not a day of the calendar; write it as 2019-12-31" in told


def test_unknown_beginning_has_no_span() -> None:
    statement = ADAPTER.validate_python(
        {"id": "X", "definition": "d", "end": "1997-12-31", "kind": "none", "status": "current"}
    )
    assert statement.span is None
    assert statement.end == date(1997, 12, 31)


@pytest.mark.parametrize("text", ["2024", "2024-02", "2024-02-29", ""])
def test_dates_of_publication_may_be_partial(text: str) -> None:
    assert make("none", published=text, vintage=text).published == text


@pytest.mark.parametrize("text", ["2023-02-29", "2024Q1", "24", "2024-13"])
def test_wrong_dates_of_publication_are_refused(text: str) -> None:
    assert f"'{text}' is not a date" in fault("none", published=text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2018-01-01", "write it as 2018-01-01/2022-12-31"),
        ("2019-01-01/2018-01-01", "write it as 2018-01-01/2022-12-31"),
        ("2018/2019", "'2018' is not a day of the calendar"),
    ],
)
def test_spans_compared_with_are_two_days_in_order(text: str, told: str) -> None:
    assert told in fault("rank", against=text)


def test_status_words_are_those_that_the_shipped_header_explains(shipped: Dataset) -> None:
    assert {status.name for status in shipped.header.status} == set(get_args(StatusWord))
    assert "Input should be 'current', 'superseded'" in fault("none", status="curent")
