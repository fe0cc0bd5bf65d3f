from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from country import country, country_spec
from defectmodels.errors import EvidenceError, SpanError, SpecError
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.periods import Periods, parse_span
from defectmodels.evidence.vintages import known_on
from defectmodels.model.design import make_design
from defectmodels.model.spec import ModelSpec
from defectmodels.studies.origins import (
    YEARS,
    Vintage,
    everyone,
    exact_rows,
    known_at,
    known_series,
    month_end,
    months_after,
    months_before,
    read_origins,
    spread_out,
    total_of,
)
from small import small_dataset, small_spec
from smallworld import make_dataset

QUARTERS = Periods.between("1998", "2025", "quarter")


def test_months() -> None:
    assert month_end(2019, 13) == date(2020, 1, 31) and month_end(2019, 0) == date(2018, 12, 31)
    assert month_end(2020, -10) == date(2019, 2, 28)
    assert months_after(date(2019, 12, 31), 3) == parse_span("2020Q1")
    assert months_after(date(2019, 9, 30), 12) == parse_span("2019Q4..2020Q3")
    assert months_before(date(2019, 12, 31), 3) == parse_span("2019Q4")
    assert months_before(date(2020, 3, 31), 12) == parse_span("2019Q2..2020Q1")


def test_origins_end_quarters_of_the_axis() -> None:
    found = read_origins(QUARTERS, None)
    assert found == tuple(date(year, 12, 31) for year in YEARS)
    assert read_origins(QUARTERS, ["2012Q2", "2010"]) == (date(2010, 12, 31), date(2012, 6, 30))
    for wrong in ("2025", "1990", "2012-05"):
        with pytest.raises(SpanError, match="an origin ends a quarter and a period"):
            read_origins(QUARTERS, [wrong])
    with pytest.raises(SpanError, match="none"):
        read_origins(QUARTERS, [])
    years = Periods.between("2000", "2012", "year")
    assert len(read_origins(years, None)) == 4
    with pytest.raises(SpanError):
        read_origins(years, ["2010Q2"])


def test_origins_of_a_span() -> None:
    assert spread_out(None, "year", QUARTERS) is None
    assert spread_out("2010..2011", "year", QUARTERS) == ["2010-12-31", "2011-12-31"]
    assert spread_out("2010Q3..2011Q1", "quarter", QUARTERS) == [
        "2010-09-30", "2010-12-31", "2011-03-31",
    ]  # fmt: skip
    every = spread_out(None, "quarter", QUARTERS)
    assert every is not None and len(every) == 4 * len(YEARS)
    assert len(read_origins(QUARTERS, every)) == len(every)


def test_a_total_has_to_count_every_day() -> None:
    data = make_dataset(
        ("everyone", "2020Q1", 5), ("everyone", "2020Q2", 7), ("everyone", "2020H2", 20),
        ("everyone", "2021Q1", 3, 9), ("elite", "2021", 4),
    )  # fmt: skip
    rows = exact_rows(data.statements, "everyone")
    assert total_of(rows, parse_span("2020")) == 32
    assert total_of(rows, parse_span("2020H1")) == 12
    assert total_of(rows, parse_span("2020Q3")) is None
    assert total_of(rows, parse_span("2020Q1..2021Q1")) is None


def test_the_series_known_at_an_origin() -> None:
    years = [("everyone", str(year), year - 2000) for year in range(2005, 2016)]
    quarters = [
        ("everyone", f"{y}Q{q}", 10 * (y - 2016) + q) for y in (2016, 2017) for q in (1, 2, 3, 4)
    ]
    rows = exact_rows(make_dataset(*years, *quarters).statements, "everyone")
    found = known_series(rows, date(2017, 12, 31))
    assert found.counts.season == 4 and found.gap == 0 and found.months == 3
    np.testing.assert_array_equal(found.counts.values, [1, 2, 3, 4, 11, 12, 13, 14])
    # One quarter later nothing more is known.
    assert known_series(rows, date(2018, 3, 31)).gap == 1
    # Seven quarters are too few.
    found = known_series(rows[:-1], date(2017, 12, 31))
    assert found.counts.season == 1 and found.gap == 1
    np.testing.assert_array_equal(found.counts.values, [*range(5, 16), 10])
    with pytest.raises(EvidenceError, match="no series"):
        known_series(rows, date(2030, 12, 31))


def test_everyone_is_the_definition_of_the_totals() -> None:
    assert everyone(country_spec(), country()) == "everyone"
    data = make_dataset(("elite", "2020", 3))
    with pytest.raises(SpecError, match="counts everyone"):
        everyone(country_spec(definition={"elite": {}}), data)


def test_what_is_known_ends_by_the_origin(shipped: Dataset, escape_rates: ModelSpec) -> None:
    """At the end of every year, and the model can use it."""
    for year in YEARS:
        origin = date(year, 12, 31)
        found = known_at(shipped, origin, "known")
        assert found.as_of == f"{year + 1}-01-31"
        assert all(one.end <= origin for one in found.statements)
        assert all(known_on(one) <= date(year + 1, 1, 31) for one in found.statements)
        design = make_design(escape_rates, found)
        assert all(row.span.end <= origin for row in design.selection.rows)
        now = known_at(shipped, origin, "current")
        assert not now.as_of and len(now.statements) > len(found.statements)


def test_later_figures_do_not_reach_back(shipped: Dataset) -> None:
    """The total of 2009 was 2,952 when it was announced; today's is another."""
    vintages: tuple[Vintage, ...] = ("known", "current")
    said = [
        exact_rows(known_at(shipped, date(2009, 12, 31), v).statements, "arrivals")
        for v in vintages
    ]
    assert [total_of(rows, parse_span("2009")) for rows in said] == [2952, 2914]


def test_rows_of_a_small_dataset_are_known_when_they_end() -> None:
    found = known_at(small_dataset(), date(2016, 12, 31), "known")
    assert {one.end.year for one in found.statements} == set(range(2012, 2017))
    assert make_design(small_spec(), replace(found)).selection.rows
