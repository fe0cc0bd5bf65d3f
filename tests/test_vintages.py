"""Statuses of an earlier day: of made-up tables, by rule, and of the shipped rows, by month."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.periods import parse_span
from defectmodels.evidence.statements import Exact, RoundedNumber, Statement
from defectmodels.evidence.vintages import as_known, known_on

LAST = date.today()
"""Everything in a file is known by then."""


def row(name: str, span: str, low: int, status: str, said: str, **more: object) -> Exact:
    """An exact row of all arrivals, published on the day of its vintage."""
    days = parse_span(span)
    given: dict[str, object] = {"definition": "arrivals", "origin": said, "published": said}
    given |= {"vintage": said, "publisher": "Ministry", "source": "https://example.org"} | more
    return Exact(
        id=name, start=days.start, end=days.end, low=low, high=low, status=status, kind="exact", **given
    )  # fmt: skip


def spoken(rows: Iterable[Statement], *statuses: str) -> dict[str, int]:
    """Numbers of the exact rows that have one of the statuses, by id; current ones by default."""
    wanted = statuses or ("current",)
    return {r.id: r.low for r in rows if isinstance(r, Exact) and r.status in wanted}


def on(rows: list[Exact], day: str) -> tuple[Statement, ...]:
    return as_known(rows, parse_span(day).end)


# ---------------------------------------------------------------- when a row is known


@pytest.mark.parametrize(
    ("published", "vintage", "day"),
    [
        ("2024-02-03", "2024-01", date(2024, 2, 3)),
        ("2024-02", "2024-01-05", date(2024, 2, 29)),
        ("2024", "", date(2024, 12, 31)),
        ("", "2024-01", date(2024, 1, 31)),
        ("", "", date(2023, 12, 31)),
    ],
)
def test_the_day_on_which_a_row_is_known(published: str, vintage: str, day: date) -> None:
    one = row("T", "2023", 1, "current", "", published=published, vintage=vintage)
    assert known_on(one) == day
    if day < date.today():
        assert as_known([one], day) == (one,)
        assert as_known([one], day - timedelta(days=1)) == ()


def test_a_row_of_the_file_is_known_today_whatever_its_date() -> None:
    rows = [row("T", "2023", 1, "current", str(date.today().year))]
    assert as_known(rows, date.today()) == tuple(rows)


# ---------------------------------------------------------------- superseded rows


def test_the_latest_known_vintage_speaks() -> None:
    rows = [
        row("b", "2009", 2927, "superseded", "2012-01-11"),
        row("a", "2009", 2952, "superseded", "2010-01-06"),
        row("again", "2009", 2952, "superseded", "2010-01-06"),
        row("c", "2009", 2914, "current", "2020-10"),
    ]
    assert on(rows, "2010-01-05") == ()
    assert spoken(on(rows, "2011")) == {"a": 2952}
    assert spoken(on(rows, "2012")) == {"b": 2927}
    assert spoken(on(rows, "2020-10-30")) == {"b": 2927}
    assert on(rows, "2020-10-31") == tuple(rows)


def test_a_vintage_dated_to_the_month_comes_before_the_days_in_it() -> None:
    rows = [
        row("month", "2016", 1414, "superseded", "2017-01"),
        row("day", "2016", 1417, "superseded", "2017-01-03"),
        row("T", "2016", 1418, "current", "2020"),
    ]
    assert spoken(on(rows, "2017-01-03")) == spoken(on(rows, "2019")) == {"day": 1417}


def test_a_row_superseded_on_its_own_page_or_by_nothing_stays_so() -> None:
    """E059 beside E057, and a row that the file calls superseded without another in its place."""
    rows = [
        row("before", "2015", 5, "superseded", "2016-08-19"),
        row("page", "2015", 12, "current", "2016-08-19"),
        row("alone", "2010", 5, "superseded", "2011"),
    ]
    assert spoken(on(rows, "2018")) == {"page": 12}


def test_a_part_year_gives_way_to_a_later_year_and_a_shorter_part_to_a_longer() -> None:
    rows = [
        row("Q1", "2012Q1", 366, "superseded", "2012-04"),
        row("Q1b", "2012Q1", 352, "detail", "2014-04-08"),
        row("H1", "2012H1", 751, "superseded", "2012-09-17"),
        row("H1b", "2012H1", 710, "detail", "2014-04-08"),
        row("year", "2012", 1508, "superseded", "2013-01-02"),
        row("T", "2012", 1502, "current", "2020-10"),
    ]
    assert spoken(on(rows, "2012-08")) == {"Q1": 366}
    assert spoken(on(rows, "2012-12")) == {"H1": 751}
    assert spoken(on(rows, "2013")) == {"year": 1508}
    assert on(rows, "2020-10") == tuple(rows)


def test_a_block_speaks_until_finer_rows_take_its_place() -> None:
    """T2019H1v2019-07: no row of its own span replaced it, the quarters did."""
    rows = [
        row("H1", "2019H1", 546, "superseded", "2019-07"),
        row("Q1", "2019Q1", 229, "current", "2020-01-28"),
        row("Q2", "2019Q2", 320, "current", "2020-02-28"),
    ]
    assert spoken(on(rows, "2019-12")) == {"H1": 546}
    known = on(rows, "2020-01-28")
    assert spoken(known) == {"Q1": 229, "H1-rest": 317} and spoken(known, "whole") == {"H1": 546}
    assert on(rows, "2020-02-28") == tuple(rows)


def test_stocks_that_were_corrected_stay_context() -> None:
    rows = [
        row("Sv1", "2025", 34538, "superseded", "2026-01-20"),
        row("S", "2025", 34537, "context", "2026-02-04"),
    ]
    assert spoken(on(rows, "2026-01"), "context") == {"Sv1": 34538}
    assert on(rows, "2026-02") == tuple(rows)


# ---------------------------------------------------------------- wholes


def test_a_gap_of_one_piece_is_derived() -> None:
    rows = [
        row("Q1", "2023Q1", 34, "current", "2023-04-25"),
        row("Q2", "2023Q2", 65, "current", "2023-07-18"),
        row("Q3", "2023Q3", 40, "current", "2023-10-24"),
        row("T2023", "2023", 196, "whole", "2024-01-18", words="196명", origin="briefing"),
        row("Q4", "2023Q4", 57, "current", "2024-04-30"),
    ]
    known = on(rows, "2024-02-01")
    assert [r.id for r in known] == ["Q1", "Q2", "Q3", "T2023", "T2023-rest"]
    assert known[:4] == tuple(rows[:4])
    assert known[4] == row(
        "T2023-rest", "2023Q4", 57, "current", "2024-01-18", origin="briefing", basis="derived",
        note="T2023 196 less Q1 34, Q2 65, Q3 40",
    )  # fmt: skip
    assert on(rows, "2024-04-30") == tuple(rows)


def test_a_whole_without_known_parts_or_with_scattered_ones_speaks_itself() -> None:
    rows = [
        row("Q1", "2023Q1", 34, "current", "2024-02"),
        row("Q2", "2023Q2", 65, "current", "2024-04"),
        row("Q3", "2023Q3", 40, "current", "2024-03"),
        row("Q4", "2023Q4", 57, "current", "2024-04"),
        row("T", "2023", 196, "whole", "2024-01"),
    ]
    assert spoken(on(rows, "2024-01")) == {"T": 196}
    assert spoken(on(rows, "2024-02")) == {"Q1": 34, "T-rest": 162}
    known = on(rows, "2024-03")
    assert spoken(known) == {"T": 196} and spoken(known, "detail") == {"Q1": 34, "Q3": 40}
    assert on(rows, "2024-04") == tuple(rows)


def test_a_whole_smaller_than_its_known_parts_speaks_itself() -> None:
    rows = [
        row("Q1", "2023Q1", 34, "current", "2023-04"),
        row("Tv1", "2023", 30, "superseded", "2024-01"),
        row("Q2-Q4", "2023-04..2023-12", 0, "current", "2024-04"),
        row("T", "2023", 34, "whole", "2024-04"),
    ]
    known = on(rows, "2024-01")
    assert spoken(known) == {"Tv1": 30} and spoken(known, "detail") == {"Q1": 34}
    assert on(rows, "2024-04") == tuple(rows)


def test_wholes_within_wholes_and_a_first_vintage_that_a_gap_replaces() -> None:
    """2021: Q2 was 2 in July; January to September in October and the year in January leave 5 and 15."""
    rows = [
        row("Q1", "2021Q1", 31, "current", "2021-07-16"),
        row("Q2v1", "2021Q2", 2, "superseded", "2021-07-16"),
        row("Q2", "2021Q2", 5, "current", "2022-07-19"),
        row("Q3", "2021Q3", 12, "current", "2021-10-22"),
        row("Q4", "2021Q4", 15, "current", "2022-07-19"),
        row("T", "2021", 63, "whole", "2022-01-20"),
        row("Sep", "2021-01..2021-09", 48, "whole", "2021-10-22"),
    ]
    assert spoken(on(rows, "2021-08")) == {"Q1": 31, "Q2v1": 2}
    assert spoken(on(rows, "2021-11")) == {"Q1": 31, "Q3": 12, "Sep-rest": 5}
    known = on(rows, "2022-02")
    assert spoken(known) == {"Q1": 31, "Q3": 12, "Sep-rest": 5, "T-rest": 15}
    assert spoken(known, "whole") == {"T": 63, "Sep": 48}
    assert on(rows, "2022-08") == tuple(rows)


def test_a_first_vintage_of_a_whole_leaves_a_gap_too() -> None:
    """2025: 224 in January and a copy of it, 223 in February."""
    rows = [
        row("Q1", "2025Q1", 38, "current", "2025-04-17"),
        row("Tv1", "2025", 224, "superseded", "2026-01-20"),
        row("again", "2025", 224, "superseded", "2026-01-20"),
        row("T", "2025", 223, "whole", "2026-02-04"),
        row("Q2-Q4", "2025-04..2025-12", 185, "current", "2026-02-04"),
    ]
    known = on(rows, "2026-01-20")
    assert spoken(known) == {"Q1": 38, "Tv1-rest": 186}
    assert spoken(known, "superseded") == {"again": 224}
    assert on(rows, "2026-02-04") == tuple(rows)


def test_an_id_that_is_taken_is_not_used_twice() -> None:
    rows = [
        row("T-rest", "2023Q1", 34, "current", "2023-04"),
        row("T", "2023", 196, "whole", "2024-01"),
        row("Q2-Q4", "2023-04..2023-12", 162, "current", "2024-04"),
    ]
    assert spoken(on(rows, "2024-01")) == {"T-rest": 34, "T-rest-rest": 162}


def test_each_definition_for_itself() -> None:
    rows = [
        row("Q1", "2023Q1", 34, "current", "2023-04"),
        row("M", "2023", 32, "whole", "2024-01", definition="men"),
        row("MQ1", "2023Q1", 5, "current", "2024-04", definition="men"),
        row("MQ2-Q4", "2023-04..2023-12", 27, "current", "2024-04", definition="men"),
    ]
    assert spoken(on(rows, "2024-01")) == {"Q1": 34, "M": 32}


# ---------------------------------------------------------------- copies and variants


def test_the_earliest_repeat_speaks_until_the_row_it_repeats_is_known() -> None:
    rows = [
        row("variant", "2023", 11, "variant", "2024-01-18", origin="briefing"),
        row("copy", "2023", 10, "copy", "2024-01-18", origin="briefing"),
        row("later", "2023", 10, "copy", "2024-01-20", origin="briefing"),
        row("E", "2023", 10, "current", "2024-01-31", origin="briefing"),
    ]
    assert spoken(on(rows, "2024-01-20")) == {"copy": 10}
    assert spoken(on([rows[0], rows[3]], "2024-01-20")) == {"variant": 11}
    assert on(rows, "2024-01-31") == tuple(rows)


def test_a_variant_that_stands_for_no_row_stays_one() -> None:
    """E014 counts the persons of a row of another definition; E016 repeats E014."""
    elite = {"definition": "mou_elite_group", "origin": "briefing"}
    rows = [
        row("E016", "2023", 10, "copy", "2024-01-11", origin="donga"),
        row("E014", "2023", 10, "variant", "2024-01-17", origin="donga"),
        row("other kind", "2023", 10, "variant", "2024-01-17", **elite),
        RoundedNumber.model_validate(
            row("E001", "2023", 10, "current", "2024-01-18", **elite).model_dump()
            | {"kind": "reading", "reading": "about"}
        ),
    ]
    assert spoken(as_known(rows, date(2024, 1, 17))) == {}


def test_other_statuses_stay() -> None:
    words = ("misprint", "unverified", "context", "conflicting", "detail")
    rows = [row(word, "2023", 1, word, "2024-01") for word in words]
    rows.append(row("T", "2023", 2, "current", "2025"))
    assert on(rows, "2024") == tuple(rows[:-1])


# ---------------------------------------------------------------- any table


def _days(one: Statement) -> set[date]:
    first = one.start or date(1990, 1, 1)
    return {first + timedelta(days=i) for i in range((one.end - first).days + 1)}


@st.composite
def tables(draw: st.DrawFn) -> list[Exact]:
    """Two years of quarters, halves or years, wholes of them, and earlier vintages of any."""
    said = st.dates(date(2022, 1, 1), date(2022, 12, 31)).map(date.isoformat)
    rows: list[Exact] = []
    for year in (2020, 2021):
        cuts = draw(
            st.sampled_from((("",), ("H1", "H2"), ("Q1", "Q2", "H2"), ("Q1", "Q2", "Q3", "Q4")))
        )
        spans = [f"{year}{cut}" for cut in cuts]
        counts = [draw(st.integers(0, 9)) for _ in spans]
        rows += [row(s, s, n, "current", draw(said)) for s, n in zip(spans, counts, strict=True)]
        if len(cuts) > 1:
            rows.append(row(f"{year}", f"{year}", sum(counts), "whole", draw(said)))
        if len(cuts) > 2:
            rows.append(row(f"{year}H1", f"{year}H1", sum(counts[:2]), "whole", draw(said)))
    for i in range(draw(st.integers(0, 6))):
        span = f"{draw(st.sampled_from((2020, 2021)))}{draw(st.sampled_from(('', 'H1', 'H2', 'Q1', 'Q3')))}"
        rows.append(row(f"v{i}", span, draw(st.integers(0, 30)), "superseded", draw(said)))
    return rows


@given(tables(), st.dates(date(2022, 1, 1), date(2022, 12, 31)))
def test_no_table_is_counted_twice_and_none_changes_when_all_is_known(
    rows: list[Exact], day: date
) -> None:
    known = as_known(rows, day)
    seen: set[date] = set()
    for one in known:
        if one.status == "current":
            assert not seen & _days(one), one.id
            seen |= _days(one)
    in_file = {r.id for r in rows}
    assert {r.id for r in known} & in_file == {r.id for r in rows if known_on(r) <= day}
    assert all(r.id in in_file or (r.basis, r.id[-5:]) == ("derived", "-rest") for r in known)
    # What was known of the rows that are used today is not lost.
    for one in rows:
        if known_on(one) <= day and one.status in ("current", "whole"):
            assert _days(one) <= seen, one.id
    assert as_known(rows, date(2022, 12, 31)) == tuple(rows)


# ---------------------------------------------------------------- the shipped rows


def test_a_changed_copy_has_the_days_of_its_own_fields() -> None:
    one = row("T", "2023", 1, "current", "2024-01")
    assert str(one.span) == "2023"  # worked out before the copy is made
    later = one.model_copy(update={"start": date(2023, 10, 1)})
    assert str(later.span) == "2023Q4" and str(one.span) == "2023"


def test_2023_before_its_last_quarter_was_published(shipped: Dataset) -> None:
    assert all(one.span for one in shipped.statements if one.start)
    known = {r.id: r for r in as_known(shipped.statements, date(2024, 2, 1))}
    rest = known["T2023-rest"]
    assert isinstance(rest, Exact) and rest.low == 57 and str(rest.span) == "2023Q4"
    assert "T2023Q4" not in known and known["T2023"].status == "whole"
    assert rest.origin == known["T2023"].origin and rest.source == known["T2023"].source
    # The same announcement had it by sex.
    assert sum(known[name].low for name in ("M2023Q4", "W2023Q4")) == 57


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2010-02-01", {"T2009v2010": 2952, "M2009v2010": 679, "W2009v2010": 2273}),
        ("2012-02-01", {"T2009v2012": 2927, "M2009v2012": 666, "W2009v2012": 2261}),
        ("2013-02-01", {"T2009v2013": 2929, "M2009v2012": 666, "W2009v2012": 2261}),
        ("2020-11-01", {"T2009": 2914, "M2009": 662, "W2009": 2252}),
    ],
)
def test_vintages_of_2009(shipped: Dataset, day: str, expected: dict[str, int]) -> None:
    known = as_known(shipped.statements, date.fromisoformat(day))
    year = parse_span("2009")
    assert spoken(r for r in known if r.span == year) == expected


def test_rows_that_never_speak(shipped: Dataset) -> None:
    never = {"E059", "E096", "E014", "E016", "T2018H1v2019-07", "T2008v2012-10"}
    for year in range(2003, 2027):
        for month in (1, 2, 9):
            known = as_known(shipped.statements, min(date(year, month, 21), LAST))
            assert not {r.id for r in known if r.status == "current"} & never
    january = {r.id: r for r in as_known(shipped.statements, date(2026, 1, 25))}
    assert january["T2025v2026"].status == "whole" and january["E096"].status == "superseded"


def _sums(known: Iterable[Statement]) -> dict[tuple[object, ...], dict[str, int]]:
    """Current numbers of all, of men and of women, by announcement and span."""
    found: dict[tuple[object, ...], dict[str, int]] = {}
    for one in known:
        if isinstance(one, Exact) and one.status == "current":
            key = (one.origin, one.start, one.end)
            found.setdefault(key, {})[one.definition] = one.low
    return found


@pytest.mark.parametrize("year", range(2003, 2027))
def test_each_month_adds_up(shipped: Dataset, year: int) -> None:
    file = {r.id: r for r in shipped.statements}
    for month in range(1, 13):
        day = min(date(year, month, 1), LAST)
        known = as_known(shipped.statements, day)
        assert all(known_on(r) <= day for r in known)
        for one in known:
            if one.id in file:
                assert one.model_copy(update={"status": file[one.id].status}) == file[one.id]
        wholes = [r for r in known if isinstance(r, Exact) and r.status == "whole"]
        for whole in wholes:
            status = "current" if shipped.definitions[whole.definition].countable else "context"
            parts = [
                r.low
                for r in known
                if isinstance(r, Exact) and r.status == status and r.definition == whole.definition
                and (whole.start or date.min) <= (r.start or date.min) and r.end <= whole.end
            ]  # fmt: skip
            assert sum(parts) == whole.low, (day, whole.id)
        for key, sums in _sums(known).items():
            if {"arrivals", "men", "women"} <= set(sums):
                assert sums["men"] + sums["women"] == sums["arrivals"], (day, key)


@pytest.mark.parametrize("definition", ["arrivals", "men", "women"])
def test_no_figure_that_was_known_is_lost(shipped: Dataset, definition: str) -> None:
    """Every day that a used or superseded figure counted by then is counted by a current row."""
    rows = [r for r in shipped.statements if r.definition == definition and isinstance(r, Exact)]
    for year in range(2003, 2027):
        known = as_known(rows, min(date(year, 11, 1), LAST))
        counted = set().union(*(_days(r) for r in known if r.status == "current"))
        for one in rows:
            if known_on(one) <= date(year, 11, 1) and one.status in (
                "current",
                "whole",
                "superseded",
            ):
                assert _days(one) <= counted, (year, one.id)


def test_with_all_known_nothing_changes(shipped: Dataset) -> None:
    assert as_known(shipped.statements, LAST) == shipped.statements
