"""Persons: their means and spread, who is left when totals are given, and what definitions count."""

from __future__ import annotations

import numpy as np
import pytest

from defectmodels.evidence.periods import parse_span
from defectmodels.evidence.selection import Counted
from defectmodels.model.design import Design, make_design
from defectmodels.studies.persons import Census, Persons, Rates
from jointworld import FACTOR, content
from publishworld import rates_of

DRAWS = 20_000
EXPECTED = np.array([[4.0, 6.0, 5.0, 3.0], [40.0, 50.0, 45.0, 60.0]])
SHARE = {"mean": 0.4, "size": 5.0, "why": "a test"}


def counted(definition: str, span: str, *groups: str) -> Counted:
    return Counted(definition, "", groups, parse_span(span))


def many(rates: Rates) -> Rates:
    return rates.take(np.zeros(DRAWS, dtype=int))


@pytest.fixture(scope="module")
def design() -> Design:
    spec, dataset = content(
        ("everyone", "2020Q1", 40),
        ("everyone", "2020Q2", 60),
        ("elite", "2020-03-20..2020-05-10", 3),
        ("elite", "2020Q3", 4),
        ("press", "2020Q2", 5),
        ("press", "2020Q4", 5),
        ("inner", "2020Q2", 2),
        ("part", "2020-01-10..2020-04-30", 2),
        definitions={"press": ["elite"], "inner": ["elite"], "part": ["elite"]},
        definition={
            "everyone": {},
            "elite": {},
            "press": {"factor": FACTOR},
            "inner": {"within": "press", "share": SHARE},
            "part": {"within": "elite", "share": SHARE},
        },
    )
    return make_design(spec, dataset)


@pytest.fixture(scope="module")
def census(design: Design) -> Census:
    return Census(design)


@pytest.fixture(scope="module")
def persons(design: Design, census: Census) -> Persons:
    rates = rates_of(design, EXPECTED, {"press": 1.5, "inner": 0.6, "part": 0.3}, 0.3)
    rng = np.random.default_rng(1)
    return census.marked(census.arrive(many(rates), rng), design.scaled, rng)


def close(values: np.ndarray, mean: float) -> bool:
    return bool(abs(values.mean() - mean) < 4.5 * values.std() / np.sqrt(len(values)))


def test_counts_have_the_means_and_the_frailty_of_the_model(
    census: Census, persons: Persons
) -> None:
    all_of = census.count(persons, counted("everyone", "2020Q2", "elite", "commoner"))
    assert close(all_of, 56.0)
    assert all_of.var() == pytest.approx(56 + (0.3 * 56) ** 2, rel=0.05)
    days = census.count(persons, counted("elite", "2020-03-20..2020-05-10", "elite"))
    assert close(days, 4 * 12 / 91 + 6 * 40 / 91)
    # A frailty is common to the groups of a period, and to no others.
    elite = census.count(persons, counted("elite", "2020Q3", "elite"))
    later = persons.plain[:, 1, census.pieces.period == 2].sum(axis=1)
    other = persons.plain[:, 1, census.pieces.period == 3].sum(axis=1)
    assert np.cov(elite, later)[0, 1] == pytest.approx(0.09 * 5 * 45, rel=0.1)
    assert abs(np.corrcoef(elite, other)[0, 1]) < 0.03


def test_definitions_have_their_part_of_the_totals(census: Census, persons: Persons) -> None:
    press = census.count(persons, counted("press", "2020Q2", "elite"))
    total = census.count(persons, counted("everyone", "2020Q2", "elite", "commoner"))
    assert close(press, 9.0) and (press <= total).all()
    residual = press - total * 9 / 56
    assert residual.var() == pytest.approx(56 * 9 / 56 * 47 / 56, rel=0.05)
    # Without a total they come by themselves.
    assert close(census.count(persons, counted("press", "2020Q4", "elite")), 4.5)
    inner = census.count(persons, counted("inner", "2020Q2", "elite"))
    assert close(inner, 3.6) and (inner <= press).all()
    part = census.count(persons, counted("part", "2020-01-10..2020-04-30", "elite"))
    assert close(part, 0.3 * (4 * 82 / 91 + 6 * 30 / 91))


def test_persons_drawn_anew_have_the_same_totals_and_forget_the_rest(
    design: Design, census: Census, persons: Persons
) -> None:
    rng = np.random.default_rng(2)
    twice = many(rates_of(design, EXPECTED * [[2.0], [1.0]], {"press": 1.0}, 0.3))
    anew = census.marked(census.anew(persons, twice, rng), {"press"}, rng)
    assert set(anew.own) == {"press"}
    for span in ("2020Q1", "2020Q2"):
        whole = counted("everyone", span, "elite", "commoner")
        np.testing.assert_array_equal(census.count(anew, whole), census.count(persons, whole))
    q2 = census.pieces.period == 1
    elite, before = (one.plain[:, 0, q2].sum(axis=1) for one in (anew, persons))
    total = persons.plain[:, :, q2].sum(axis=(1, 2))
    residual, old = elite - total * 12 / 62, before - total * 6 / 56
    assert close(residual, 0.0) and abs(np.corrcoef(residual, old)[0, 1]) < 0.03
    # Where no total is given others come.
    elite = counted("elite", "2020Q3", "elite")
    np.testing.assert_array_equal(census.count(anew, elite), census.count(persons, elite))
    later, first = (
        one.plain[:, 0, census.pieces.period == 3].sum(axis=1) for one in (anew, persons)
    )
    assert close(later, 6.0) and close(first, 3.0)
    assert abs(np.corrcoef(later, first)[0, 1]) < 0.03


def test_some_draws_are_the_same_draws(census: Census, persons: Persons) -> None:
    few = persons.take(np.array([3, 1]))
    for one in census.counted:
        np.testing.assert_array_equal(census.count(few, one), census.count(persons, one)[[3, 1]])
