"""Each joint row given the others, and whether it is true, against going through every count."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from defectmodels.evidence.statements import Equality, Order, Rank
from defectmodels.inference.rows import Draws, kernel_draws, row_log_likelihood, row_truth
from defectmodels.model.design import Design
from defectmodels.model.jointly import with_said
from jointworld import compared, outcomes, posterior, weighed, world

TOTALS = (("everyone", "2020H1", 6), ("everyone", "2020H2", 7))
PERSONS = {(0, 1): 6, (2, 3): 7}
CHANCES = (0.13, 0.4, 0.05, 0.2, 0.3)
FIRST, SECOND = "2020-01-01/2020-06-30", "2020-07-01/2020-12-31"
RELIABILITY = np.array([0.05, 0.5, 0.7, 0.95])
EXPECTED = np.array([[1.0, 2.0, 3.0, 4.0], [4.0, 5.0, 6.0, 3.0]])
POINTS = np.array(
    [EXPECTED * np.exp(np.random.default_rng(i).normal(0, 0.8, (2, 4))) for i in range(4)]
)


def year(*rows: tuple[Any, ...], **more: Any) -> Design:
    return world(*TOTALS, *rows, **more)


WORLDS = {
    "certain": lambda: year(("elite", "2020", 3, 5), ("elite", "2020Q2..2020Q3", 2, None)),
    "alone": lambda: year(("elite", "2020", 4)),
    "graded": lambda: year(
        ("elite", "2020H1", 4), ("elite", "2020Q2", 0, 1), ("elite", "2020", 3), graded=(2, 3, 4)
    ),
    "both": lambda: year(
        ("elite", "2020", 3, 6), ("elite", "2020H1", 1), ("elite", "2020Q4", 2, 3), graded=(3, 4)
    ),
    "contradicting": lambda: year(("elite", "2020H1", 4), ("elite", "2020H1", 1), graded=(2, 3)),
    "impossible": lambda: year(("elite", "2020H1", 9), ("elite", "2020", 2, 4), graded=(2,)),
    "variants": lambda: year(
        ("elite", "2020H1", 1, 2),
        ("elite", "2020H1", 2, 4),
        ("elite", "2020H1", 6),
        ("elite", "2020Q1..2020Q3", 2, 5),
        graded=(2,),
        variants=(3, 4),
    ),
    "certain variants": lambda: year(
        ("elite", "2020H2", 1, 2), ("elite", "2020H2", 4, 6), ("elite", "2020", 4), variants=(3,)
    ),
    "comparison": lambda: year(
        ("elite", "2020H2", 1),
        ("elite", "2020Q1", 1, 3),
        comparisons=compared(2, Order, FIRST, reading="more"),
    ),
    "graded comparisons": lambda: year(
        ("elite", "2020H2", 1),
        ("elite", "2020Q1", 1),
        ("elite", "2020", 3, 9),
        graded=(2, 3),
        comparisons=compared(2, Order, FIRST, reading="fewer")
        | compared(3, Equality, "2020-04-01/2020-06-30"),
    ),
}


def drawn(design: Design) -> tuple[Draws, np.ndarray, np.ndarray]:
    """Draws at every point and reliability, with the expected arrivals and reliability of each."""
    expected = np.repeat(POINTS, len(RELIABILITY), axis=0)
    reliability = np.tile(RELIABILITY, len(POINTS))
    more = {"reliability": reliability[:, None]} if design.grades else {}
    chances = np.array(CHANCES[: len(design.joint.rows)])
    return kernel_draws(design, posterior(expected, **more), chances), expected, reliability


@pytest.mark.parametrize("name", WORLDS)
def test_rows_are_those_of_going_through_every_count(name: str) -> None:
    design = WORLDS[name]()
    rows = design.joint.rows
    assert rows and not design.selection.nested
    draws, expected, reliability = drawn(design)
    found, truth = row_log_likelihood(design, draws), row_truth(design, draws)
    assert found.shape == truth.shape == (len(expected), len(rows))
    for at, (point, q) in enumerate(zip(expected, reliability, strict=True)):
        counts, chance = outcomes(PERSONS, point)
        want = weighed(rows, counts, chance, design, q, CHANCES[: len(rows)])
        np.testing.assert_allclose(found[at], want[0], rtol=1e-8, atol=1e-9)
        np.testing.assert_allclose(truth[at], want[1], rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("name", WORLDS)
def test_leaving_a_row_out_takes_away_just_its_own_probability(name: str) -> None:
    design = WORLDS[name]()
    joint = design.joint
    draws, _, _ = drawn(design)
    found = row_log_likelihood(design, draws)
    whole = draws.run(joint.program).log_z.sum(axis=1)
    for at, one in enumerate(joint.problem.said):
        rest = with_said(joint, [other for other in joint.problem.said if other is not one])
        left = draws.run(rest).log_z.sum(axis=1)
        np.testing.assert_allclose(whole - found[:, at], left, rtol=1e-9, atol=1e-9)


def test_certain_rows_are_true() -> None:
    design = WORLDS["both"]()
    draws, _, _ = drawn(design)
    certain = [row.statement.grade == "" for row in design.joint.rows]
    truth = row_truth(design, draws)
    assert (truth[:, certain] == 1.0).all() and (truth[:, np.logical_not(certain)] < 1.0).all()


def test_what_no_count_can_make_true_is_untrue() -> None:
    design = WORLDS["impossible"]()
    draws, _, reliability = drawn(design)
    at = [row.statement.id for row in design.joint.rows].index("S2")
    np.testing.assert_array_equal(row_truth(design, draws)[:, at], 0.0)
    want = np.log((1 - reliability) * CHANCES[at])
    np.testing.assert_allclose(row_log_likelihood(design, draws)[:, at], want, atol=1e-12)


def test_a_rank_is_compared_with_every_year() -> None:
    years = (("everyone", "2020", 5), ("everyone", "2021", 4), ("everyone", "2022", 6))
    design = world(
        *years,
        ("elite", "2022", 1),
        ("elite", "2020", 1, 4),
        graded=(3,),
        comparisons=compared(3, Rank, "2020-01-01/2021-12-31"),
        axis=("2020", "2022", "year"),
    )
    assert [row.compares for row in design.joint.rows] == [True, False]
    expected = POINTS[:, :, :3]
    reliability = np.full((4, 1), 0.8)
    draws = kernel_draws(design, posterior(expected, reliability=reliability), np.array([0.3, 1.0]))
    found, truth = row_log_likelihood(design, draws), row_truth(design, draws)
    for at, point in enumerate(expected):
        counts, chance = outcomes({(0,): 5, (1,): 4, (2,): 6}, point)
        want = weighed(design.joint.rows, counts, chance, design, 0.8, (0.3, 1.0))
        np.testing.assert_allclose(found[at], want[0], rtol=1e-8, atol=1e-9)
        np.testing.assert_allclose(truth[at], want[1], rtol=1e-8, atol=1e-9)


def test_draws_are_read_by_the_names_of_their_dims() -> None:
    """Chains one after the other, whatever the order of the dims in the file."""
    design = WORLDS["graded"]()
    chances = np.array(CHANCES[:3])
    one = posterior(POINTS, reliability=RELIABILITY[:, None])
    halves = [one.isel(draw=slice(at, at + 2)).drop_vars("draw", errors="ignore") for at in (0, 2)]
    two = xr.concat(halves, dim="chain").transpose("group", "grade", "draw", "period", "chain")
    want, found = (kernel_draws(design, each, chances) for each in (one, two))
    np.testing.assert_array_equal(found.p, want.p)
    np.testing.assert_array_equal(found.weight, want.weight)


def test_a_definition_of_its_own_is_counted_with_its_factor() -> None:
    """Press rows of one half, with a graded one; half of their days lie outside the total."""
    design = world(
        ("everyone", "2020Q1", 6),
        ("press", "2020H1", 2, 3),
        ("press", "2020Q1", 1),
        graded=(2,),
        definitions={"press": ["elite"]},
        definition={
            "everyone": {},
            "press": {"factor": {"median": 1.5, "factor": 3.0, "why": "a test"}},
        },
    )
    factor, cv, q, chances = 1.6, 0.4, 0.7, (1.0, 0.2)
    draws = kernel_draws(
        design,
        posterior(
            POINTS,
            reliability=np.full((4, 1), q),
            definition_factor=np.full((4, 1), factor),
            frailty_cv=np.full(4, cv),
        ),
        np.array(chances),
    )
    found, truth = row_log_likelihood(design, draws), row_truth(design, draws)
    size = 1 / cv**2
    for at, point in enumerate(POINTS):
        # A factor cannot ask for more persons than there are.
        share = min(factor * point[0, 0] / point[:, 0].sum(), 1 - 1e-9)
        inside = stats.binom.pmf(np.arange(7), 6, share)
        mean = factor * point[0, 1]
        free = stats.nbinom.pmf(np.arange(60), size, size / (size + mean))
        grid = np.array([(i, j, 0, 0) for i in range(7) for j in range(60)])
        chance = np.outer(inside, free).ravel()
        want = weighed(design.joint.rows, grid, chance, design, q, chances)
        np.testing.assert_allclose(found[at], want[0], rtol=1e-8, atol=1e-9)
        np.testing.assert_allclose(truth[at], want[1], rtol=1e-8, atol=1e-9)
