"""Every statement is used once or left out with a reason, and nobody is counted twice."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
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
    Counted,
    JointRow,
    Parent,
    Row,
    Selection,
    select,
    status_reason,
)
from defectmodels.evidence.statements import StatusWord
from defectmodels.model.spec import load_model
from defectmodels.wording import LANGUAGES, speaking
from smallworld import make_dataset

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
        origins: Mapping[str, str] | None = None,
        **more: object,
    ) -> Selection:
        dataset = load_dataset(write_folder(rows))
        statements = tuple(
            row.model_copy(update={"origin": (origins or {}).get(row.id, row.origin)})
            for row in dataset.statements
        )
        dataset = replace(dataset, statements=statements)
        selection = select(dataset, groups, periods, definitions, **more)  # type: ignore[arg-type]
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
    rows = [item.statement.id for item in (*selection.direct, *selection.nested)]
    rows += [reading.id for row in selection.joint for reading in row.readings]
    rows += [item.statement.id for item in selection.unused]
    assert len(set(rows)) == len(rows) == number
    assert selection.rows == (*selection.direct, *selection.nested, *selection.joint)
    assert all(row.readings[0] == row.statement for row in selection.joint)
    assert all(item.reason for item in selection.unused)


def marked(short: str, status: str = "current", grade: str = "") -> str:
    """Short row with a status and a grade."""
    cells = short.split(",")
    return ",".join([*cells, *[""] * (12 - len(cells)), grade]) + f",status={status}"


def sorts(selection: Selection) -> tuple[list[str], list[str], list[str]]:
    """Ids of the direct, nested and joint rows."""
    return ids(selection.direct), ids(selection.nested), ids(selection.joint)


def readings(row: JointRow) -> list[str]:
    return [reading.id for reading in row.readings]


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


def test_inexact_total_is_joint_beside_its_exact_part(choose: Choose) -> None:
    selection = choose(f"T,arrivals,{YEAR},range,90,110", f"E,elites,{YEAR},exact,6,6")
    # The exact row is the more certain and stays a total of its own.
    assert sorts(selection) == (["E"], [], ["T"])
    assert selection.joint[0].interval == (90, 110)


def test_part_across_totals_is_joint(choose: Choose) -> None:
    selection = choose(
        TOTAL,
        "U,arrivals,2021-01-01,2021-12-31,exact,80,80",
        "E,elites,2020-11-01,2021-04-30,exact,5,5",
    )
    assert sorts(selection) == (["T", "U"], [], ["E"])
    (row,) = selection.joint
    span = parse_span("2020-11-01..2021-04-30")
    assert (row.interval, row.parents, row.compares, row.certain) == ((5, 5), (), False, False)
    assert row.counted == (Counted("elites", "", ("elite",), span),)
    assert row.weights[:7].tolist() == [0, 0, 0, 61 / 92, 1, 30 / 91, 0]


@pytest.mark.parametrize("part", ["exact,5,5", "range,2,9"])
def test_part_that_reaches_into_an_inexact_total_is_joint_with_it(
    choose: Choose, part: str
) -> None:
    selection = choose(
        TOTAL,
        "U,arrivals,2021-01-01,2021-12-31,range,70,90",
        f"E,elites,2020-11-01,2021-04-30,{part}",
    )
    assert sorts(selection) == (["T"], [], ["E", "U"])


def test_rows_of_one_scaled_definition_are_joint_beyond_a_total(choose: Choose) -> None:
    selection = choose(
        TOTAL,
        "P,press,2020-11-01,2021-04-30,range,2,9",
        "Q,press,2021-01-01,2021-12-31,range,2,19",
        definitions=("arrivals", "press"),
        scaled=("press",),
    )
    assert sorts(selection) == (["T"], [], ["P", "Q"])
    assert [one.family for row in selection.joint for one in row.counted] == ["press", "press"]


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


def test_inexact_parts_of_one_total_are_joint(split: Choose) -> None:
    selection = split(
        f"T,arrivals,{YEAR},exact,10,10", f"A,a,{YEAR},range,1,3", f"B,b,{YEAR},range,1,4"
    )
    assert sorts(selection) == (["T"], [], ["A", "B"])


# ---------------------------------------------------------------- rivals


@pytest.mark.parametrize("totals", [(), (TOTAL,)], ids=["direct", "nested"])
def test_overlapping_inexact_statements_are_joint(choose: Choose, totals: tuple[str, ...]) -> None:
    selection = choose(
        *totals,
        f"A,elites,{YEAR},at_least,3,",
        "B,elites,2020-02-01,2020-11-30,reading,10,10,about",
        "C,elites,2020-07-01,2020-12-31,range,2,9",
    )
    assert sorts(selection) == (["T"] if totals else [], [], ["A", "B", "C"])
    assert [row.interval for row in selection.joint] == [(3, None), (8, 12), (2, 9)]
    assert all(row.readings == (row.statement,) for row in selection.joint)


def test_scaled_definition_counts_persons_of_its_own(choose: Choose) -> None:
    rows = (TOTAL, f"E,elites,{YEAR},exact,6,6", f"P,press,{YEAR},range,2,9")
    every = ("arrivals", "elites", "press")
    scaled = choose(*rows, definitions=every, scaled=("press",))
    assert ids(scaled.nested) == ["E", "P"]
    assert [row.parents[0].count for row in scaled.nested] == [100, 100]
    plain = choose(*rows, definitions=every)
    assert sorts(plain) == (["T"], [], ["E", "P"])
    assert [row.counted[0].family for row in plain.joint] == ["", ""]


def test_rows_of_one_scaled_definition_that_share_persons_are_joint(choose: Choose) -> None:
    selection = choose(
        f"E,elites,{YEAR},exact,6,6",
        f"P,press,{YEAR},range,2,9",
        f"Q,press,{YEAR},range,2,19",
        definitions=("elites", "press"),
        scaled=("press",),
    )
    assert sorts(selection) == (["E"], [], ["P", "Q"])


@pytest.mark.parametrize("number", ["range,2,9", "exact,9,9"])
def test_scaled_definition_is_no_part_of_a_total_of_its_own_groups(
    choose: Choose, number: str
) -> None:
    selection = choose(
        f"E,elites,{YEAR},exact,6,6",
        f"P,press,{YEAR},{number}",
        definitions=("elites", "press"),
        scaled=("press",),
    )
    assert sorts(selection) == (["E", "P"], [], [])


def test_scaled_definition_is_a_part_of_the_wider_of_two_totals(choose: Choose) -> None:
    selection = choose(
        TOTAL,
        f"E,elites,{YEAR},exact,6,6",
        "F,elites,2021-01-01,2021-12-31,exact,4,4",
        f"P,press,{YEAR},range,2,9",
        "Q,press,2021-01-01,2021-06-30,range,2,9",
        definitions=("arrivals", "elites", "press"),
        scaled=("press",),
    )
    assert sorts(selection) == (["T", "F", "Q"], ["E", "P"], [])
    assert list(parents(selection, selection.nested[1])) == ["T"]


@pytest.mark.parametrize(
    ("bounds", "told"),
    [
        ((101,), "says 101 of the 100 in S0"),
        ((500, None), "says at least 500 of the 100 in S0"),
        ((500, 600), "says 500 to 600 of the 100 in S0"),
        ((99, 600), ""),
    ],
)
def test_scaled_row_that_says_more_than_its_total_is_told(
    bounds: tuple[int | None, ...], told: str
) -> None:
    """A folder with such a row is refused; a dataset made in memory is not checked."""
    rows = [("everyone", "2020", 100), ("press", "2020", *bounds)]
    dataset = make_dataset(*rows, definitions={"press": ["elite"]})
    used = ("everyone", "press")
    selection = select(dataset, ("elite", "commoner"), QUARTERS, used, scaled=("press",))
    assert sorts(selection) == (["S0"], [] if told else ["S1"], [])
    assert reasons(selection) == ({"S1": told} if told else {})


# ---------------------------------------------------------------- grades, readings, comparisons


def test_graded_part_is_joint_and_leaves_the_others_in_closed_form(choose: Choose) -> None:
    part = marked(f"E,elites,{YEAR},exact,6,6", grade="high")
    other = "F,elites,2021-01-01,2021-12-31,exact,4,4"
    total = "U,arrivals,2021-01-01,2021-12-31,exact,80,80"
    selection = choose(TOTAL, total, part, other)
    assert sorts(selection) == (["T", "U"], ["F"], ["E"])


def test_row_that_shares_persons_with_a_joint_one_is_drawn_in(choose: Choose) -> None:
    doubted = marked(f"E,elites,{YEAR},range,2,9", grade="low")
    near = "F,elites,2020-07-01,2021-06-30,range,3,8"
    far = "G,elites,2021-06-01,2021-12-31,range,1,4"
    other = "H,elites,2022-01-01,2022-12-31,range,1,4"
    # G shares no person with E, but with F, which shares some with E.
    assert sorts(choose(doubted, near, far, other)) == (["H"], [], ["E", "F", "G"])
    inside = "I,elites,2020-01-01,2020-03-31,range,0,3"
    assert sorts(choose(TOTAL, doubted, inside)) == (["T"], [], ["E", "I"])
    # An exact total needs not be: the others are conditional on it.
    exact = marked(f"E,elites,{YEAR},exact,6,6")
    less = marked("I,elites,2020-01-01,2020-03-31,range,0,3", grade="low")
    assert sorts(choose(exact, less)) == (["E"], [], ["I"])


def test_variants_are_readings_of_their_row(choose: Choose) -> None:
    selection = choose(
        f"E,elites,{YEAR},reading,10,10,about",
        marked(f"V,elites,{YEAR},range,11,19", "variant"),
        marked(f"W,elites,{YEAR},at_least,3,", "variant"),
        origins={"E": "one", "V": "one", "W": "one"},
    )
    assert sorts(selection) == ([], [], ["E"])
    (row,) = selection.joint
    assert (readings(row), row.interval) == (["E", "V", "W"], (3, None))


@pytest.mark.parametrize(
    ("variant", "origin"),
    [
        (f"V,elites,{YEAR},range,11,19", "another"),
        ("V,elites,2020-01-01,2020-12-30,range,11,19", "one"),
        (f"V,commoners,{YEAR},range,11,19", "one"),
    ],
    ids=["origin", "span", "definition"],
)
def test_variant_without_its_row_is_unused(choose: Choose, variant: str, origin: str) -> None:
    selection = choose(
        f"E,elites,{YEAR},reading,10,10,about",
        marked(variant, "variant"),
        origins={"E": "one", "V": origin},
    )
    assert sorts(selection) == (["E"], [], [])
    assert reasons(selection) == {"V": "another reading of a row that is not used"}


def test_variant_of_several_rows_is_unused(choose: Choose) -> None:
    """One origin gave two numbers of one span: the variant may be a reading of either."""
    rows = [
        f"F,elites,{YEAR},at_least,5,",
        f"E,elites,{YEAR},reading,10,10,about",
        marked(f"V,elites,{YEAR},range,11,19", "variant"),
    ]
    one = dict.fromkeys("EFV", "one")
    selection = choose(*rows, origins=one)
    assert {row.statement.id: readings(row) for row in selection.joint} == {"E": ["E"], "F": ["F"]}
    assert reasons(selection) == {"V": "may be a reading of any of E, F"}
    selection = choose(*rows, origins=one | {"F": "another"})
    assert {row.statement.id: readings(row) for row in selection.joint} == {
        "E": ["E", "V"],
        "F": ["F"],
    }


@pytest.mark.parametrize(
    ("variant", "attached"),
    [
        ("order,,,fewer,2020-01-01/2020-12-31", "O"),
        ("rank,,,more,2020-01-01/2020-12-31", "R"),
        ("order,,,,2020-01-01/2020-06-30", ""),
        ("equality,,,,2020-01-01/2020-12-31", ""),
        ("range,11,19", "E"),
    ],
)
def test_variant_is_a_reading_of_the_same_comparison(
    choose: Choose, variant: str, attached: str
) -> None:
    span = "2021-01-01,2021-12-31"
    rows = [
        f"E,elites,{span},reading,10,10,about",
        f"O,elites,{span},order,,,more,2020-01-01/2020-12-31",
        f"R,elites,{span},rank,,,,2020-01-01/2020-12-31",
        marked(f"V,elites,{span},{variant}", "variant"),
    ]
    selection = choose(*rows, origins=dict.fromkeys("EORV", "one"))
    found = {row.statement.id: readings(row) for row in selection.joint}
    assert found == {name: [name, "V"] if name == attached else [name] for name in "EOR"}
    told = {} if attached else {"V": "another reading of a row that is not used"}
    assert reasons(selection) == told


@pytest.mark.parametrize("grade", ["", "low"])
def test_conflicting_row_needs_a_grade(choose: Choose, grade: str) -> None:
    selection = choose(TOTAL, marked(f"E,elites,{YEAR},range,2,9", "conflicting", grade))
    assert sorts(selection) == (["T"], [], ["E"] if grade else [])
    reason = "contradicts another source, and has no grade by which the two could be weighed"
    assert reasons(selection) == ({} if grade else {"E": reason})


def test_comparison_names_its_counts(choose: Choose) -> None:
    rank = "X,elites,2022-01-01,2022-12-31,rank,,,,2020-01-01/2021-12-31"
    selection = choose(rank, TOTAL, f"E,elites,{YEAR},exact,6,6")
    # E is exact within its total: the comparison is with its persons, which makes it joint.
    assert sorts(selection) == (["T"], [], ["E", "X"])
    other, row = selection.joint
    years = [Counted("elites", "", ("elite",), parse_span(y)) for y in ("2022", "2020", "2021")]
    assert row.compares and not other.compares
    assert (row.subject, row.against, row.interval) == (years[0], tuple(years[1:]), (1, 1))
    assert row.counted == tuple(years)
    assert (other.subject, other.against) == (years[1], ())


def test_comparison_needs_all_its_days_on_the_axis(choose: Choose) -> None:
    selection = choose(f"X,elites,{YEAR},order,,,more,2018-01-01/2018-12-31")
    assert sorts(selection) == ([], [], [])
    assert reasons(selection)["X"].startswith("span 2018 lies outside the fitted periods")


# ---------------------------------------------------------------- reasons


@pytest.mark.parametrize(
    ("row", "more", "reason"),
    [
        (TOTAL + ",status=superseded", {}, "superseded by a later figure"),
        (TOTAL, {"statuses": ("whole",)}, "current, where the model asks for other statuses"),
        (f"X,payments,{YEAR},exact,1,1", {"definitions": ("payments",)}, "is not countable"),
        (f"X,press,{YEAR},exact,1,1", {}, "the model does not use the definition 'press'"),
        (f"X,elites,{YEAR},exact,1,1", {"groups": ("commoner",)}, "counts elite, which the model"),
        (f"X,elites,{YEAR},range,1,30000", {}, "more than 20,000 numbers"),
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
    # A status without a reason of its own would be given that of another.
    for language in LANGUAGES:
        with speaking(language):
            found = {status_reason(status) for status in get_args(StatusWord)}
        assert len(found) == len(get_args(StatusWord))


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
    shipped: Dataset, by_sex: Selection
) -> None:
    assert_every_statement_once(by_sex, len(shipped.statements))


def test_statements_of_the_reference_model_are_each_used_once_or_explained(
    shipped: Dataset, reference: Selection
) -> None:
    assert_every_statement_once(reference, len(shipped.statements))


def test_reference_model_counts_57_totals_and_27_joint_rows(reference: Selection) -> None:
    assert len(reference.direct) == 57 and reference.nested == ()
    assert {row.statement.definition for row in reference.direct} == {"arrivals"}
    assert all(row.certain for row in reference.direct)
    assert ids(reference.joint) == [
        "E001", "E002", "E009", "E010", "E015a", "E015b", "E015c", "E017", "E018", "E019", "E021",
        "E027", "E031", "E032", "E040", "E048", "E049", "E050", "E055", "E056", "E057", "E061",
        "E064", "E065", "E069", "E072", "E090",
    ]  # fmt: skip
    assert all(row.statement.grade and row.parents == () for row in reference.joint)
    compared = [row.statement.id for row in reference.joint if row.compares]
    assert compared == ["E002", "E009", "E010", "E017", "E018", "E040", "E090"]


def test_variants_of_the_reference_model_are_readings(reference: Selection) -> None:
    """E005 says the same as E004: the two are one further reading of E001."""
    rows = {row.statement.id: row for row in reference.joint}
    several = {name: readings(row) for name, row in rows.items() if len(row.readings) > 1}
    assert several == {"E001": ["E001", "E004"], "E057": ["E057", "E058"]}
    assert rows["E001"].interval == rows["E057"].interval == (8, 19)
    told = reasons(reference)
    assert told["E014"] == "another reading of a row that is not used"
    assert not {"E004", "E058"} & set(told)


def test_conflicts_of_the_reference_model_are_graded(reference: Selection) -> None:
    found = [row.statement for row in reference.joint if row.statement.status == "conflicting"]
    assert [(row.id, row.grade) for row in found] == [("E019", "low"), ("E065", "low")]
    assert reasons(reference)["E067"].startswith("span 1990-01-01..2017-09-19 lies outside")


def test_comparisons_of_the_reference_model_name_their_counts(reference: Selection) -> None:
    rows = {row.statement.id: row for row in reference.joint}
    assert [str(one.span) for one in rows["E002"].counted] == [
        "2023", "2018", "2019", "2020", "2021", "2022"
    ]  # fmt: skip
    assert [str(one.span) for one in rows["E010"].counted] == ["2019", "2023"]
    assert {one.family for one in rows["E010"].counted} == {""}
    assert {one.family for one in rows["E018"].counted} == {"high_ranking_generic"}


def test_totals_of_the_reference_model_cover_every_day_once(reference: Selection) -> None:
    covered = sum((row.weights for row in reference.direct), np.zeros(112))
    np.testing.assert_allclose(covered, np.ones(112), atol=1e-12)
    assert sum(row.interval.low for row in reference.direct) == 34_537 - 876


def test_joint_rows_count_all_their_days(reference: Selection, shipped: Dataset) -> None:
    periods = load_model("escape_rates").periods
    for row in reference.joint:
        assert row.subject is not None
        assert (row.subject.span, row.subject.groups) == (row.span, row.groups)
        np.testing.assert_array_equal(row.weights, periods.weights(row.span, OVERHANG))
    rows = {row.statement.id: row for row in reference.joint}
    assert rows["E050"].span == parse_span("2015-01-01..2015-10-20")
    np.testing.assert_allclose(rows["E050"].weights[67:73], [0, 1, 1, 1, 20 / 92, 0])
    # From July 1997: the days before the axis are counted at its edge.
    days = (parse_span("1998").start - rows["E031"].span.start).days
    assert rows["E031"].weights[0] == pytest.approx(1 + days / 90)


def test_rows_in_closed_form_share_no_persons_with_joint_ones(
    reference: Selection, by_sex: Selection
) -> None:
    for selection in (reference, by_sex):
        for row in (*selection.nested, *(row for row in selection.direct if not row.certain)):
            assert not any(row.shares_persons(other) for other in selection.joint)
        for a, b in combinations(selection.nested, 2):
            assert not a.shares_persons(b)
        for row in selection.nested:
            (parent,) = row.parents
            np.testing.assert_allclose(parent.weights, row.weights, atol=1e-12)


def test_by_sex_the_total_is_split_once(by_sex: Selection) -> None:
    # The men of a single total are a binomial; those of several totals are counted jointly.
    assert (len(by_sex.direct), len(by_sex.nested)) == (57, 37)
    assert {row.statement.definition for row in by_sex.nested} == {"men"}
    spans = ("1999-2001", "2011", "2015", "2016", "2018", "2019")
    assert [name for name in ids(by_sex.joint) if name[0] == "M"] == [f"M{x}" for x in spans]
    told = [i.reason for i in by_sex.unused if i.statement.id.startswith("W2020Q")]
    assert told[:4] == ["follows from the total and the other groups"] * 4
    assert not any("which leave" in item.reason for item in by_sex.unused)


def test_by_sex_the_last_group_of_several_totals_follows(by_sex: Selection) -> None:
    assert {row.statement.definition for row in by_sex.joint} == {"men"}
