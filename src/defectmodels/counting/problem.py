"""Sums of independent counts, and what is said of them: the problem that is counted.

Invariant: a problem is a value; two that are equal have the same probability. Shown by
``tests/test_counting.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from defectmodels.errors import EvidenceError

FOREVER = 2**31 - 1


class BudgetError(EvidenceError):
    """Statements that cannot be counted jointly at a reasonable cost.

    Attributes
    ----------
    names : tuple of str
    cost : int
        Combinations of states and counts that one step would need.
    budget : float
        How many it may need.
    """

    def __init__(
        self, names: Sequence[str], cost: int, budget: float, advice: str = "leave one of them out"
    ) -> None:
        one = len(names) == 1
        super().__init__(
            f"{'statement' if one else 'statements'} {', '.join(names)}: counting "
            f"{'it' if one else 'them jointly'} needs {cost:,} combinations of counts in one step, "
            f"more than the {budget:,.0f} allowed; {'leave it out' if one else advice}"
        )
        self.names, self.cost, self.budget = tuple(names), cost, budget


class ConflictError(EvidenceError):
    """Statements that cannot all be true, though each is certain."""


@dataclass(frozen=True)
class Part:
    """One independent count: persons of published totals, and persons on days without one.

    Attributes
    ----------
    links : tuple of int
        For each total, the place of its share among the kernel's `p`.
    trials : tuple of int
        Persons of each total.
    free : int
        Place among the kernel's free means, or -1.
    """

    links: tuple[int, ...] = ()
    trials: tuple[int, ...] = ()
    free: int = -1

    @property
    def most(self) -> int:
        """Largest possible count."""
        return FOREVER if self.free >= 0 else sum(self.trials)


@dataclass(frozen=True)
class Split:
    """Parts that divide one total with each other (and, unless `whole`, with the rest of it)."""

    parts: tuple[int, ...]
    trials: int
    whole: bool = False


@dataclass(frozen=True)
class Sum:
    """A count that statements speak of: parts and persons known beforehand."""

    parts: tuple[int, ...]
    known: int = 0


@dataclass(frozen=True)
class Reading:
    """What one reading of a statement allows.

    Attributes
    ----------
    low, high : int
        Limits of the count itself; `FOREVER` has no upper end.
    tied : tuple of (int, np.ndarray, np.ndarray)
        For each sum compared with: its place, and the limits for its values 0, 1, 2 and so on; the
        last ones hold for all greater values.
    """

    low: int = 0
    high: int = FOREVER
    tied: tuple[tuple[int, np.ndarray, np.ndarray], ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Said:
    """A statement: which sum it speaks of, its readings, and their places among the weights.

    Attributes
    ----------
    untrue : int
        Place of the weight of its saying nothing, or -1 when it is certain.
    """

    name: str
    subject: int
    readings: tuple[Reading, ...]
    weights: tuple[int, ...]
    untrue: int = -1

    @property
    def sums(self) -> tuple[int, ...]:
        """Places of all sums that it speaks of."""
        others = [other for reading in self.readings for other, _, _ in reading.tied]
        return tuple(dict.fromkeys((self.subject, *others)))


@dataclass(frozen=True)
class Problem:
    """Counts and what is said of them."""

    parts: tuple[Part, ...]
    sums: tuple[Sum, ...]
    said: tuple[Said, ...]
    splits: tuple[Split, ...] = ()


def parts_of(problem: Problem, sums: Iterable[int]) -> list[int]:
    """Parts of sums, and those that divide totals with them."""
    parts = {p for s in sums for p in problem.sums[s].parts}
    members = {p for split in problem.splits if set(split.parts) & parts for p in split.parts}
    return sorted(parts | members)
