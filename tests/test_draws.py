"""Drawn counts have the probabilities of going through all counts."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import numpy as np
import pytest
from scipy import stats

from defectmodels.counting.draws import draw_counts
from defectmodels.counting.problem import ConflictError, Part, Problem, Reading, Said, Split, Sum
from defectmodels.counting.program import compile_problem
from test_counting import made_up, split_counts, true

DRAWS = 4_000
NONE = np.zeros(0)


def law(
    problem: Problem, p: np.ndarray, mean: np.ndarray, weight: np.ndarray, most: int = 25
) -> dict[tuple[int, ...], float]:
    """Posterior probability of all link counts and free counts, in this order."""
    split = {part for one in problem.splits for part in one.parts}
    places, outcomes = [], []
    for one in problem.splits:
        links = [problem.parts[i].links[0] for i in one.parts]
        places.append(tuple(links))
        outcomes.append(split_counts(one, [float(p[i]) for i in links]))
    for i, part in enumerate(problem.parts):
        if i in split:
            continue
        for link, trials in zip(part.links, part.trials, strict=True):
            places.append((link,))
            pmf = stats.binom(trials, p[link]).pmf(np.arange(trials + 1))
            outcomes.append([((n,), float(value)) for n, value in enumerate(pmf)])
        if part.free >= 0:
            places.append((len(p) + part.free,))
            pmf = stats.poisson(mean[part.free]).pmf(np.arange(most))
            outcomes.append([((n,), float(value)) for n, value in enumerate(pmf)])
    found: dict[tuple[int, ...], float] = {}
    for chosen in itertools.product(*outcomes):
        counts = np.zeros(len(p) + len(mean), dtype=int)
        probability = 1.0
        for place, (values, value) in zip(places, chosen, strict=True):
            counts[list(place)] = values
            probability *= value
        of = [
            int(sum(counts[link] for link in part.links))
            + (int(counts[len(p) + part.free]) if part.free >= 0 else 0)
            for part in problem.parts
        ]
        sums = [one.known + sum(of[i] for i in one.parts) for one in problem.sums]
        for said in problem.said:
            probability *= sum(
                weight[w]
                for w, reading in zip(said.weights, said.readings, strict=True)
                if true(reading, sums, said.subject)
            ) + (weight[said.untrue] if said.untrue >= 0 else 0.0)
        if probability > 0:
            found[tuple(counts.tolist())] = probability
    total = sum(found.values())
    return {counts: value / total for counts, value in found.items()}


def touched(problem: Problem) -> list[int]:
    """Links that some statement speaks of."""
    parts = {i for said in problem.said for s in said.sums for i in problem.sums[s].parts}
    parts |= {i for one in problem.splits if parts & set(one.parts) for i in one.parts}
    return sorted(link for i in parts for link in problem.parts[i].links)


def agree(drawn: np.ndarray, expected: dict[tuple[int, ...], float], keep: list[int]) -> None:
    """Every outcome is as frequent as it should be, within 5 standard errors."""
    wanted: Counter[tuple[int, ...]] = Counter()
    for counts, value in expected.items():
        wanted[tuple(counts[i] for i in keep)] += value  # type: ignore[assignment]
    seen = Counter(map(tuple, drawn[:, keep].tolist()))
    assert set(seen) <= set(wanted)
    for counts, value in wanted.items():
        error = math.sqrt(value * (1 - value) / len(drawn))
        assert abs(seen[counts] / len(drawn) - value) <= 5 * error + 1.5 / len(drawn), counts


@pytest.mark.parametrize("seed", range(40))
def test_random_problems(seed: int) -> None:
    rng = np.random.default_rng(seed)
    problem, links, weights = made_up(rng)
    p = rng.uniform(0.05, 0.3, links)
    weight = rng.uniform(0.1, 1.0, weights)
    try:
        program = compile_problem(problem)
    except ConflictError:
        return
    splits = {part for one in problem.splits for part in one.parts}
    outcomes = [part.most + 1.0 for i, part in enumerate(problem.parts) if i not in splits]
    if not touched(problem) or np.prod(outcomes) > 5_000:
        return
    row = lambda x: np.tile(x, (DRAWS, 1))  # noqa: E731
    drawn = draw_counts(program, row(p), row(NONE), row(NONE), row(weight), rng)
    agree(drawn.link, law(problem, p, NONE, weight), touched(problem))


@pytest.mark.parametrize("mean", [0.05, 1.5, 9.0])
@pytest.mark.parametrize("least", [1, 4])
def test_a_tail_is_drawn_out(mean: float, least: int) -> None:
    """At least so many: the table ends there, and the draws do not."""
    problem = Problem(
        (Part((0, 1), (4, 5), 0), Part((2,), (30,)), Part(free=1)),
        (Sum((0,)), Sum((1,)), Sum((2,))),
        tuple(Said(f"s{i}", i, (Reading(least),), (i,)) for i in range(3)),
    )
    p, means = np.array([0.1, 0.3, 0.08]), np.array([mean, mean])
    rng = np.random.default_rng(7)
    row = lambda x: np.tile(x, (DRAWS, 1))  # noqa: E731
    drawn = draw_counts(
        compile_problem(problem), row(p), row(means), row(-np.ones(2)), row(np.ones(3)), rng
    )
    n = np.arange(80)
    first = np.convolve(
        np.convolve(stats.binom(4, 0.1).pmf(n), stats.binom(5, 0.3).pmf(n))[:80],
        stats.poisson(mean).pmf(n),
    )[:80]
    laws = [first, stats.binom(30, 0.08).pmf(n), stats.poisson(mean).pmf(n)]
    counts = [drawn.link[:, :2].sum(axis=1) + drawn.free[:, 0], drawn.link[:, 2], drawn.free[:, 1]]
    for found, pmf in zip(counts, laws, strict=True):
        assert found.min() >= least
        pmf = np.where(n >= least, pmf, 0.0)
        pmf = pmf / pmf.sum()
        seen = np.bincount(found, minlength=80) / DRAWS
        assert (np.abs(seen - pmf) <= 5 * np.sqrt(pmf * (1 - pmf) / DRAWS) + 1.5 / DRAWS).all()


def test_frailty_and_totals_share_a_count() -> None:
    """Ten persons of two totals and of days without one: how many are free."""
    problem = Problem(
        (Part((0, 1), (50, 60), 0),), (Sum((0,)),), (Said("s", 0, (Reading(10, 10),), (0,)),)
    )
    p, mean, size = np.array([0.05, 0.1]), np.array([3.0]), np.array([2.0])
    rng = np.random.default_rng(3)
    row = lambda x: np.tile(x, (DRAWS, 1))  # noqa: E731
    drawn = draw_counts(
        compile_problem(problem), row(p), row(mean), row(size), row(np.ones(1)), rng
    )
    assert (drawn.link.sum(axis=1) + drawn.free[:, 0] == 10).all()
    n = np.arange(11)
    rest = np.convolve(stats.binom(50, 0.05).pmf(n), stats.binom(60, 0.1).pmf(n))[:11]
    pmf = stats.nbinom(2.0, 2.0 / 5.0).pmf(n) * rest[10 - n]
    pmf = pmf / pmf.sum()
    seen = np.bincount(drawn.free[:, 0], minlength=11) / DRAWS
    assert (np.abs(seen - pmf) <= 5 * np.sqrt(pmf * (1 - pmf) / DRAWS) + 1.5 / DRAWS).all()


def test_far_from_the_rates() -> None:
    """A statement with a probability of 1e-100 and less still has draws."""
    problem = Problem(
        (Part((0,), (1000,)), Part((1,), (300,))),
        (Sum((0, 1)),),
        (Said("s", 0, (Reading(990, 1000),), (0,)),),
        (Split((0,), 1000),),
    )
    rng = np.random.default_rng(5)
    p = np.tile([1e-4, 1e-3], (20, 1))
    none = np.zeros((20, 0))
    drawn = draw_counts(compile_problem(problem), p, none, none, np.ones((20, 1)), rng)
    assert (drawn.link.sum(axis=1) >= 990).all()


def test_the_same_seed_gives_the_same_draws() -> None:
    problem = Problem((Part((0,), (40,)),), (Sum((0,)),), (Said("s", 0, (Reading(2, 9),), (0,)),))
    program, p, none = compile_problem(problem), np.full((50, 1), 0.1), np.zeros((50, 0))
    first, again, other = (
        draw_counts(program, p, none, none, np.ones((50, 1)), np.random.default_rng(seed)).link
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_impossible_weights_are_refused() -> None:
    problem = Problem((Part((0,), (5,)),), (Sum((0,)),), (Said("s", 0, (Reading(2, 3),), (0,), 1),))
    none = np.zeros((1, 0))
    with pytest.raises(ConflictError, match="cannot all be true with these weights"):
        draw_counts(
            compile_problem(problem),
            np.full((1, 1), 0.2),
            none,
            none,
            np.zeros((1, 2)),
            np.random.default_rng(1),
        )


@pytest.mark.parametrize(("trials", "p", "least"), [(400, 0.9, 5), (2914, 0.7, 1000)])
def test_a_tail_far_below_the_rates_is_drawn_out(trials: int, p: float, least: int) -> None:
    """The pmf of the lower end underflows; the draws are those of the binomial all the same."""
    problem = Problem(
        (Part((0,), (trials,)),), (Sum((0,)),), (Said("s", 0, (Reading(least),), (0,)),)
    )
    shares, none = np.full((500, 1), p), np.zeros((500, 0))
    rng = np.random.default_rng(2)
    drawn = draw_counts(compile_problem(problem), shares, none, none, np.ones((500, 1)), rng).link
    sd = math.sqrt(trials * p * (1 - p))
    assert drawn.mean() == pytest.approx(trials * p, abs=5 * sd / math.sqrt(500))
    assert drawn.std() == pytest.approx(sd, rel=0.2)


def test_a_large_count_of_two_totals_is_shared_out() -> None:
    problem = Problem(
        (Part((0, 1), (2000, 2000)),), (Sum((0,)),), (Said("s", 0, (Reading(1000, 1000),), (0,)),)
    )
    shares, none = np.full((40, 2), 0.25), np.zeros((40, 0))
    rng = np.random.default_rng(2)
    drawn = draw_counts(compile_problem(problem), shares, none, none, np.ones((40, 1)), rng).link
    assert (drawn.sum(axis=1) == 1000).all()
    # Hypergeometric: 1,000 of 4,000 persons, half of whom are in the first total.
    sd = math.sqrt(1000 * 0.25 * 3000 / 3999)
    assert drawn[:, 0].mean() == pytest.approx(500, abs=5 * sd / math.sqrt(40))
    assert drawn[:, 0].std() == pytest.approx(sd, rel=0.5)
