"""Spans are read as written, and weights are exact shares of days."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defectmodels.errors import SpanError
from defectmodels.evidence.periods import Every, Periods, Span, parse_span

QUARTERS = Periods.between("2019", "2021", "quarter")
AXES = {
    every: Periods.between("2019", "2021", every)  # type: ignore[arg-type]
    for every in ("year", "quarter", "month")
}
axes = st.sampled_from(list(AXES.values()))
days_inside = st.dates(date(2019, 1, 1), date(2021, 12, 31))
pairs_inside = st.tuples(days_inside, days_inside).map(sorted).map(lambda pair: Span(*pair))


# ---------------------------------------------------------------- spans


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2019", "2019-01-01", "2019-12-31"),
        ("2019H1", "2019-01-01", "2019-06-30"),
        ("2019H2", "2019-07-01", "2019-12-31"),
        ("2019Q1", "2019-01-01", "2019-03-31"),
        ("2019Q4", "2019-10-01", "2019-12-31"),
        ("2019-07", "2019-07-01", "2019-07-31"),
        ("2019-02", "2019-02-01", "2019-02-28"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("1900-02", "1900-02-01", "1900-02-28"),
        ("2000-02", "2000-02-01", "2000-02-29"),
        ("2020-02-29", "2020-02-29", "2020-02-29"),
        ("2019..2023", "2019-01-01", "2023-12-31"),
        ("2019H2..2020Q1", "2019-07-01", "2020-03-31"),
        (" 2015-01-01 .. 2015-10-20 ", "2015-01-01", "2015-10-20"),
    ],
)
def test_forms_of_a_span(text: str, start: str, end: str) -> None:
    assert parse_span(text) == Span(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    "text", ["", "19", "2019Q5", "2019H3", "2019-7", "Q1 2019", "..2019", "2019 Q1"]
)
def test_other_forms_are_refused_with_the_allowed_ones(text: str) -> None:
    with pytest.raises(SpanError, match="is not a span of time; write it as 2019, 2019H1, 2019Q3"):
        parse_span(text)


@pytest.mark.parametrize("text", ["2019-02-29", "2019-13", "2019-04-31", "0000"])
def test_days_that_are_not_are_refused(text: str) -> None:
    with pytest.raises(SpanError, match=f"'{text}' is not a date of the calendar"):
        parse_span(text)


def test_backward_span_is_refused() -> None:
    with pytest.raises(SpanError, match=r"2020-01-01\.\.2019-12-31 ends before it starts"):
        parse_span("2020..2019")


@pytest.mark.parametrize(
    ("text", "days"), [("2019", 365), ("2020", 366), ("2020Q1", 91), ("2019Q1", 90)]
)
def test_length_of_a_span(text: str, days: int) -> None:
    assert parse_span(text).days == days
    assert parse_span(text).years == pytest.approx(days / 365.25)


@pytest.mark.parametrize("text", ["2019", "2019Q3", "2020-02", "2019-07-01..2019-12-31"])
def test_span_is_written_the_way_it_is_read(text: str) -> None:
    assert str(parse_span(text)) == text


@given(pairs_inside)
def test_writing_and_reading_a_span_returns_it(span: Span) -> None:
    assert parse_span(str(span)) == span


def test_overlap_and_containment_at_the_edges() -> None:
    year, quarter = parse_span("2019"), parse_span("2019Q4")
    assert year.contains(quarter) and year.contains(year) and not quarter.contains(year)
    assert year.overlaps(parse_span("2019-12-31..2020")) and not year.overlaps(parse_span("2020"))
    assert year.common_days(parse_span("2019-12-31..2020")) == 1
    assert parse_span("2019-12-31..2020").overlaps(year) and not parse_span("2020").overlaps(year)
    assert year.common_days(parse_span("2021")) == 0


# ---------------------------------------------------------------- axes


@pytest.mark.parametrize(
    ("every", "number", "first", "last"),
    [
        ("year", 3, "2019", "2021"),
        ("quarter", 12, "2019Q1", "2021Q4"),
        ("month", 36, "2019-01", "2021-12"),
    ],
)
def test_axis_of_each_kind(every: Every, number: int, first: str, last: str) -> None:
    axis = AXES[every]
    assert (len(axis), axis.labels[0], axis.labels[-1]) == (number, first, last)
    assert axis.years.sum() == pytest.approx((365 + 366 + 365) / 365.25)


@pytest.mark.parametrize("every", AXES)
def test_periods_follow_each_other_without_gaps(every: str) -> None:
    spans = AXES[every].spans
    assert [a.end + timedelta(days=1) for a in spans[:-1]] == [b.start for b in spans[1:]]
    assert (spans[0].start, spans[-1].end) == (date(2019, 1, 1), date(2021, 12, 31))


def test_axis_may_begin_and_end_inside_a_year() -> None:
    axis = Periods.between("2019Q3", "2020Q1", "quarter")
    assert axis.labels == ("2019Q3", "2019Q4", "2020Q1")
    assert axis.season.tolist() == [2, 3, 0]


def test_seasons_of_each_axis() -> None:
    assert AXES["year"].seasons == ()
    assert AXES["quarter"].seasons == ("Q1", "Q2", "Q3", "Q4")
    assert AXES["month"].seasons[::11] == ("01", "12")
    assert AXES["month"].season.tolist() == list(range(12)) * 3


@pytest.mark.parametrize(
    ("start", "end", "every"),
    [
        ("2019Q2", "2021", "year"),
        ("2019", "2021Q3", "year"),
        ("2019-02", "2021", "quarter"),
        ("2019", "2021-05", "quarter"),
        ("2019-01-02", "2021", "month"),
        ("2019", "2021-05-30", "month"),
    ],
)
def test_axis_of_broken_periods_is_refused(start: str, end: str, every: Every) -> None:
    with pytest.raises(SpanError, match=f"not a whole number of {every}s; start and end the axis"):
        Periods.between(start, end, every)


# ---------------------------------------------------------------- weights


def test_weights_of_a_part_of_a_quarter_are_shares_of_its_days() -> None:
    weights = AXES["quarter"].weights(parse_span("2019-01-01..2019-04-10"))
    assert weights[:3].tolist() == [1.0, 10 / 91, 0.0]


def test_weights_know_the_leap_day() -> None:
    weights = AXES["quarter"].weights(parse_span("2020-02"))
    assert weights[4] == 29 / 91


@given(axes, st.data())
def test_weights_of_a_union_of_periods_are_exactly_one_and_zero(
    axis: Periods, data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, len(axis) - 1))
    last = data.draw(st.integers(first, len(axis) - 1))
    weights = axis.weights(Span(axis.spans[first].start, axis.spans[last].end))
    expected = [float(first <= index <= last) for index in range(len(axis))]
    assert weights.tolist() == expected


@given(axes, pairs_inside)
def test_weights_times_days_are_the_days_of_the_span(axis: Periods, span: Span) -> None:
    weights = axis.weights(span)
    assert ((weights >= 0) & (weights <= 1)).all()
    assert weights @ [period.days for period in axis.spans] == pytest.approx(span.days, abs=1e-9)


@given(axes, pairs_inside, st.dates(date(2018, 11, 1), date(2022, 2, 28)))
def test_days_outside_are_counted_at_the_edge(axis: Periods, span: Span, day: date) -> None:
    longer = Span(min(span.start, day), max(span.end, day))
    weights = axis.weights(longer, overhang=1.0)
    assert weights @ [period.days for period in axis.spans] == pytest.approx(longer.days, abs=1e-9)
    np.testing.assert_array_equal(
        weights[1:-1], [p.common_days(longer) / p.days for p in axis.spans[1:-1]]
    )


def test_overhang_up_to_its_limit() -> None:
    span = parse_span("2018-12-22..2019-07-09")  # 200 days, 10 of them before the axis
    assert QUARTERS.weights(span, overhang=0.05)[0] == 1 + 10 / 90
    with pytest.raises(SpanError, match="by 10 of its 200 days; choose one inside"):
        QUARTERS.weights(span, overhang=0.049)
    with pytest.raises(SpanError, match=r"outside the fitted periods 2019Q1\.\.2021Q4"):
        QUARTERS.weights(span)


@pytest.mark.parametrize("text", ["2018", "2022"])
def test_span_wholly_outside_is_refused_whatever_the_overhang(text: str) -> None:
    with pytest.raises(SpanError, match="lies outside"):
        QUARTERS.weights(parse_span(text), overhang=1.0)


# ---------------------------------------------------------------- longer axes and means


@given(st.sampled_from(["year", "quarter", "month"]), st.integers(0, 6))
def test_a_longer_axis_is_the_old_one_and_what_comes_after(every: Every, more: int) -> None:
    axis = Periods.between("2019", "2021", every)
    longer = axis.until(str(2021 + more))
    assert longer.spans[: len(axis)] == axis.spans and longer.every == every
    if more:
        later = longer.after(axis)
        assert axis.spans + later.spans == longer.spans
        assert later.season.tolist() == longer.season[len(axis) :].tolist()


@pytest.mark.parametrize(
    ("end", "told"),
    [
        ("2020", "'2020' ends before the fitted periods do, on 2021-12-31; name a later one"),
        ("2022-02", "not a whole number of quarters"),
        ("soon", "is not a span of time"),
    ],
)
def test_an_axis_that_cannot_be_longer_is_refused(end: str, told: str) -> None:
    with pytest.raises(SpanError, match=told):
        Periods.between("2019", "2021", "quarter").until(end)


@pytest.mark.parametrize("every", ["year", "quarter", "month"])
def test_means_are_those_of_the_days_of_each_period(every: Every) -> None:
    axis = Periods.between("2019", "2021", every)
    daily = np.random.default_rng(1).normal(size=axis.span.days)
    cuts = np.cumsum([span.days for span in axis.spans])[:-1]
    np.testing.assert_allclose(axis.means(daily), [one.mean() for one in np.split(daily, cuts)])
    assert axis.means(np.full(axis.span.days, 0.3)) == pytest.approx(0.3, rel=1e-14)
