"""Atoms on random spans, totals and groups: every group and day of a row once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations, pairwise, product
from typing import Any

import numpy as np
import pytest
from scipy import stats

from defectmodels.counting.calls import evaluate
from defectmodels.counting.problem import Part, Problem, Reading, Said, Split, Sum
from defectmodels.counting.program import compile_problem
from defectmodels.evidence.selection import Counted
from defectmodels.model.atoms import DIVIDED
from defectmodels.model.design import Design
from jointworld import FACTOR, world

GROUPS = ("a", "b", "c")
DEFINITIONS = {"ab": ["a", "b"], "press": ["a"]}
USES: dict[str, Any] = {name: {} for name in ("everyone", *GROUPS, "ab")}
USES |= {"press": {"factor": FACTOR}}
FIRST, DAYS = date(2020, 1, 1), 731


def days(start: int, end: int) -> str:
    """Span from one day of the axis to another, both included."""
    return f"{FIRST + timedelta(start)}..{FIRST + timedelta(end)}"


def random_world(seed: int) -> Design:
    """Two years in quarters, cut into totals and gaps; four graded rows over them."""
    rng = np.random.default_rng(seed)
    ends = sorted({0, DAYS, *rng.choice(np.arange(1, DAYS), 4, replace=False).tolist()})
    rows: list[tuple[Any, ...]] = []
    for start, end in pairwise(ends):
        if rng.random() < 0.25:
            continue
        of = str(rng.choice(["everyone", "everyone", "ab"]))
        total = int(rng.integers(0, 60))
        rows.append((of, days(start, end - 1), total))
        if of == "everyone" and rng.random() < 0.4:
            rows.append(("c", days(start, end - 1), int(rng.integers(0, total + 1))))
    said = []
    # Some begin before the axis, by 5% of their days at most.
    for at in range(4):
        of = str(rng.choice(["a", "ab", "everyone", "b", "press"]))
        start = (-8, -4)[at] if at < 2 else int(rng.integers(0, DAYS - 30))
        end = int(rng.integers(max(start + 30, 180), max(start + 31, DAYS)))
        said.append(len(rows))
        rows.append((of, days(start, end), 0, 2))
    return world(
        *rows,
        graded=tuple(said),
        axis=("2020Q1", "2021Q4"),
        groups=GROUPS,
        definitions=DEFINITIONS,
        definition=USES,
    )


def totals_of(design: Design, family: str) -> list[tuple[np.ndarray, int]]:
    """Cells and persons of the totals as a family sees them."""
    found = []
    for index, row in enumerate(design.selection.direct):
        exact = row.certain and row.statement.definition != "press"
        if not exact or (family and not {"a"} < set(row.groups)):
            continue
        groups, count = set(row.groups), row.interval.low
        for other in design.selection.nested:
            if not family and other.parents[0].index == index and other.span == row.span:
                groups -= set(other.groups)
                count -= other.interval.low
                found.append((design.cell_weights(other), other.interval.low))
        found.append((np.outer(design.group_mask(tuple(groups)), row.weights), count))
    return found


def own_cells(one: Counted, design: Design) -> np.ndarray:
    return np.outer(design.group_mask(one.groups), design.periods.weights(one.span, 1.0))


def part_cells(at: int, design: Design) -> np.ndarray:
    """Cells that a part counts, inside totals and outside: np.ndarray (group, period)."""
    joint, part = design.joint, design.joint.problem.parts[at]
    cells = [joint.links[link].inside for link in part.links]
    if part.free >= 0:
        cells.append(joint.free[part.free].inside)
    return np.sum(cells, axis=0)


SEEDS = range(60)


@pytest.fixture(scope="module")
def worlds() -> list[Design]:
    return [random_world(seed) for seed in SEEDS]


def test_the_parts_of_a_count_are_its_groups_and_days(worlds: list[Design]) -> None:
    several = known = beyond = 0
    for design in worlds:
        for one, place in design.joint.sum_of.items():
            count = design.joint.problem.sums[place]
            own = own_cells(one, design)
            parts = sum((part_cells(at, design) for at in count.parts), np.zeros(own.shape))
            left = own - parts
            assert left.min() > -1e-9
            # What no part counts are whole totals, whose persons are known.
            inside = [
                (cells, n)
                for cells, n in totals_of(design, one.family)
                if cells.any() and (left - cells).min() > -1e-9
            ]
            assert any(
                np.allclose(left, sum((cells for cells, _ in some), 0.0), atol=1e-9)
                and count.known == sum(n for _, n in some)
                for size in range(len(inside) + 1)
                for some in combinations(inside, size)
            )
            several += len(count.parts) > 1
            known += left.max() > 1e-9
            beyond += one.span.start < FIRST
    assert min(several, known, beyond) > 10


def test_a_part_takes_persons_of_totals_that_contain_it(worlds: list[Design]) -> None:
    linked = 0
    for design in worlds:
        joint = design.joint
        family = {
            at: one.family
            for one, place in joint.sum_of.items()
            for at in joint.problem.sums[place].parts
        }
        for at, part in enumerate(joint.problem.parts):
            for link, trials in zip(part.links, part.trials, strict=True):
                inside, whole = joint.links[link].inside, joint.links[link].whole
                assert (whole - inside).min() > -1e-9 and inside.any()
                same = [n for cells, n in totals_of(design, family[at]) if (cells == whole).all()]
                # Totals of equally many days of one period look alike.
                assert trials in same
                linked += 1
    assert linked > 100


def test_atoms_of_one_total_take_no_cell_twice(worlds: list[Design]) -> None:
    splits = whole = 0
    for design in worlds:
        joint = design.joint
        for split in joint.problem.splits:
            links = [joint.links[joint.problem.parts[at].links[0]] for at in split.parts]
            left = links[0].whole - sum(link.inside for link in links)
            assert left.min() > -1e-9
            assert split.whole == (left.max() < 1e-9)
            assert split.whole or split.trials <= DIVIDED
            assert len(split.parts) > 1
            splits, whole = splits + 1, whole + split.whole
    assert splits > 10 and whole > 3


def test_statements_that_speak_of_the_same_days_are_one_atom() -> None:
    rows = [("elite", "2020H1", 1, 3), ("elite", "2020H1", 2, 5), ("elite", "2020Q1..2020Q3", 3, 9)]
    joint = world(("everyone", "2020", 100), *rows, graded=(1, 2, 3)).joint
    assert len(joint.sum_of) == 2 and len(joint.problem.parts) == 2
    half, three = (
        joint.problem.sums[joint.sum_of[one]]
        for one in sorted(joint.sum_of, key=lambda c: c.span.end)
    )
    assert set(half.parts) < set(three.parts)


def test_a_definition_of_its_own_takes_nobody_of_a_total_of_its_groups() -> None:
    """Twice as many persons as the total counts are no contradiction."""
    design = world(
        ("elite", "2020H1", 6),
        ("press", "2020H1", 12),
        ("press", "2020Q1", 3, 5),
        definitions={"press": ["elite"]},
        definition={"elite": {}, "press": {"factor": FACTOR}},
    )
    assert len(design.joint.rows) == 2 and not design.joint.links
    np.testing.assert_allclose(
        sum(part_cells(at, design) for at in range(len(design.joint.problem.parts))),
        own_cells(design.joint.rows[0].counted[0], design),
    )


# --- atoms of a large total, taken as independent ------------------------------------------------


def log_probability(total: int, shares: np.ndarray, counts: Sequence[int], divide: bool) -> float:
    """Exact statements on atoms of one total, which divide it or do not take from each other."""
    places = range(len(shares))
    problem = Problem(
        tuple(Part((at,), (total,)) for at in places),
        tuple(Sum((at,)) for at in places),
        tuple(Said(f"S{at}", at, (Reading(counts[at], counts[at]),), (at,)) for at in places),
        (Split(tuple(places), total),) if divide else (),
    )
    program = compile_problem(problem)
    none, certain = np.zeros(0), np.ones(len(shares))
    return float(np.sum(evaluate(shares, none, none, certain, program.ints, program.floats)[0]))


def differences(total: int, share: float, atoms: int) -> tuple[float, float]:
    """What independence does to the log probability: its mean size, and the largest.

    The largest is over counts that each lie in the central 95% of their distribution.
    """
    shares = np.full(atoms, share)
    low, high = stats.binom.ppf([0.025, 0.975], total, share).astype(int)
    few = list(product({low, round(total * share), high}, repeat=atoms))
    kernel = [
        log_probability(total, shares, one, False) - log_probability(total, shares, one, True)
        for one in few
    ]

    def by_formula(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rest = np.c_[counts, total - counts.sum(axis=1)]
        exact = stats.multinomial.logpmf(rest, total, [*shares, 1 - shares.sum()])
        return stats.binom.logpmf(counts, total, share).sum(axis=1) - exact, np.exp(exact)

    np.testing.assert_allclose(kernel, by_formula(np.array(few))[0], atol=1e-8)
    grid = np.array(list(product(range(int(1.5 * high) + 5), repeat=atoms)))
    grid = grid[grid.sum(axis=1) <= total]
    found, chance = by_formula(grid)
    middle = ((grid >= low) & (grid <= high)).all(axis=1)
    return float(chance @ np.abs(found)), float(np.abs(found[middle]).max())


@pytest.mark.parametrize(
    ("atoms", "share", "mean", "largest"),
    [(2, 0.01, 0.008, 0.06), (2, 0.05, 0.04, 0.31), (3, 0.01, 0.013, 0.16), (3, 0.05, 0.07, 1.0)],
)
def test_atoms_of_a_large_total_are_nearly_independent(
    atoms: int, share: float, mean: float, largest: float
) -> None:
    """The bounds stand in docs/model.md."""
    found = np.array([differences(total, share, atoms) for total in (50, 200, 1000)])
    assert (found[:, 0] < mean).all() and (found[:, 1] < largest).all()
    # The bounds are no wider than they have to be.
    assert found[:, 0].max() > 0.75 * mean and found[:, 1].max() > 0.75 * largest


def test_a_large_total_that_leaves_a_rest_is_not_divided() -> None:
    for total, splits in ((DIVIDED, 1), (DIVIDED + 1, 0)):
        rows = [("elite", "2020Q1", 0, 2), ("elite", "2020Q2..2020Q3", 0, 2)]
        joint = world(("everyone", "2020", total), *rows, graded=(1, 2)).joint
        assert len(joint.problem.splits) == splits
