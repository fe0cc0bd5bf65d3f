"""Totals divided among cells, against the multinomial."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy import stats

from defectmodels.studies.dividing import Totals

CELLS = np.array([[1, 0, 1, 0, 1], [0, 1, 0, 0, 0]], dtype=bool)
TOTALS = Totals(CELLS)


def test_cells_and_rest_add_up_to_the_total() -> None:
    rng = np.random.default_rng(1)
    count, weight = rng.integers(0, 50, (200, 2)), rng.random((200, 5))
    none = TOTALS.divide(count, weight, np.zeros((200, 2)), rng)
    np.testing.assert_array_equal(TOTALS.sums(none), count)
    assert not none[:, 3].any()
    some = TOTALS.divide(count, weight, np.ones((200, 2)), rng)
    assert (TOTALS.sums(some) <= count).all() and (TOTALS.sums(some) < count).any()


def test_the_division_is_multinomial() -> None:
    draws, rest = 40_000, 0.7
    weight = np.array([0.5, 1.0, 1.2, 9.0, 0.1])
    found = TOTALS.divide(
        np.tile([3, 5], (draws, 1)),
        np.tile(weight, (draws, 1)),
        np.tile([rest, 0.0], (draws, 1)),
        np.random.default_rng(2),
    )
    assert (found[:, 1] == 5).all()
    grid = np.array([n for n in product(range(4), repeat=3) if sum(n) <= 3])
    share = np.array([0.5, 1.2, 0.1, rest]) / 2.5
    whole = np.concatenate([grid, 3 - grid.sum(axis=1, keepdims=True)], axis=1)
    wanted = draws * stats.multinomial.pmf(whole, 3, share)
    seen = np.array([(found[:, [0, 2, 4]] == one).all(axis=1).sum() for one in grid])
    often = wanted > 5
    assert seen[~often].sum() < 40
    wanted = wanted[often] * seen[often].sum() / wanted[often].sum()
    assert stats.chisquare(seen[often], wanted).pvalue > 1e-3


def test_a_total_without_weight_is_left_where_it_is() -> None:
    rng = np.random.default_rng(3)
    found = TOTALS.divide(np.array([[4, 2]]), np.zeros((1, 5)), np.ones((1, 2)), rng)
    assert not found.any() and TOTALS.covered.tolist() == [True, True, True, False, True]


def test_no_totals_divide_nothing() -> None:
    none = Totals(np.zeros((0, 5), dtype=bool))
    assert none.sums(np.ones((3, 5))).shape == (3, 0)
    found = none.divide(
        np.zeros((3, 0), int), np.ones((3, 5)), np.zeros((3, 0)), np.random.default_rng(4)
    )
    assert found.shape == (3, 5) and not found.any()
