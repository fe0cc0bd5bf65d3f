from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from defectmodels.studies.flip_search import Seen, Tipping, monotone, tipping, wanted

EXACT = 1e-9


def searched(at: Callable[[int], float], size: int, mcse: float = EXACT) -> tuple[Tipping, int]:
    """What the search finds along a line, and how many places it looked at."""
    seen = {0: Seen(at(0), mcse)}
    while asked := wanted(seen, range(size)):
        for place, more in asked:
            assert place not in seen or (more and not seen[place].more)
            seen[place] = Seen(at(place), mcse, more)
    return tipping(seen), len(seen)


def brute(at: Callable[[int], float], size: int) -> Tipping:
    return tipping({place: Seen(at(place), EXACT) for place in range(size)})


@pytest.mark.parametrize("seed", range(40))
def test_the_search_finds_what_looking_everywhere_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = int(rng.integers(2, 90))
    line = np.sort(rng.beta(0.3, 0.3, size))[:: int(rng.choice([1, -1]))]
    found, looked = searched(lambda place: float(line[place]), size)
    assert found == brute(lambda place: float(line[place]), size)
    assert looked <= 3 + np.ceil(np.log2(size))


def test_an_answer_that_never_changes_is_looked_at_three_times() -> None:
    assert searched(lambda place: 0.5 + place / 1000, 100) == (Tipping(99, None, True), 3)


def test_a_line_that_goes_both_ways_is_looked_at_all_along() -> None:
    def hump(place: int) -> float:
        return 0.5 if abs(place - 50) > 20 else 0.97

    # The ends say the same; the middle does not.
    found, looked = searched(hump, 100)
    assert (found.holds, found.flips, found.monotone) == (29, 30, False)
    assert found == brute(hump, 100) and looked < 30


def test_more_draws_are_asked_for_where_an_answer_that_decides_is_near_a_threshold() -> None:
    seen = {0: Seen(0.99, 0.001), 1: Seen(0.94, 0.01, False), 2: Seen(0.5, 0.01, False)}
    assert wanted(seen, range(3)) == [(1, True)]
    seen[1] = Seen(0.94, 0.01, True)
    assert wanted(seen, range(3)) == []
    assert tipping(seen) == Tipping(0, 1, True)
    assert seen[1].near and not seen[0].near


def test_a_place_that_cannot_be_looked_at_is_passed_over() -> None:
    seen = {0: Seen(0.99, EXACT), 5: Seen(0.99, EXACT), 9: Seen(0.1, EXACT)}
    places = [0, 1, 2, 3, 4, 5, 6, 8, 9]
    while asked := wanted(seen, places):
        for place, _ in asked:
            assert place in places
            seen[place] = Seen(0.99 if place < 7 else 0.5, EXACT)
    assert tipping(seen) == Tipping(6, 8, True)


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        (0.95, "supported"),
        (0.9499, "cannot tell"),
        (0.0501, "cannot tell"),
        (0.05, "not supported"),
    ],
)
def test_answers_at_the_thresholds(value: float, answer: str) -> None:
    assert Seen(value, 0.0).answer == answer


def test_a_step_within_the_error_is_no_turn() -> None:
    line = {0: Seen(0.9, 0.01), 1: Seen(0.92, 0.01), 2: Seen(0.5, 0.02)}
    assert monotone(line)
    assert not monotone(line | {1: Seen(0.99, 0.01)})
