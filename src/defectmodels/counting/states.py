"""States of counting: what statements still have to know of the counts added so far.

A state is partial sums, cut off where more makes no difference, and which readings can still be
true. States that nobody can tell apart any more are one state.

Invariant: states that are made one lead to the same readings, whatever is added. Shown by
``tests/test_counting.py``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import gammaln

from defectmodels.counting.problem import Problem

_DENSE = 4
"""Largest number of possible states to one that occurs with which they are counted off."""


@dataclass
class Step:
    """One count added: runs of counts that lead from one state to another.

    Attributes
    ----------
    part, last : int
        What is added, and the last entry of its table.
    run_in, run_out, run_low, run_high, run_factor : np.ndarray (run,), int
        From which state, to which one, the lowest and the highest count, and by which factor.
    """

    part: int
    last: int
    states_in: int
    states_out: int
    run_in: np.ndarray
    run_out: np.ndarray
    run_low: np.ndarray
    run_high: np.ndarray
    run_factor: np.ndarray

    @cached_property
    def run_chain(self) -> np.ndarray:
        """How many runs, from each one on, are single counts of which each leads to the next state.

        They are what adding two counts is made of, and can be taken together.
        """
        single = self.run_low == self.run_high
        follows = single[1:] & single[:-1] & (np.diff(self.run_in) == 0)
        for column in (self.run_low, self.run_out):
            follows &= np.diff(column) == 1
        follows &= np.diff(self.run_factor) == 0
        last = np.append(np.flatnonzero(~follows), len(single) - 1)
        place = np.arange(len(single))
        return last[np.searchsorted(last, place)] - place + 1


class States:
    """All states of one component while its parts are added.

    `columns` is np.ndarray (what is known, state): what a state knows of each sum, of each statement
    (the readings that can still be true, as bits) and of each split.
    """

    def __init__(self, problem: Problem, said: Sequence[int], caps: dict[int, int]) -> None:
        self.problem, self.said, self.caps = problem, said, caps
        self.sums = sorted(caps)
        self.of_sum = {s: at for at, s in enumerate(self.sums)}
        self.of_said = {i: len(self.sums) + at for at, i in enumerate(said)}
        parts = {p for s in caps for p in problem.sums[s].parts}
        self.splits = [j for j, one in enumerate(problem.splits) if set(one.parts) & parts]
        first = len(self.sums) + len(said)
        self.of_split = {j: first + at for at, j in enumerate(self.splits)}
        self.columns = np.zeros((first + len(self.splits), 1), dtype=np.int32)
        for s, at in self.of_sum.items():
            self.columns[at] = min(problem.sums[s].known, caps[s])
        for i, at in self.of_said.items():
            self.columns[at] = (1 << len(problem.said[i].readings)) - 1
        self.done: set[int] = set()
        self.closed: set[int] = set()
        self.closed_splits: set[int] = set()
        self.factors: dict[tuple[float, tuple[tuple[int, ...], ...]], int] = {}

    @property
    def count(self) -> int:
        """Number of states."""
        return self.columns.shape[1]

    def _complete(self, s: int) -> bool:
        return set(self.problem.sums[s].parts) <= self.done

    def _grown(self, s: int, part: int) -> bool:
        """Whether a part has changed a sum; the first one stands for what is known beforehand."""
        return part in self.problem.sums[s].parts or self.done == {part}

    def _strike(self, columns: np.ndarray, part: int) -> None:
        """Strike out readings that have become false; a sum that is not complete can only grow.

        What has not changed is not looked at again: it may have been forgotten.
        """
        for i in self.said:
            one, still = self.problem.said[i], columns[self.of_said[i]]
            count, whole = columns[self.of_sum[one.subject]], self._complete(one.subject)
            changed = self._grown(one.subject, part)
            for bit, reading in enumerate(one.readings):
                false = []
                if changed:
                    false.append(count > reading.high)
                    if whole:
                        false.append(count < reading.low)
                for other, low, high in reading.tied:
                    if not (changed or self._grown(other, part)):
                        continue
                    if not self._complete(other):
                        low = np.minimum.accumulate(low[::-1])[::-1]
                        high = np.maximum.accumulate(high[::-1])[::-1]
                    value = np.minimum(columns[self.of_sum[other]], len(low) - 1)
                    false.append(count > high[value])
                    if whole:
                        false.append(count < low[value])
                for where in false:
                    np.bitwise_and(still, ~(1 << bit), out=still, where=where)

    def _dead(self, columns: np.ndarray) -> np.ndarray:
        dead = np.zeros(columns.shape[1], dtype=bool)
        for i in self.said:
            one = self.problem.said[i]
            if one.untrue < 0 and i not in self.closed:
                dead |= columns[self.of_said[i]] == 0
        for j, at in self.of_split.items():
            dead |= columns[at] > self.problem.splits[j].trials
        return dead

    def _close(self, columns: np.ndarray) -> np.ndarray:
        """Take out what is complete: np.ndarray (state,), the factor of each state."""
        keys: list[np.ndarray] = []
        labels: list[tuple[str, int]] = []
        for i in self.said:
            one = self.problem.said[i]
            if i in self.closed or not all(self._complete(s) for s in one.sums):
                continue
            self.closed.add(i)
            keys.append(columns[self.of_said[i]].copy())
            labels.append(("said", i))
            columns[self.of_said[i]] = 0
        for j, at in self.of_split.items():
            split = self.problem.splits[j]
            if set(split.parts) <= self.done and j not in self.closed_splits:
                self.closed_splits.add(j)
                keys.append(columns[at].copy())
                labels.append(("split", j))
                columns[at] = 0
        if not keys:
            return np.full(columns.shape[1], self._factor(1.0, ()))
        unique, inverse = _distinct(np.array(keys))
        found = np.array([self._named(labels, key) for key in unique.T])
        return found[inverse]

    def _named(self, labels: list[tuple[str, int]], key: np.ndarray) -> int:
        constant = 1.0
        patterns: list[tuple[int, ...]] = []
        for (kind, at), value in zip(labels, key.tolist(), strict=True):
            if kind == "split":
                split = self.problem.splits[at]
                if split.whole and value != split.trials:
                    return -1
                trials = split.trials
                log = (
                    gammaln(trials + 1)
                    - gammaln(trials - value + 1)
                    - value * np.log(max(trials, 1))
                )
                constant *= float(np.exp(log))
                continue
            one = self.problem.said[at]
            true = tuple(w for bit, w in enumerate(one.weights) if value >> bit & 1)
            chosen = true if one.untrue < 0 else (one.untrue, *true)
            if not chosen:
                return -1
            patterns.append(chosen)
        return self._factor(constant, tuple(patterns))

    def _factor(self, constant: float, patterns: tuple[tuple[int, ...], ...]) -> int:
        return self.factors.setdefault((constant, patterns), len(self.factors))

    def _waiting(self, s: int, i: int) -> int:
        """Bits of the readings of an open statement that still have to know a sum."""
        one, found = self.problem.said[i], 0
        for bit, reading in enumerate(one.readings):
            tied = [other for other, _, _ in reading.tied]
            # A complete sum waits for those that it is compared with.
            with_it = tied if s == one.subject else [one.subject]
            concerned = s == one.subject or s in tied
            if concerned and not all(self._complete(o) for o in (s, *with_it)):
                found |= 1 << bit
        return found

    def _forget(self, columns: np.ndarray, used: Sequence[int]) -> None:
        """Set sums to 0 that no reading needs any more, state by state; others than `used` are 0."""
        for s, at in self.of_sum.items():
            if at not in used:
                continue
            waiting = {
                i: self._waiting(s, i)
                for i in self.said
                if i not in self.closed and s in self.problem.said[i].sums
            }
            needed = [columns[self.of_said[i]] & bits != 0 for i, bits in waiting.items() if bits]
            if needed:
                columns[at] *= np.logical_or.reduce(needed)
            else:
                columns[at] = 0

    def add(self, part: int, last: int) -> Step:
        """Add a part: every state, with every count."""
        before = self.count
        counts = np.tile(np.arange(last + 1, dtype=np.int32), before)
        origin = np.repeat(np.arange(before), last + 1)
        sums = [at for s, at in self.of_sum.items() if part in self.problem.sums[s].parts]
        splits = [at for j, at in self.of_split.items() if part in self.problem.splits[j].parts]
        # Most columns are 0: what is forgotten, and what is not begun.
        used = sorted({*np.flatnonzero(self.columns.any(axis=1)).tolist(), *sums, *splits})
        columns = np.zeros((len(self.columns), len(counts)), dtype=np.int32)
        for at in used:
            columns[at] = np.repeat(self.columns[at], last + 1)
        for at in sums:
            np.minimum(columns[at] + counts, self.caps[self.sums[at]], out=columns[at])
        for at in splits:
            columns[at] += counts
        self.done.add(part)
        self._strike(columns, part)
        dead = self._dead(columns)
        factor = self._close(columns)
        self._forget(columns, used)
        columns = columns[used]
        alive = np.flatnonzero(~dead & (factor >= 0))
        if not len(alive):
            raise Dead
        # Mostly all are: a statement that may be untrue rules nothing out.
        if len(alive) < len(factor):
            columns = columns[:, alive]
            origin, counts, factor = origin[alive], counts[alive], factor[alive]
        distinct, target = _distinct(columns)
        self.columns = np.zeros((len(self.columns), distinct.shape[1]), dtype=np.int32)
        self.columns[used] = distinct
        starts = np.ones(len(target), dtype=bool)
        starts[1:] = (
            (origin[1:] != origin[:-1])
            | (target[1:] != target[:-1])
            | (factor[1:] != factor[:-1])
            | (counts[1:] != counts[:-1] + 1)
        )
        first = np.flatnonzero(starts)
        end = np.append(first[1:], len(target)) - 1
        return Step(
            part,
            last,
            before,
            self.count,
            origin[first],
            target[first],
            counts[first],
            counts[end],
            factor[first],
        )


def _distinct(columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct states, in order, and which of them each is: np.ndarray (column, state), (state,)."""
    widths = columns.max(axis=1).tolist()
    size = math.prod(width + 1 for width in widths)
    if size >= 2**62:
        distinct, which = np.unique(columns, axis=1, return_inverse=True)
        return distinct, which.ravel()
    # One number for each state sorts much faster than states do.
    key = np.zeros(columns.shape[1], dtype=np.int64)
    for width, column in zip(widths, columns, strict=True):
        if width:
            key *= width + 1
            key += column
    if size > _DENSE * len(key):
        _, first, which = np.unique(key, return_index=True, return_inverse=True)
        return columns[:, first], which.ravel()
    # Where most numbers occur they need not be sorted: the states that do are counted off.
    place = np.full(size, -1)
    place[key] = np.arange(len(key))
    there = place >= 0
    return columns[:, place[there]], (np.cumsum(there) - 1)[key]


class Dead(Exception):
    """No state is left."""
