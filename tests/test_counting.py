"""Sum-product over counts equals enumerating them all."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from defectmodels.counting import kernel
from defectmodels.counting.calls import evaluate
from defectmodels.counting.problem import (
    FOREVER,
    BudgetError,
    ConflictError,
    Part,
    Problem,
    Reading,
    Said,
    Split,
    Sum,
)
from defectmodels.counting.program import compile_problem, price

NONE = np.zeros(0)


def split_counts(split: Split, shares: list[float]) -> list[tuple[tuple[int, ...], float]]:
    """Outcomes of parts that divide a total, with their multinomial probabilities."""
    found = []
    for counts in itertools.product(range(split.trials + 1), repeat=len(shares)):
        left = split.trials - sum(counts)
        if left < 0:
            continue
        log = (
            math.lgamma(split.trials + 1) - math.lgamma(left + 1) + left * math.log1p(-sum(shares))
        )
        log += sum(
            n * math.log(p) - math.lgamma(n + 1) for n, p in zip(counts, shares, strict=True)
        )
        found.append((counts, math.exp(log)))
    return found


def binomials(part: Part, p: np.ndarray) -> list[tuple[tuple[int, ...], float]]:
    """Outcomes of a sum of binomials."""
    pmf = np.ones(1)
    for link, trials in zip(part.links, part.trials, strict=True):
        n = np.arange(trials + 1)
        choose = np.array([math.comb(trials, int(k)) for k in n])
        pmf = np.convolve(pmf, choose * p[link] ** n * (1 - p[link]) ** (trials - n))
    return [((n,), float(value)) for n, value in enumerate(pmf)]


def true(reading: Reading, sums: list[int], subject: int) -> bool:
    """Whether a reading holds of the sums."""
    count = sums[subject]
    return reading.low <= count <= reading.high and all(
        low[sums[other]] <= count <= high[sums[other]] for other, low, high in reading.tied
    )


def enumerated(problem: Problem, p: np.ndarray, weight: np.ndarray) -> float:
    """Log probability by going through all counts."""
    split = {part for one in problem.splits for part in one.parts}
    blocks = [
        (one.parts, split_counts(one, [float(p[problem.parts[i].links[0]]) for i in one.parts]))
        for one in problem.splits
    ]
    blocks += [((i,), binomials(part, p)) for i, part in enumerate(problem.parts) if i not in split]
    total = 0.0
    for chosen in itertools.product(*(outcomes for _, outcomes in blocks)):
        counts: dict[int, int] = {}
        probability = 1.0
        for (parts, _), (found, value) in zip(blocks, chosen, strict=True):
            counts.update(zip(parts, found, strict=True))
            probability *= value
        sums = [one.known + sum(counts[i] for i in one.parts) for one in problem.sums]
        for said in problem.said:
            holds = [
                weight[w]
                for w, reading in zip(said.weights, said.readings, strict=True)
                if true(reading, sums, said.subject)
            ]
            probability *= sum(holds) + (weight[said.untrue] if said.untrue >= 0 else 0.0)
        total += probability
    return math.log(total) if total > 0 else -math.inf


def tied(rng: np.random.Generator, others: list[int]) -> Reading:
    """Random comparison: a rank, an order, an equality with rounding, a ratio."""
    b = np.arange(40)
    low, high = (
        (b, np.full(40, FOREVER)),
        (b + 1, np.full(40, FOREVER)),
        (np.ceil(0.7 * b).astype(int), np.floor(1.5 * b).astype(int)),
        (0 * b, b),
    )[int(rng.integers(4))]
    return Reading(0, FOREVER, tuple((other, low, high) for other in others))


def made_up(rng: np.random.Generator) -> tuple[Problem, int, int]:
    """Random problem, with how many links and weights it has."""
    parts, splits, links = [], [], 0
    for _ in range(rng.integers(1, 5)):
        count = int(rng.integers(1, 4))
        trials = tuple(int(t) for t in rng.integers(1, 4, count))
        parts.append(Part(tuple(range(links, links + count)), trials))
        links += count
    if rng.random() < 0.5:
        total, first = int(rng.integers(1, 5)), len(parts)
        for _ in range(rng.integers(2, 4)):
            parts.append(Part((links,), (total,)))
            links += 1
        splits.append(Split(tuple(range(first, len(parts))), total))
    sums = []
    for _ in range(rng.integers(1, 4)):
        chosen = rng.choice(len(parts), rng.integers(1, len(parts) + 1), replace=False)
        sums.append(Sum(tuple(sorted(int(i) for i in chosen)), int(rng.integers(0, 2))))
    said, weights = [], 0
    for at in range(rng.integers(1, 4)):
        subject = int(rng.integers(len(sums)))
        rest = [s for s in range(len(sums)) if s != subject]
        readings = []
        for _ in range(rng.integers(1, 3)):
            if rest and rng.random() < 0.5:
                chosen = rng.choice(rest, rng.integers(1, len(rest) + 1), replace=False)
                readings.append(tied(rng, [int(s) for s in chosen]))
            else:
                low = int(rng.integers(0, 5))
                top = FOREVER if rng.random() < 0.3 else low + int(rng.integers(0, 3))
                readings.append(Reading(low, top))
        places = tuple(range(weights, weights + len(readings)))
        weights += len(readings)
        doubted = rng.random() < 0.5
        said.append(Said(f"S{at}", subject, tuple(readings), places, weights if doubted else -1))
        weights += doubted
    return Problem(tuple(parts), tuple(sums), tuple(said), tuple(splits)), links, weights


def test_sum_product_is_enumeration_on_random_problems() -> None:
    compared = conflicts = 0
    for seed in range(420):
        rng = np.random.default_rng(seed)
        problem, links, weights = made_up(rng)
        if np.prod([part.most + 1.0 for part in problem.parts]) > 6_000:
            continue
        p = rng.uniform(0.02, 0.3, links) * rng.choice([1.0, 0.1, 1e-3])
        weight = rng.uniform(0.1, 1.0, weights)
        expected = enumerated(problem, p, weight)
        try:
            program = compile_problem(problem)
        except ConflictError:
            assert expected == -math.inf
            conflicts += 1
            continue

        def log_z(p: np.ndarray, weight: np.ndarray) -> float:
            return float(evaluate(p, NONE, NONE, weight, program.ints, program.floats)[0].sum())  # noqa: B023

        found = evaluate(p, NONE, NONE, weight, program.ints, program.floats)
        assert found[0].sum() == pytest.approx(expected, abs=1e-10), seed
        for i in range(links):
            step = np.eye(links)[i] * p[i] * 1e-5
            slope = (log_z(p + step, weight) - log_z(p - step, weight)) / (2e-5)
            assert p[i] * found[1][i] == pytest.approx(slope, abs=1e-8), seed
        for i in range(weights):
            step = np.eye(weights)[i] * 1e-5
            slope = (log_z(p, weight + step) - log_z(p, weight - step)) / 2e-5
            assert found[4][i] == pytest.approx(slope, abs=1e-7), seed
        compared += 1
    assert compared >= 200 and conflicts >= 20


def tall(reading: Reading, untrue: int = -1) -> Problem:
    """Twenty totals of some hundred persons, and a statement on the sum."""
    trials = tuple(range(100, 500, 20))
    part = Part(tuple(range(20)), trials, 0)
    return Problem((part,), (Sum((0,)),), (Said("S", 0, (reading,), (0,), untrue),))


def tall_pmf(p: np.ndarray, mean: float, size: float) -> np.ndarray:
    """Pmf of that sum, by convolution."""
    free = stats.nbinom(size, size / (size + mean)) if size > 0 else stats.poisson(mean)
    pmf = free.pmf(np.arange(400))
    for share, trials in zip(p, range(100, 500, 20), strict=True):
        pmf = np.convolve(pmf, stats.binom(trials, share).pmf(np.arange(trials + 1)))
    return pmf


@pytest.mark.parametrize("size", [2.5, -1.0], ids=["negative binomial", "Poisson"])
@pytest.mark.parametrize("shares", [(0.001, 0.01), (0.0001, 0.4), (1e-6, 1e-5)], ids=str)
def test_sums_of_binomials_and_free_persons_are_their_convolution(
    shares: tuple[float, float], size: float
) -> None:
    p = np.random.default_rng(2).uniform(*shares, 20)
    pmf = tall_pmf(p, 5.0, size)
    top = int(pmf.argmax())
    for low, high in ((top, top + 3), (0, top), (top + 5, FOREVER)):
        problem = tall(Reading(low, high))
        program = compile_problem(problem)
        found = evaluate(
            p, np.array([5.0]), np.array([size]), np.ones(1), program.ints, program.floats
        )
        expected = pmf[low : None if high == FOREVER else high + 1].sum()
        assert found[0][0] == pytest.approx(math.log(expected), abs=1e-9)


def convolved(p: np.ndarray, trials: np.ndarray, mean: float, size: float) -> np.ndarray:
    """Pmf of binomials and a free part, from the beginning to where it ends."""
    free = stats.nbinom(size, size / (size + mean)) if size > 0 else stats.poisson(mean)
    pmf = free.pmf(np.arange(600)) if mean > 0 else np.ones(1)
    for share, count in zip(p, trials, strict=True):
        pmf = np.convolve(pmf, stats.binom(count, share).pmf(np.arange(count + 1)))
    return pmf


@pytest.mark.parametrize("free", [(0.0, -1.0), (20.0, -1.0), (15.0, 3.0)], ids=str)
def test_tables_and_their_derivatives_are_convolutions(free: tuple[float, float]) -> None:
    """Of large shares, many trials and tables that end in the middle, too."""
    rng, refused, large, cut = np.random.default_rng(3), 0, 0, 0
    for case in range(300):
        links, end = int(rng.integers(1, 6)), int(rng.integers(20, 330))
        p = rng.uniform(0.01, 0.97, links)
        p = p if case % 2 else np.exp(rng.uniform(math.log(1e-4), -1.0, links))
        trials = np.exp(rng.uniform(0, math.log(3000), links)).astype(np.int64)
        # A published total can be of nobody.
        trials[rng.random(links) < 0.1] = 0
        pmf, terms = np.zeros(end + 1), np.zeros(end + 4)
        filled, kept, error = kernel.series(p, trials, *free, pmf, terms, 1e-22, end, False)
        if not filled:
            refused += 1
            continue
        right = np.pad(convolved(p, trials, *free), (0, end + 1))
        np.testing.assert_allclose(pmf, right[: end + 1], atol=1e-13 + error, rtol=1e-9)
        upon, slopes = rng.normal(size=end + 1), np.zeros(links)
        kernel.series_derivatives(
            p, trials, *free, pmf, filled, kept, upon, np.zeros(end + 4), slopes
        )
        for i in range(links):
            fewer = convolved(p, np.maximum(trials - np.eye(links, dtype=np.int64)[i], 0), *free)
            fewer = np.pad(fewer, (1, end + 1))[: end + 2]
            slope = trials[i] * float(upon @ (fewer[:-1] - fewer[1:]))
            assert slopes[i] == pytest.approx(slope, rel=1e-8, abs=1e-9 * trials[i])
        large += bool((trials[p > 0.15].sum() > 1000).any())
        # More than half is counted, and the table ends in the middle.
        cut += bool(pmf[-1] > 1e-6 and p.max() > 0.5)
    assert refused == 0 and large >= 30 and cut >= 3, (refused, large, cut)


def test_parts_that_exhaust_a_total_are_multinomial() -> None:
    parts = tuple(Part((i,), (9,)) for i in range(3))
    said = (
        Said("first", 0, (Reading(2, 4),), (0,)),
        Said("second", 1, (Reading(3, 5),), (1,), 2),
    )
    split = (Split((0, 1, 2), 9, whole=True),)
    program = compile_problem(Problem(parts, (Sum((0,)), Sum((1,)), Sum((2,))), said, split))
    p, weight = np.array([0.3, 0.5, 0.2]), np.array([1.0, 0.8, 0.1])
    found = evaluate(p, NONE, NONE, weight, program.ints, program.floats)
    expected = sum(
        stats.multinomial(9, p).pmf([a, b, 9 - a - b]) * (0.1 + 0.8 * (3 <= b <= 5))
        for a in range(2, 5)
        for b in range(10 - a)
    )
    assert found[0].sum() == pytest.approx(math.log(expected), abs=1e-10)


def test_finite_log_probability_and_gradient_at_10000_points_far_from_what_is_stated() -> None:
    rng = np.random.default_rng(1)
    part = Part((0, 1, 2), (100, 230, 480), 0)
    cases = ((Reading(10, 14), -1), (Reading(10, 14), 1), (Reading(14, FOREVER), -1))
    for reading, untrue in cases:
        said = Said("S", 0, (reading,), (0,), untrue)
        program = compile_problem(Problem((part,), (Sum((0,)),), (said,)))
        for _ in range(3334):
            p = np.clip(np.exp(rng.normal(-6, 6, 3)), 1e-200, 1 - 1e-9)
            mean, size = np.exp(rng.normal(0, 4, 1)), np.exp(rng.normal(1, 2, 1))
            weight = np.array([0.9, 0.02])[: program.weights]
            found = evaluate(p, mean, size, weight, program.ints, program.floats)
            assert all(np.isfinite(one).all() for one in found)
            assert found[0][0] <= 1e-9


def test_order_is_what_the_sources_do_not_decide() -> None:
    b = np.arange(300)
    more = Reading(0, FOREVER, ((1, b + 1, np.full(300, FOREVER)),))
    parts = (Part((0,), (200,)), Part((1,), (200,)))
    said = Said("S", 0, (more,), (0,))
    program = compile_problem(Problem(parts, (Sum((0,)), Sum((1,))), (said,)))
    one = np.ones(1)
    found = evaluate(np.array([0.05, 0.05]), NONE, NONE, one, program.ints, program.floats)
    n = np.arange(201)
    pmf = np.array([math.comb(200, int(k)) * 0.05**k * 0.95 ** (200 - k) for k in n])
    tie = float((pmf**2).sum())
    assert math.exp(found[0][0]) == pytest.approx((1 - tie) / 2, rel=1e-10)


def test_certain_statements_that_contradict_each_other_are_named() -> None:
    parts = (Part((0,), (50,)), Part((1,), (50,)))
    sums = (Sum((0,)), Sum((0, 1)), Sum((1,)))
    said = (
        Said("part", 0, (Reading(8, 9),), (0,)),
        Said("whole", 1, (Reading(3, 5),), (1,)),
        Said("other", 2, (Reading(0, 4),), (2,)),
    )
    with pytest.raises(ConflictError, match="part, whole cannot all be true"):
        compile_problem(Problem(parts, sums, said))


@pytest.mark.parametrize("kind", ["equal", "no fewer", "about"])
def test_counts_that_can_exceed_what_is_followed_are_compared_below_it(kind: str) -> None:
    """Both can have 900 persons, and what is said of them is open at the last value followed."""
    b = np.arange(301)
    low, high = {
        "equal": (b, b),
        "no fewer": (b, np.full(301, FOREVER)),
        "about": (np.ceil(0.8 * b).astype(int), np.floor(1.2 * b).astype(int)),
    }[kind]
    said = Said("S", 0, (Reading(tied=((1, low, high),)),), (0,))
    parts = (Part((0,), (900,)), Part((1,), (900,)))
    program = compile_problem(Problem(parts, (Sum((0,)), Sum((1,))), (said,)))
    p = np.array([0.010, 0.012])
    found = evaluate(p, NONE, NONE, np.ones(1), program.ints, program.floats)
    first, second = stats.binom.pmf(b[:, None], 900, p).T
    true = (low[None, :] <= b[:, None]) & (b[:, None] <= high[None, :])
    assert found[0][0] == pytest.approx(math.log(first @ true @ second), abs=1e-9)


def test_readings_that_can_no_longer_be_true_are_struck_out_at_once() -> None:
    """Of two equal counts of 200 neither partial sum needs to be followed beyond the other."""
    b = np.arange(300)
    said = Said("S", 0, (Reading(tied=((1, b, b),)),), (0,), 1)
    parts = (Part((0,), (60,)), Part((1,), (60,)), Part((2,), (60,)))
    program = compile_problem(Problem(parts, (Sum((0,)), Sum((1, 2))), (said,)), budget=120_000)
    p, weight = np.array([0.2, 0.1, 0.1]), np.array([0.9, 0.1])
    found = evaluate(p, NONE, NONE, weight, program.ints, program.floats)
    n = np.arange(61)
    both = np.convolve(stats.binom.pmf(n, 60, 0.1), stats.binom.pmf(n, 60, 0.1))[:61]
    want = 0.1 + 0.9 * (stats.binom.pmf(n, 60, 0.2) * both).sum()
    assert found[0][0] == pytest.approx(math.log(want), abs=1e-10)


def test_many_parts_are_added_in_a_cheap_order() -> None:
    """Neighbours in a ring: opened in one place and closed in turn, it needs few states."""
    count = 12
    parts = tuple(Part((i,), (40,)) for i in range(count))
    sums = tuple(Sum((i, (i + 1) % count)) for i in range(count))
    said = tuple(Said(f"S{i}", i, (Reading(0, 8),), (i,), count + i) for i in range(count))
    problem = Problem(parts, sums, said)
    program = compile_problem(problem, budget=20_000)
    assert price(problem) < 500_000
    assert len(program.components) == 1


def test_too_costly_statements_are_refused_with_their_cost() -> None:
    b = np.arange(600)
    parts = tuple(Part((i,), (5_000,)) for i in range(4))
    sums = (Sum((0, 1)), Sum((1, 2)), Sum((2, 3)), Sum((3, 0)))
    said = tuple(
        Said(f"S{i}", i, (Reading(0, FOREVER, (((i + 1) % 4, b, b + 5),)),), (i,)) for i in range(4)
    )
    with pytest.raises(BudgetError, match=r"S0, S1, S2, S3: .* needs [\d,]+ combinations"):
        compile_problem(Problem(parts, sums, said), budget=200_000)


def test_persons_known_beforehand_are_not_followed() -> None:
    """1,000 and up to 50 more against 900 and up to 50 more: more is certain."""
    n = np.arange(2_000)
    more = Reading(tied=((1, n + 1, np.full(len(n), FOREVER)),))
    problem = Problem(
        (Part((0,), (50,)), Part((1,), (50,))),
        (Sum((0,), 1000), Sum((1,), 900)),
        (Said("more", 0, (more,), (0,)),),
    )
    program = compile_problem(problem)
    found = evaluate(np.array([0.5, 0.5]), NONE, NONE, np.ones(1), program.ints, program.floats)
    assert found[0].sum() == pytest.approx(0.0, abs=1e-12)


def test_a_total_of_nobody_has_a_gradient() -> None:
    """Parts that divide it are 0 for certain, whatever their shares."""
    said = (Said("few", 0, (Reading(0, 3),), (0,), 1), Said("none", 1, (Reading(0, 0),), (2,), 3))
    for splits in ((), (Split((0, 1), 0),)):
        problem = Problem(
            parts=(Part((0,), (0,)), Part((1,), (0,))),
            sums=(Sum((0,)), Sum((0, 1))),
            said=said,
            splits=splits,
        )
        program = compile_problem(problem)
        none = np.zeros(0)
        for scale in (1.0, 1e-30):
            weight = scale * np.array([0.9, 0.1, 0.8, 0.2])
            found = evaluate(np.array([0.2, 0.3]), none, none, weight, program.ints, program.floats)
            assert found.log_z.sum() == pytest.approx(2 * np.log(scale), abs=1e-9)
            np.testing.assert_array_equal(found.dp, 0.0)


def test_counts_that_no_tilt_brings_near_have_a_gradient() -> None:
    """A statement that is all but impossible says nothing, so the shares make no difference."""
    trials, share = (700, 740), np.array([0.09, 0.1])
    said = (Said("all but all", 0, (Reading(1296, 1296),), (0,), 1),)
    program = compile_problem(Problem((Part((0, 1), trials),), (Sum((0,)),), said))
    for p in (share, 3.0 * share, 0.1 * share):
        found = evaluate(p, NONE, NONE, np.array([0.9, 0.001]), program.ints, program.floats)
        assert found.log_z.sum() == pytest.approx(math.log(0.001), abs=1e-9)
        np.testing.assert_allclose(found.dp, 0.0, atol=1e-6)
