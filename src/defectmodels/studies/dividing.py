"""Published totals divided among the cells whose persons they count, for many draws at once.

Invariant: the cells of a total and its rest add up to it, and divide it as a multinomial by their weights.
Shown by ``tests/test_dividing.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

_TINY = np.finfo(float).tiny


@dataclass(frozen=True)
class Totals:
    """Totals that share no cell: np.ndarray (total, cell), bool."""

    cells: np.ndarray

    @cached_property
    def covered(self) -> np.ndarray:
        """Cells of which some total counts the persons: np.ndarray (cell,), bool."""
        return self.cells.any(axis=0)

    @cached_property
    def _inside(self) -> tuple[np.ndarray, np.ndarray]:
        """Cells of each total behind each other, np.ndarray (total, place), and which places are taken."""
        most = int(self.cells.sum(axis=1).max(initial=0))
        order = np.argsort(~self.cells, axis=1, kind="stable")[:, :most]
        return order, np.take_along_axis(self.cells, order, axis=1)

    def sums(self, values: np.ndarray) -> np.ndarray:
        """What the cells of each total add up to: np.ndarray (draw, total), from (draw, cell)."""
        order, there = self._inside
        found: np.ndarray = (values[:, order] * there).sum(axis=2)
        return found

    def divide(
        self, count: np.ndarray, weight: np.ndarray, rest: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """Divide each total among its cells, and a rest that is none of them.

        Parameters
        ----------
        count : np.ndarray (draw, total), int, persons
        weight : np.ndarray (draw, cell)
        rest : np.ndarray (draw, total), weight of the rest

        Returns
        -------
        np.ndarray (draw, cell), int
        """
        order, there = self._inside
        found = np.zeros(weight.shape, dtype=np.int64)
        own = weight[:, order] * there
        # One cell after the other takes its share of what those before it have left.
        left = own[:, :, ::-1].cumsum(axis=2)[:, :, ::-1] + rest[:, :, None]
        for at in range(order.shape[1]):
            share = np.clip(own[:, :, at] / np.maximum(left[:, :, at], _TINY), 0.0, 1.0)
            drawn = rng.binomial(count, share)
            count = count - drawn
            total = np.flatnonzero(there[:, at])
            found[:, order[total, at]] += drawn[:, total]
        return found
