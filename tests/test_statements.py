"""A statement is the interval of whole numbers that its words allow."""

import math
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from defectmodels.errors import SpecError
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.intervals import between, read_words
from defectmodels.evidence.periods import parse_span
from defectmodels.evidence.statements import (
    COLUMNS,
    NOTHING,
    AnyStatement,
    AtLeast,
    AtMost,
    Comparison,
    Equality,
    Exact,
    Grade,
    Interval,
    Order,
    Range,
    Rank,
    Ratio,
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

ODD = Reading(name="odd", low_times=1, low_plus=1, high_times=1, high_plus=9)
READINGS = {"about": ABOUT, "odd": ODD}
YEARS = {"against": "2015-01-01/2017-12-31"}
ONE = {"against": "2018-01-01/2018-12-31"}

# Kind, what it needs, its class, the interval it allows, what it says.
KINDS: list[tuple[str, dict[str, str], type[Statement], Interval | None, str]] = [
    ("exact", {"low": "7", "high": "7"}, Exact, Interval(7, 7), "7"),
    (
        "reading",
        {"reading": "about", "low": "10", "high": "10"},
        RoundedNumber,
        Interval(8, 12),
        "8 to 12",
    ),
    ("range", {"low": "2", "high": "3"}, Range, Interval(2, 3), "2 to 3"),
    ("at_least", {"low": "4"}, AtLeast, Interval(4, None), "at least 4"),
    ("at_most", {"high": "4"}, AtMost, Interval(0, 4), "at most 4"),
    ("rank", YEARS, Rank, None, "no fewer than in each of 2015, 2016, 2017"),
    ("order", YEARS, Order, None, "more than in 2015-01-01..2017-12-31"),
    ("equality", ONE, Equality, None, "as many as in 2018"),
    ("ratio", ONE | {"low": "1.5", "high": "2"}, Ratio, None, "1.5 to 2 times 2018"),
    ("none", {}, Uncounted, None, "nothing countable"),
]
COMPARISONS = [(kind, more) for kind, more, cls, *_ in KINDS if issubclass(cls, Comparison)]


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
    assert {each for _, _, each, *_ in KINDS} == set(UNION)


@pytest.mark.parametrize(("kind", "more", "cls", "interval", "said"), KINDS)
def test_every_kind_is_its_class_and_allows_its_interval(
    kind: str, more: dict[str, str], cls: type[Statement], interval: Interval | None, said: str
) -> None:
    statement = make(kind, **more)
    assert type(statement) is cls
    assert statement.interval(READINGS) == interval
    assert statement.says(READINGS) == said
    assert statement.span == parse_span("2020")


@pytest.mark.parametrize(("kind", "more"), [(kind, more) for kind, more, *_ in KINDS])
def test_every_kind_may_have_a_grade(kind: str, more: dict[str, str]) -> None:
    assert make(kind, **more).grade == ""
    for word in get_args(Grade):
        assert make(kind, **more, grade=word).grade == word
    assert "'', 'high', 'medium' or 'low'" in fault(kind, **more, grade="sure")


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
    ("kind", "more"),
    [
        ("at_least", {"low": "1", "high": "2"}),
        ("exact", {"reading": "about"}),
        ("rank", YEARS | {"low": "1"}),
        ("ratio", ONE | {"low": "1", "reading": "about"}),
        ("none", {"against": "2018-01-01/2018-12-31"}),
    ],
)
def test_cells_that_a_kind_has_no_use_for_are_refused(kind: str, more: dict[str, str]) -> None:
    assert "unknown key" in fault(kind, **more)


def test_columns_are_the_fields_of_the_union_and_no_others() -> None:
    assert set(COLUMNS) == {name for each in UNION for name in each.model_fields}
    assert len(set(COLUMNS)) == len(COLUMNS)
    assert COLUMNS[COLUMNS.index("status") + 1] == "grade"


# ---------------------------------------------------------------- comparisons


def test_every_comparison_of_the_union_is_known_to_the_base() -> None:
    compared = {each for each in UNION if issubclass(each, Comparison)}
    words = {word for each in compared for word in get_args(each.model_fields["kind"].annotation)}
    assert set(get_args(Comparison.model_fields["kind"].annotation)) == words
    assert {kind for kind, _ in COMPARISONS} == words


@pytest.mark.parametrize(("kind", "more"), COMPARISONS)
@pytest.mark.parametrize("other", [0, 1, 7, 100])
def test_every_comparison_allows_one_interval_of_counts(
    kind: str, more: dict[str, str], other: int
) -> None:
    interval = make(kind, **more).allowed(other, READINGS)
    assert type(interval) is Interval
    assert interval.low >= 0
    assert interval == NOTHING or interval.high is None or interval.low <= interval.high


@pytest.mark.parametrize(("kind", "more"), COMPARISONS)
def test_every_comparison_may_be_with_another_definition(kind: str, more: dict[str, str]) -> None:
    own = make(kind, **more)
    other = make(kind, **more | {"against": f"press:{more['against']}"})
    assert (own.against_definition, other.against_definition) == ("elites", "press")
    assert own.against_spans == other.against_spans != ()
    assert other.says(READINGS) == f"{own.says(READINGS)}, counted as 'press'"
    assert own.allowed(7, READINGS) == other.allowed(7, READINGS)


@pytest.mark.parametrize(("kind", "more"), COMPARISONS)
def test_every_comparison_may_name_no_span(kind: str, more: dict[str, str]) -> None:
    statement = make(kind, **more | {"against": ""})
    assert (statement.against_definition, statement.against_spans) == ("elites", ())
    assert "a span that is not named" in statement.says(READINGS)


def test_a_comparison_needs_its_own_rule() -> None:
    with pytest.raises(TypeError, match="abstract"):
        Comparison(**BASE, kind="rank", status="current")  # type: ignore[abstract]


@pytest.mark.parametrize(
    ("reading", "allowed", "said"),
    [
        ("", Interval(5, None), "no fewer than in 2018"),
        ("most", Interval(5, None), "no fewer than in 2018"),
        ("fewest", Interval(0, 5), "no more than in 2018"),
        ("more", Interval(6, None), "more than in 2018"),
        ("fewer", Interval(0, 4), "fewer than in 2018"),
    ],
)
def test_words_of_a_rank(reading: str, allowed: Interval, said: str) -> None:
    statement = make("rank", **ONE, reading=reading)
    assert statement.allowed(5, READINGS) == allowed
    assert statement.says(READINGS) == said


@pytest.mark.parametrize(
    ("reading", "allowed", "said"),
    [
        ("", Interval(6, None), "more than in 2018"),
        ("more", Interval(6, None), "more than in 2018"),
        ("fewer", Interval(0, 4), "fewer than in 2018"),
    ],
)
def test_words_of_an_order(reading: str, allowed: Interval, said: str) -> None:
    statement = make("order", **ONE, reading=reading)
    assert statement.allowed(5, READINGS) == allowed
    assert statement.says(READINGS) == said


@pytest.mark.parametrize("kind", ["rank", "order"])
def test_fewer_than_nobody_is_nothing(kind: str) -> None:
    assert make(kind, **ONE, reading="fewer").allowed(0, READINGS) == NOTHING
    assert make(kind, **ONE, reading="fewer").allowed(1, READINGS) == Interval(0, 0)


@pytest.mark.parametrize(("kind", "word"), [("rank", "biggest"), ("order", "most")])
def test_unknown_words_of_a_rank_or_order_are_refused(kind: str, word: str) -> None:
    assert "'more' or 'fewer'" in fault(kind, **ONE, reading=word)


@pytest.mark.parametrize(
    ("against", "years"),
    [
        ("2018-01-01/2019-12-31", [2018, 2019]),
        ("2017-05-10/2022-05-09", [2018, 2019, 2021]),  # the row's own year is 2020
        ("2019-01-01/2021-12-31", [2019, 2021]),
        ("press:2019-01-01/2021-12-31", [2019, 2020, 2021]),
        ("2018-02-01/2019-06-30", []),
        ("2020-01-01/2020-12-31", []),
    ],
)
def test_a_rank_is_against_whole_years_of_others(against: str, years: list[int]) -> None:
    spans = tuple(parse_span(str(year)) for year in years)
    assert make("rank", against=against).against_spans == spans


def test_a_rank_without_a_first_day_leaves_out_what_may_be_its_own() -> None:
    row = BASE | {"kind": "rank", "status": "current", "against": "2018-01-01/2022-12-31"}
    del row["start"]
    years = ADAPTER.validate_python(row).against_spans
    assert years == (parse_span("2021"), parse_span("2022"))


@pytest.mark.parametrize(
    ("reading", "other", "allowed", "said"),
    [
        ("", 0, Interval(0, 0), "as many as in 2018"),
        ("", 9, Interval(9, 9), "as many as in 2018"),
        ("about", 10, Interval(8, 12), "as many as in 2018, give or take the reading 'about'"),
        ("odd", 10, Interval(11, 19), "as many as in 2018, give or take the reading 'odd'"),
    ],
)
def test_equality_is_exact_or_within_a_reading(
    reading: str, other: int, allowed: Interval, said: str
) -> None:
    statement = make("equality", **ONE, reading=reading)
    assert statement.allowed(other, READINGS) == allowed
    assert statement.says(READINGS) == said


@pytest.mark.parametrize(
    ("low", "high", "other", "allowed", "said"),
    [
        ("2.5", "", 54, Interval(135, None), "2.5 times 2018 or more"),
        ("", "0.5", 7, Interval(0, 3), "0.5 times 2018 or less"),
        ("1.5", "2", 5, Interval(8, 10), "1.5 to 2 times 2018"),
        ("5.3", "5.3", 10, Interval(53, 53), "5.25 to 5.35 times 2018"),
        ("0.0122", "0.0122", 11_077, Interval(135, 135), "0.01215 to 0.01225 times 2018"),
        ("3", "3", 4, Interval(10, 14), "2.5 to 3.5 times 2018"),
        ("10", "10", 1, Interval(10, 10), "9.5 to 10.5 times 2018"),
        # 1.1 * 50 is 55.00000000000001 and 1.15 * 100 is 114.99999999999999.
        ("1.1", "", 50, Interval(55, None), "1.1 times 2018 or more"),
        ("", "1.15", 100, Interval(0, 115), "1.15 times 2018 or less"),
        ("1.1", "1.2", 3, NOTHING, "1.1 to 1.2 times 2018"),
        ("1.5", "2", 0, NOTHING, "1.5 to 2 times 2018"),
    ],
)
def test_ratios(low: str, high: str, other: int, allowed: Interval, said: str) -> None:
    bounds = {key: value for key, value in (("low", low), ("high", high)) if value}
    statement = make("ratio", **ONE, **bounds)
    assert statement.allowed(other, READINGS) == allowed
    assert statement.says(READINGS) == said


@pytest.mark.parametrize(
    ("said", "low", "high"),
    [
        ("0.0122", "0.01215", "0.01225"),
        ("5.3", "5.25", "5.35"),
        ("2", "1.5", "2.5"),
        ("100", "99.5", "100.5"),
        ("0.00001", "0.000005", "0.000015"),
    ],
)
def test_one_ratio_is_rounded_to_the_digits_written(said: str, low: str, high: str) -> None:
    assert make("ratio", low=said, high=said).bounds == (Decimal(low), Decimal(high))


@pytest.mark.parametrize("other", range(1, 200))
def test_a_ratio_allows_the_counts_whose_ratio_lies_within(other: int) -> None:
    low, high = make("ratio", **ONE, low="0.7", high="1.3").allowed(other, READINGS)
    inside = [n for n in range(2 * other + 2) if 7 * other <= 10 * n <= 13 * other]
    assert inside == list(range(low, high + 1))


def test_spans_are_said_the_short_way() -> None:
    said = [
        make("order", against=against).says(READINGS)
        for against in ("2019-01-01/2019-12-31", "2019-07-01/2019-09-30", "2019-01-05/2019-12-31")
    ]
    assert said == [f"more than in {span}" for span in ("2019", "2019Q3", "2019-01-05..2019-12-31")]


def test_bounds_become_the_whole_numbers_between_them() -> None:
    assert between(-3, 2.5) == Interval(0, 2)
    assert between(2.5, None) == Interval(3, None)
    assert between(2.1, 2.9) == between(0, -1) == NOTHING
    assert math.isclose(1.1 * 50, 55) and between(1.1 * 50, 1.15 * 100) == Interval(55, 115)


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
        ("press:2018", "or as definition:2018-01-01/2022-12-31"),
        (":2018-01-01/2018-12-31", "is not a span compared with"),
        ("press:2018-01-01/2018-02-30", "'2018-02-30' is not a day of the calendar"),
    ],
)
def test_spans_compared_with_are_two_days_in_order(text: str, told: str) -> None:
    assert told in fault("rank", against=text)


def test_status_words_are_those_that_the_shipped_header_explains(shipped: Dataset) -> None:
    assert {status.name for status in shipped.header.status} == set(get_args(StatusWord))
    assert "Input should be 'current', 'superseded'" in fault("none", status="curent")


# ---------------------------------------------------------------- words that are asked about


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [("about 10", 8, 12), ("around 10", 8, 12), ("約 10", 8, 12), ("odd 10", 11, 19), ("several", 2, 9),
     ("수 명", 2, 9), ("approaching 10", 8, 9), ("7", 7, 7), (" 12 ", 12, 12), ("0", 0, 0)],
)  # fmt: skip
def test_words_are_read_as_the_datasets_table_says(
    shipped: Dataset, words: str, low: int, high: int
) -> None:
    assert read_words(shipped.header.reading, words) == Interval(low, high)


@pytest.mark.parametrize(
    "words", ["", "many", "about", "about many", "about 10.5", "-3", "several 10"]
)
def test_other_words_are_refused_with_those_there_are(shipped: Dataset, words: str) -> None:
    with pytest.raises(SpecError) as caught:
        read_words(shipped.header.reading, words)
    told = f"'{words}' is no number and no reading; write for example '10', 'about 10', 'odd 10', 'several'"
    assert str(caught.value).startswith(told)
