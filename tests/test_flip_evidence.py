from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from country import country_spec
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.intervals import Reading
from defectmodels.evidence.periods import parse_span
from defectmodels.evidence.statements import AnyStatement, Comparison, Statement
from defectmodels.model.design import make_design
from defectmodels.studies.flip_evidence import (
    ASSUMED,
    Recounted,
    detected,
    part_of,
    recounted,
    reread,
)
from smallworld import make_dataset, make_spec

_STATEMENT: TypeAdapter[Statement] = TypeAdapter(AnyStatement)
ABOUT = Reading(name="about", low_times=0.8, low_plus=0, high_times=1.2, high_plus=0)
SPEC = make_spec("2018", "2023", "year")
YEAR = parse_span("2021")


def said(kind: str, definition: str = "elite", span: str = "2021", **more: Any) -> Statement:
    days = parse_span(span)
    cells = {"id": "E1", "definition": definition, "status": "current", "kind": kind}
    return _STATEMENT.validate_python(cells | {"start": days.start, "end": days.end} | more)


def world(*statements: Statement) -> Dataset:
    data = make_dataset(("everyone", "2021", 100))
    header = data.header.model_copy(update={"reading": (ABOUT,)})
    return replace(data, header=header, statements=(*data.statements, *statements))


def one_of(data: Dataset) -> Statement:
    return next(one for one in data.statements if one.id == "E1")


@pytest.mark.parametrize("persons", [-4, -1, 2, 7])
@pytest.mark.parametrize(
    "statement",
    [
        said("exact", low=9, high=9),
        said("reading", reading="about", low=10, high=10),
        said("range", low=7, high=15),
        said("at_least", low=8),
        said("at_most", high=12),
    ],
    ids=lambda one: one.kind,
)
def test_a_count_of_other_persons_allows_who_came_just_where_it_was_true(
    statement: Statement, persons: int
) -> None:
    data = world(statement)
    before = statement.interval(data.readings)
    after = one_of(recounted(SPEC, data, "elite", YEAR, persons)).interval(data.readings)
    assert before is not None and after is not None
    for came in range(40):
        counted = came + persons
        true = before.low <= counted and (before.high is None or counted <= before.high)
        allowed = after.low <= came and (after.high is None or came <= after.high)
        # Fewer than none cannot have been counted; that those missed came is said by itself.
        assert allowed == true or counted < 0


@pytest.mark.parametrize("persons", [-3, 2, 5])
@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("rank", {"against": "2018-01-01/2023-12-31"}),
        ("order", {"against": "2019-01-01/2019-12-31", "reading": "fewer"}),
        ("equality", {"against": "2019-01-01/2019-12-31", "reading": "about"}),
        ("ratio", {"against": "2019-01-01/2019-12-31", "low": 2.0, "high": 3.0}),
    ],
)
@pytest.mark.parametrize("span", ["2021", "2019"])
def test_a_comparison_of_other_persons_is_true_just_where_the_numbers_counted_make_it(
    kind: str, more: dict[str, Any], persons: int, span: str
) -> None:
    statement = said(kind, **more)
    assert isinstance(statement, Comparison)
    data = world(statement)
    words, changed = (
        data.readings,
        one_of(recounted(SPEC, data, "elite", parse_span(span), persons)),
    )
    assert isinstance(changed, Recounted)
    own = persons if span == "2021" else 0
    for place, days in enumerate(statement.against_spans):
        other = persons if days == parse_span(span) else 0
        for came in range(25):
            for others in range(25):
                first, second = came + own, others + other
                if first < 0 or second < 0:
                    continue
                was = statement.allowed(second, words)
                now = changed.allowed_by(place, others, words)
                true = was.low <= first and (was.high is None or first <= was.high)
                assert true == (now.low <= came and (now.high is None or came <= now.high))
    assert changed.says(words) == statement.says(words)


def test_only_statements_on_the_group_and_mostly_in_the_span_change() -> None:
    statements = (
        said("exact", low=9, high=9),
        said("exact", span="2020..2023", low=30, high=30).model_copy(update={"id": "long"}),
        said("exact", span="2021H1", low=4, high=4).model_copy(update={"id": "half"}),
        said("exact", "commoner", low=80, high=80).model_copy(update={"id": "others"}),
    )
    data = world(*statements)
    after = {one.id: one for one in recounted(SPEC, data, "elite", YEAR, 4).statements}
    read = {name: one.interval(data.readings).low for name, one in after.items()}  # type: ignore[union-attr]
    assert read == {"S0": 100, "E1": 5, "long": 30, "half": 2, "others": 84}


def test_those_missed_came() -> None:
    data = recounted(SPEC, world(said("exact", low=9, high=9)), "elite", YEAR, -4)
    own = next(one for one in data.statements if one.id == ASSUMED)
    assert (own.kind, own.low, own.definition, own.grade) == ("at_least", 4, "elite", "")  # type: ignore[attr-defined]
    assert make_design(SPEC, data).selection.rows
    assert ASSUMED not in {one.id for one in recounted(SPEC, data, "elite", YEAR, 4).statements[:2]}


def test_persons_are_spread_over_the_days() -> None:
    parts = [part_of(8, YEAR, parse_span(f"2021Q{quarter}")) for quarter in range(1, 5)]
    assert parts == [2, 2, 2, 2]
    assert part_of(8, YEAR, parse_span("2021")) == part_of(8, YEAR, parse_span("2021..2022")) == 8
    assert part_of(8, YEAR, parse_span("2019..2021")) == 0


def test_readings_of_another_width_and_centre() -> None:
    data = world(said("reading", reading="about", low=10, high=10))

    def allowed(kind: Any, value: float) -> tuple[int, int | None]:
        return reread(data, "about", kind, value).readings["about"].interval(10)

    assert allowed("wider", 0.5) == (5, 15)
    assert allowed("narrower", 0.0) == (10, 10)
    assert allowed("lower", 0.7) == (5, 9)
    assert allowed("higher", 1.5) == (13, 17)
    assert reread(data, "odd", "wider", 1.0).readings == data.readings


def test_shares_detected_by_group_and_period() -> None:
    spec = country_spec()
    found = detected(spec, "elite", parse_span("2020"), 0.4)
    expected = np.ones((2, 16))
    expected[0, 4:8] = 0.6
    np.testing.assert_allclose(found, expected)
    np.testing.assert_allclose(detected(spec, "", parse_span("2020"), 0.4)[1], expected[0])
