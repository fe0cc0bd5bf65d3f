"""Every statement is used once or left out with a reason, and nobody is counted twice."""

from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from defectmodels.errors import UnknownNameError
from defectmodels.evidence.dataset import Dataset, load_dataset
from defectmodels.evidence.periods import Periods, parse_span
from defectmodels.evidence.selection import (
    OVERHANG,
    STATUS_REASON,
    Parent,
    Row,
    Selection,
    select,
)
from defectmodels.evidence.statements import StatusWord
from defectmodels.model.spec import load_model

Choose = Callable[..., Selection]

QUARTERS = Periods.between("2020", "2022", "quarter")
YEAR = "2020-01-01,2020-12-31"
TOTAL = f"T,arrivals,{YEAR},exact,100,100"
PLAIN = ("arrivals", "elites", "commoners")
THREE = """
name = "three"
title = "Three groups"
group = [{ name = "a", label = "a" }, { name = "b", label = "b" }, { name = "c", label = "c" }]
definition = [
    { name = "arrivals", label = "all", groups = ["*"] },
    { name = "a", label = "a", groups = ["a"] },
    { name = "b", label = "b", groups = ["b"] },
    { name = "c", label = "c", groups = ["c"] },
]
"""


@pytest.fixture
def choose(write_folder: Callable[..., Path]) -> Choose:
    """Select from short rows on the small folder's two groups."""

    def chosen(
        *rows: str,
        definitions: Sequence[str] = PLAIN,
        groups: Sequence[str] = ("elite", "commoner"),
        periods: Periods = QUARTERS,
        **more: object,
    ) -> Selection:
        selection = select(load_dataset(write_folder(rows)), groups, periods, definitions, **more)  # type: ignore[arg-type]
        assert_every_statement_once(selection, len(rows))
        return selection

    return chosen


@pytest.fixture
def split(write_folder: Callable[..., Path]) -> Choose:
    """Select from short rows on three groups."""

    def chosen(*rows: str) -> Selection:
        dataset = load_dataset(write_folder(rows, THREE))
        selection = select(dataset, "abc", QUARTERS, ("arrivals", "a", "b", "c"))
        assert_every_statement_once(selection, len(rows))
        return selection

    return chosen


def assert_every_statement_once(selection: Selection, number: int) -> None:
    rows = (*selection.direct, *selection.nested, *selection.unused)
    assert len({item.statement.id for item in rows}) == len(rows) == number
    assert all(item.reason for item in selection.unused)


def ids(rows: Sequence[Row]) -> list[str]:
    return [row.statement.id for row in rows]


def reasons(selection: Selection) -> dict[str, str]:
    return {item.statement.id: item.reason for item in selection.unused}


def parents(selection: Selection, row: Row) -> dict[str, Parent]:
    return {selection.direct[parent.index].statement.id: parent for parent in row.parents}


# ---------------------------------------------------------------- totals and parts


def test_total_alone_is_counted_directly(choose: Choose) -> None:
    selection = choose(TOTAL)
    (row,) = selection.direct
    assert row.groups == ("elite", "commoner")
    assert row.weights.tolist() == [1] * 4 + [0] * 8
    assert row.certain and row.parents == ()


def test_part_of_an_exact_total_is_nested_in_it(choose: Choose) -> None:
    selection = choose(f"E,elites,{YEAR},reading,10,10,about", TOTAL)
    assert (ids(selection.direct), ids(selection.nested)) == (["T"], ["E"])
    (row,) = selection.nested
    (parent,) = row.parents
    assert (row.groups, row.interval) == (("elite",), (8, 12))
    assert (parent.index, parent.groups, parent.count) == (0, ("elite", "commoner"), 100)
    assert parent.weights.tolist() == [1] * 4 + [0] * 8


def test_last_group_follows_from_the_total(choose: Choose) -> None:
    selection = choose(
        TOTAL, f"E,elites,{YEAR},exact,6,6", f"C,commoners,{YEAR},exact,94,94"
    )  # fmt: skip
    assert (ids(selection.direct), ids(selection.nested)) == (["T"], ["C"])
    assert reasons(selection) == {"E": "follows from the total and the other groups"}


@pytest.mark.parametrize("last", ["exact,7,7", "range,1,5", "at_least,7,", "range,7,9"])
def test_last_group_that_does_not_fit_the_rest_is_told(choose: Choose, last: str) -> None:
    selection = choose(TOTAL, f"E,elites,{YEAR},{last}", f"C,commoners,{YEAR},exact,94,94")
    assert ids(selection.nested) == ["C"]
    assert reasons(selection) == {"E": "contradicts the total and the other groups, which leave 6"}


def test_part_of_a_known_remainder_is_nested_in_it(choose: Choose) -> None:
    selection = choose(
        TOTAL, f"C,commoners,{YEAR},exact,94,94", "E,elites,2020-01-01,2020-03-31,exact,2,2"
    )
    assert ids(selection.nested) == ["C", "E"]
    (parent,) = selection.nested[1].parents
    assert (parent.groups, parent.count) == (("elite",), 6)
    assert parent.weights.tolist() == [1] + [0] * 11


def test_parts_without_a_total_are_counted_directly(choose: Choose) -> None:
    selection = choose(f"E,elites,{YEAR},exact,6,6", f"C,commoners,{YEAR},exact,94,94")
    assert ids(selection.direct) == ["C", "E"]
    assert [row.groups for row in selection.direct] == [("commoner",), ("elite",)]


def test_part_of_an_inexact_total_is_not_counted_twice(choose: Choose) -> None:
    selection = choose(f"T,arrivals,{YEAR},range,90,110", f"E,elites,{YEAR},exact,6,6")
    # The exact row is the more certain; the total would count its persons again.
    assert ids(selection.direct) == ["E"]
    assert reasons(selection) == {"T": "counts persons that E counts already"}


def test_part_across_totals_shares_days_with_each(choose: Choose) -> None:
    selection = choose(
        TOTAL,
        "U,arrivals,2021-01-01,2021-12-31,exact,80,80",
        "E,elites,2020-11-01,2021-04-30,exact,5,5",
    )
    (row,) = selection.nested
    found = parents(selection, row)
    assert {name: parent.count for name, parent in found.items()} == {"T": 100, "U": 80}
    assert found["T"].weights[:6].tolist() == [0, 0, 0, 61 / 92, 0, 0]
    assert found["U"].weights[3:7].tolist() == [0, 1, 30 / 91, 0]
    np.testing.assert_allclose(sum(p.weights for p in row.parents), row.weights)


@pytest.mark.parametrize(
    ("part", "used", "left"), [("exact,5,5", "E", "U"), ("range,2,9", "U", "E")]
)
def test_part_that_reaches_into_an_inexact_total_is_not_counted_twice(
    choose: Choose, part: str, used: str, left: str
) -> None:
    selection = choose(
        TOTAL,
        "U,arrivals,2021-01-01,2021-12-31,range,70,90",
        f"E,elites,2020-11-01,2021-04-30,{part}",
    )
    assert set(ids((*selection.direct, *selection.nested))) == {"T", used}
    assert "counts persons that" in reasons(selection)[left]


def test_rows_of_one_scaled_definition_are_not_counted_twice_beyond_a_total(choose: Choose) -> None:
    selection = choose(
        TOTAL,
        "P,press,2020-11-01,2021-04-30,range,2,9",
        "Q,press,2021-01-01,2021-12-31,range,2,19",
        definitions=("arrivals", "press"),
        scaled=("press",),
    )
    assert (ids(selection.direct), ids(selection.nested)) == (["T"], ["P"])
    assert reasons(selection) == {"Q": "counts persons that P counts already"}


# ---------------------------------------------------------------- three groups


def test_splitting_a_total_reduces_the_parents_in_turn(split: Choose) -> None:
    selection = split(
        f"T,arrivals,{YEAR},exact,10,10",
        f"A,a,{YEAR},exact,2,2",
        f"B,b,{YEAR},exact,3,3",
        f"C,c,{YEAR},exact,5,5",
    )
    left = [(row.parents[0].groups, row.parents[0].count) for row in selection.nested]
    assert ids(selection.nested) == ["A", "B"]
    assert left == [(("a", "b", "c"), 10), (("b", "c"), 8)]
    assert reasons(selection) == {"C": "follows from the total and the other groups"}


def test_parts_that_together_exceed_the_total_are_told(split: Choose) -> None:
    selection = split(
        f"T,arrivals,{YEAR},exact,10,10", f"A,a,{YEAR},exact,6,6", f"B,b,{YEAR},exact,6,6"
    )
    assert ids(selection.nested) == ["A"]
    assert reasons(selection) == {"B": "contradicts the total and the other groups, which leave 4"}


def test_inexact_part_does_not_reduce_its_parent(split: Choose) -> None:
    selection = split(
        f"T,arrivals,{YEAR},exact,10,10", f"A,a,{YEAR},range,1,3", f"B,b,{YEAR},range,1,4"
    )
    assert ids(selection.nested) == ["A"]
    assert reasons(selection)["B"].startswith("shares persons with A, which is as precise or more")


# ---------------------------------------------------------------- rivals


@pytest.mark.parametrize("totals", [(), (TOTAL,)], ids=["direct", "nested"])
def test_of_two_overlapping_inexact_statements_the_narrower_is_kept(
    choose: Choose, totals: tuple[str, ...]
) -> None:
    selection = choose(
        *totals,
        f"A,elites,{YEAR},at_least,3,",
        "B,elites,2020-02-01,2020-11-30,reading,10,10,about",
        "C,elites,2020-07-01,2020-12-31,range,2,9",
    )
    assert ids((*selection.direct, *selection.nested)) == [*(["T"] if totals else []), "B"]
    assert set(reasons(selection)) == {"A", "C"}
    assert all(" B" in reason for reason in reasons(selection).values())


def test_scaled_definition_counts_persons_of_its_own(choose: Choose) -> None:
    rows = (TOTAL, f"E,elites,{YEAR},exact,6,6", f"P,press,{YEAR},range,2,9")
    every = ("arrivals", "elites", "press")
    scaled = choose(*rows, definitions=every, scaled=("press",))
    assert ids(scaled.nested) == ["E", "P"]
    assert [row.parents[0].count for row in scaled.nested] == [100, 100]
    plain = choose(*rows, definitions=every)
    assert ids(plain.nested) == ["E"]
    assert reasons(plain)["P"].startswith("shares persons with E")


def test_scaled_definition_without_a_total_is_direct_beside_the_plain_one(choose: Choose) -> None:
    selection = choose(
        f"E,elites,{YEAR},exact,6,6",
        f"P,press,{YEAR},range,2,9",
        f"Q,press,{YEAR},range,2,19",
        definitions=("elites", "press"),
        scaled=("press",),
    )
    assert ids(selection.direct) == ["E", "P"]
    assert reasons(selection) == {"Q": "counts persons that P counts already"}


# ---------------------------------------------------------------- reasons


@pytest.mark.parametrize(
    ("row", "more", "reason"),
    [
        (TOTAL + ",status=superseded", {}, "superseded by a later figure"),
        (TOTAL, {"statuses": ("whole",)}, "current, where the model asks for other statuses"),
        (f"X,payments,{YEAR},exact,1,1", {"definitions": ("payments",)}, "is not countable"),
        (f"X,press,{YEAR},exact,1,1", {}, "the model does not use the definition 'press'"),
        (f"X,elites,{YEAR},exact,1,1", {"groups": ("commoner",)}, "counts elite, which the model"),
        (
            f"X,elites,{YEAR},rank,,,,2021-01-01/2021-12-31",
            {},
            "ties several counts together (kind rank)",
        ),
        (f"X,elites,{YEAR},none,,", {}, "says nothing countable"),
        (f"X,elites,{YEAR},at_least,0,", {}, "allows every number"),
        ("X,elites,,2020-12-31,exact,1,1", {}, "its beginning is unknown"),
        (
            "X,elites,2019-01-01,2019-12-31,exact,1,1",
            {},
            "span 2019 lies outside the fitted periods",
        ),
    ],
)
def test_reasons_for_leaving_a_statement_out(
    choose: Choose, row: str, more: dict[str, object], reason: str
) -> None:
    selection = choose(row, **more)
    (told,) = reasons(selection).values()
    assert reason in told


def test_every_status_has_a_reason() -> None:
    assert set(STATUS_REASON) == set(get_args(StatusWord))


def test_statuses_may_be_asked_for(choose: Choose) -> None:
    wanted = choose(TOTAL + ",status=whole", statuses=("current", "whole"))
    assert ids(wanted.direct) == ["T"]


def test_unknown_definition_is_suggested(shipped: Dataset) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'arrivals'"):
        select(shipped, ("elite",), QUARTERS, ("arrival",))


# ---------------------------------------------------------------- edges of the axis


def test_overhang_of_five_in_a_hundred_is_counted_at_the_edge(choose: Choose) -> None:
    # 100 days, 5 of them before the axis.
    selection = choose("X,elites,2019-12-27,2020-04-04,exact,7,7")
    (row,) = selection.direct
    assert OVERHANG == 0.05
    assert row.weights[:3].tolist() == [1 + 5 / 91, 4 / 91, 0]


def test_more_overhang_is_refused(choose: Choose) -> None:
    selection = choose("X,elites,2019-12-26,2020-04-03,exact,7,7")
    assert selection.direct == ()
    assert reasons(selection)["X"].startswith("span 2019-12-26..2020-04-03 lies outside")


# ---------------------------------------------------------------- the shipped data


@pytest.fixture(scope="module")
def reference(shipped: Dataset) -> Selection:
    spec = load_model("escape_rates")
    scaled = [name for name, use in spec.definition.items() if use.factor is not None]
    return select(shipped, spec.groups, spec.periods, list(spec.definition), scaled)


@pytest.fixture(scope="module")
def by_sex(shipped: Dataset) -> Selection:
    periods = Periods.between("1998", "2025", "quarter")
    return select(shipped, ("men", "women"), periods, ("arrivals", "men", "women"))


def test_shipped_statements_are_each_used_once_or_explained(
    shipped: Dataset, reference: Selection, by_sex: Selection
) -> None:
    for selection in (reference, by_sex):
        assert_every_statement_once(selection, len(shipped.statements))


def test_reference_model_counts_57_totals_and_16_parts(reference: Selection) -> None:
    assert (len(reference.direct), len(reference.nested)) == (57, 15)
    assert {row.statement.definition for row in reference.direct} == {"arrivals"}
    assert all(row.certain for row in reference.direct)


def test_totals_of_the_reference_model_cover_every_day_once(reference: Selection) -> None:
    covered = sum((row.weights for row in reference.direct), np.zeros(112))
    np.testing.assert_allclose(covered, np.ones(112), atol=1e-12)
    assert sum(row.interval.low for row in reference.direct) == 34_537 - 876


def test_ten_months_are_nested_in_the_rows_that_they_reach(reference: Selection) -> None:
    (row,) = (row for row in reference.nested if row.statement.id == "E050")
    found = parents(reference, row)
    assert row.span == parse_span("2015-01-01..2015-10-20")
    assert {name: parent.count for name, parent in found.items()} == {
        "T2015Q1": 291, "T2015Q2": 323, "T2015H2": 661
    }  # fmt: skip
    assert found["T2015H2"].weights[70:72].tolist() == [1, 20 / 92]
    assert found["T2015H2"].weights.sum() == 1 + 20 / 92


def test_parents_hold_all_the_days_of_a_part(reference: Selection) -> None:
    inside = [row for row in reference.nested if row.statement.id != "E031"]
    assert len(inside) == 14
    for row in inside:
        np.testing.assert_allclose(sum(p.weights for p in row.parents), row.weights, atol=1e-12)


def test_part_from_july_1997_is_used_and_its_overhang_has_no_parent(reference: Selection) -> None:
    (row,) = (row for row in reference.nested if row.statement.id == "E031")
    loose = row.weights - sum(parent.weights for parent in row.parents)
    days = (parse_span("1998").start - row.span.start).days
    assert loose[0] == pytest.approx(days / 90)
    np.testing.assert_allclose(loose[1:], 0, atol=1e-12)


def test_rows_that_share_persons_have_different_definitions(reference: Selection) -> None:
    for a, b in combinations(reference.nested, 2):
        assert not a.shares_persons(b) or a.statement.definition != b.statement.definition


def test_by_sex_the_total_is_split_once(by_sex: Selection) -> None:
    assert (len(by_sex.direct), len(by_sex.nested)) == (57, 43)
    assert {row.statement.definition for row in by_sex.nested} == {"men"}
    told = [i.reason for i in by_sex.unused if i.statement.id.startswith("W2020Q")]
    assert told[:4] == ["follows from the total and the other groups"] * 4
    assert not any("which leave" in item.reason for item in by_sex.unused)
