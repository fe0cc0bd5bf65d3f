"""What is published against its probability, at given rates: every kind of statement, often."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.intervals import Reading
from defectmodels.evidence.statements import AnyStatement, Equality, Order, Rank, Ratio, Statement
from defectmodels.model.design import make_design
from defectmodels.model.spec import ModelSpec
from jointworld import FACTOR, compared, content
from publishworld import frequencies, priors_of, rates_of
from smallworld import VAGUE

DRAWS = 20_000
LEAST = 1e-3
"""Smallest probability of frequencies as far off: there are some thirty tests here."""
H1, Q1, Q2 = "2020-01-01/2020-06-30", "2020-01-01/2020-03-31", "2020-04-01/2020-06-30"
YEARS = ("2018", "2020", "year")
DOUBT = {"mean": 0.3, "size": 10.0, "why": "a test"}
SHARE = {"mean": 0.4, "size": 5.0, "why": "a test"}
QUARTERS = np.array([[0.9, 0.6, 0.8, 0.5], [1.1, 0.8, 1.0, 1.3]])
THREE = np.array([[1.0, 1.4, 1.8], [1.5, 0.9, 1.2]])
WORDS = (
    Reading(name="about", low_times=0.7, low_plus=0, high_times=1.3, high_plus=0),
    Reading(name="odd", low_times=1, low_plus=1, high_times=1, high_plus=2),
    Reading(name="several", low_times=0, low_plus=2, high_times=0, high_plus=3),
)
_STATEMENT: TypeAdapter[Statement] = TypeAdapter(AnyStatement)


@dataclass(frozen=True)
class Case:
    """Rows as `jointworld.content` takes them, and rates."""

    rows: tuple[tuple[Any, ...], ...]
    expected: np.ndarray = field(default_factory=lambda: QUARTERS)
    more: dict[str, Any] = field(default_factory=dict)
    words: dict[int, dict[str, Any]] = field(default_factory=dict)
    factor: dict[str, float] = field(default_factory=dict)
    frailty: float = 0.0
    apart: tuple[str, ...] | None = None
    errors: tuple[dict[str, Any], ...] = ()
    values: tuple[float, ...] = ()


def worded(dataset: Dataset, words: dict[int, dict[str, Any]]) -> Dataset:
    """The dataset with some rows said in words."""
    rows = list(dataset.statements)
    for at, cells in words.items():
        kept = rows[at].model_dump(mode="json", exclude={"kind", "low", "high", "reading"})
        rows[at] = _STATEMENT.validate_python(kept | {"kind": "reading"} | cells)
    header = dataset.header.model_copy(update={"reading": WORDS})
    return Dataset(header, tuple(rows), dataset.series)


ELITE = ("elite", "2020H1", 1)
HALF = ("everyone", "2020H1", 4)
QUARTER = ("everyone", "2020Q1", 4)
PRESS = {"definitions": {"press": ["elite"]}}
OWN = PRESS | {"definition": {"everyone": {}, "elite": {}, "press": {"factor": FACTOR}}}
PART = {
    "definitions": {"diplomats": ["elite"]},
    "definition": {"everyone": {}, "elite": {}, "diplomats": {"within": "elite", "share": SHARE}},
}
CHAIN = {
    "definitions": {"press": ["elite"], "diplomats": ["elite"]},
    "definition": {
        "everyone": {},
        "elite": {},
        "press": {"factor": FACTOR},
        "diplomats": {"within": "press", "share": SHARE},
    },
}
SEXES = {
    "groups": ("elite", "men", "women"),
    "definitions": {"commoner": ["men", "women"]},
    "baseline": {group: {"rate": VAGUE} for group in ("elite", "men", "women")},
}
CASES = {
    "exact": Case((QUARTER, ("elite", "2020Q1", 1), ("elite", "2020Q2", 0))),
    "a range within a total": Case((QUARTER, ("elite", "2020Q1", 1, 2), ("elite", "2020Q3", 0, 2))),
    "bounds": Case((QUARTER, ("elite", "2020Q1", 1, None), ("everyone", "2020Q2", None, 1))),
    "words within a total": Case(
        (("everyone", "2020Q1", 9), ("elite", "2020Q1", 3)),
        5 * QUARTERS,
        words={1: {"reading": "about", "low": 3, "high": 3}},
    ),
    "words": Case(
        (("elite", "2020Q1", 3), ("elite", "2020Q2", 3), ("commoner", "2020Q1", 3)),
        3 * QUARTERS,
        words={
            0: {"reading": "several"},
            1: {"reading": "odd", "low": 3, "high": 3},
            2: {"reading": "about", "low": 3, "high": 3},
        },
    ),
    "over two totals": Case((QUARTER, ("everyone", "2020Q2", 3), ("elite", "2020H1", 1, 2))),
    "beyond a total": Case((QUARTER, ("elite", "2020H1", 1))),
    "some days": Case((HALF, ("elite", "2020-01-20..2020-05-10", 1))),
    "days that overlap": Case(
        (HALF, ("elite", "2020-01-20..2020-05-10", 1, 2), ("elite", "2020Q2", 0, 1))
    ),
    "days beyond the axis": Case((("everyone", "2019-12-20..2020-12-31", 4), ELITE)),
    "a total split among groups": Case(
        (QUARTER, ("elite", "2020Q1", 1), ("men", "2020Q1", 1, 2)),
        np.array([[0.8], [0.7], [0.9]]) * np.ones(4),
        SEXES,
    ),
    "graded": Case((QUARTER, ("elite", "2020Q1", 1)), more={"graded": (1,)}),
    "graded, with a range": Case(
        (HALF, ("elite", "2020Q1", 1, 2), ("elite", "2020H1", 1, None)), more={"graded": (1, 2)}
    ),
    "graded, on days without a total": Case(
        (("elite", "2020Q3", 1), ("elite", "2020H2", 0, 1)), more={"graded": (0, 1)}
    ),
    "two readings": Case(
        (QUARTER, ("elite", "2020Q1", 2), ("elite", "2020Q1", 3, 5)), 2 * QUARTERS,
        {"graded": (1,), "variants": (2,)},
    ),
    "readings that come to mean the same": Case(
        (("elite", "2020Q1", 3, 4), ("elite", "2020Q1", 2, 4), ("elite", "2020Q1", 4, 6)),
        1.5 * QUARTERS,
        {"graded": (0,), "variants": (1, 2)},
    ),
    "readings without an end": Case(
        (("elite", "2020Q1", 1, 2), ("elite", "2020Q1", 3, None)),
        2 * QUARTERS,
        {"graded": (0,), "variants": (1,)},
    ),
    "order": Case(
        (HALF, ("elite", "2020Q1", 1), ("elite", "2020Q2", 1)),
        more={"graded": (1,), "comparisons": compared(1, Order, Q2)},
    ),
    "order, certain": Case(
        (("elite", "2020Q1", 1), ("elite", "2020Q2", 1, 2)),
        2 * QUARTERS,
        {"comparisons": compared(0, Order, Q2, reading="fewer")},
    ),
    "rank that is kept": Case(
        (("elite", "2020", 1), ("elite", "2019", 1), ("everyone", "2020", 5)),
        THREE,
        {"axis": YEARS, "graded": (0, 1),
         "comparisons": compared(0, Rank, "2018-01-01/2019-12-31")},
    ),
    "rank over one year": Case(
        (("elite", "2020", 1), ("elite", "2019", 1)),
        THREE,
        {"axis": YEARS, "graded": (0,),
         "comparisons": compared(0, Rank, "2018-06-01/2019-12-31", reading="fewest")},
    ),
    "equality": Case(
        (HALF, ("elite", "2020Q1", 1), ("everyone", "2020Q3", 1)),
        more={"graded": (1,), "comparisons": compared(1, Equality, Q2)},
    ),
    "about as many": Case(
        (("elite", "2020Q1", 1), ("elite", "2020Q2", 1)),
        4 * QUARTERS,
        {"graded": (0,), "comparisons": compared(0, Equality, Q2, reading="about")},
    ),
    "ratio that is kept": Case(
        (("elite", "2020Q1", 1), ("elite", "2020Q2", 1), ("commoner", "2020Q1", 0, 1)),
        2 * QUARTERS,
        {"graded": (0,), "comparisons": compared(0, Ratio, Q2, low=1.0, high=2.5)},
    ),
    "compared with another definition": Case(
        (HALF, ("press", "2020H1", 1), ("elite", "2020H1", 1)),
        more=OWN | {"graded": (1,), "comparisons": compared(1, Order, f"elite:{H1}")},
        factor={"press": 0.8},
    ),
    "a definition of its own": Case(
        (QUARTER, ("press", "2020Q1", 1), ("press", "2020Q3", 1)), more=OWN, factor={"press": 1.2}
    ),
    "a definition of its own, graded": Case(
        (HALF, ("press", "2020Q1", 1), ("elite", "2020Q1", 0, 1)),
        more=OWN | {"graded": (1,)},
        factor={"press": 0.6},
    ),
    "a definition of the groups of a total": Case(
        (("elite", "2020Q1", 1), ("press", "2020Q1", 1)), more=OWN, factor={"press": 1.4}
    ),
    "a definition that would have more than all": Case(
        (QUARTER, ("press", "2020Q1", 1)), more=OWN, factor={"press": 3.0}
    ),
    "within the groups": Case(
        (QUARTER, ("elite", "2020Q1", 1), ("diplomats", "2020Q1", 1)),
        2 * QUARTERS,
        PART | {"graded": (2,)},
        factor={"diplomats": 0.4},
    ),
    "within another definition": Case(
        (HALF, ("press", "2020H1", 1), ("diplomats", "2020Q1", 1)),
        more=CHAIN | {"graded": (1, 2)},
        factor={"press": 0.9, "diplomats": 0.5},
    ),
    "frailty": Case(
        (QUARTER, ("elite", "2020Q1", 1), ("elite", "2020Q3", 1, 2)),
        more={"graded": (1, 2)},
        frailty=0.8,
    ),
    "misclassified under one word": Case(
        (HALF, ("press", "2020Q1", 1), ("elite", "2020Q1", 0, 1)),
        more=OWN | {"graded": (1,)},
        factor={"press": 0.8},
        errors=({"kind": "misclassification", "groups": ["elite", "commoner"],
                 "definitions": ["press"], "missed": DOUBT, "false": DOUBT},),
        values=(0.4, 0.1),
    ),
    "some left out": Case(
        (QUARTER, ("elite", "2020Q1", 1), ("elite", "2020Q2", 1)),
        3 * QUARTERS,
        errors=({"kind": "undercount", "groups": ["elite"], "included": DOUBT},),
        values=(0.5,),
    ),
    "apart": Case(
        (HALF, ("elite", "2020H1", 1), ("elite", "2020Q1", 1)),
        more={"graded": (1,)},
        apart=("S2",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_published_is_as_frequent_as_it_is_probable(name: str) -> None:
    case = CASES[name]
    spec, dataset = content(*case.rows, **case.more)
    if case.words or "about" in str(case.more):
        dataset = worded(dataset, case.words)
    if case.errors:
        spec = ModelSpec.model_validate(spec.model_dump() | {"error": case.errors})
    design = make_design(spec, dataset, apart=case.apart)
    assert design.joint.apart == (case.apart or ())
    expected = case.expected
    if design.measurement is not None:
        expected = design.measurement.published(expected, np.array(case.values))
    rates = rates_of(design, expected, case.factor, case.frailty)
    found = frequencies(design, dataset, rates, priors_of(design, rates), DRAWS)
    assert found.p() > LEAST
