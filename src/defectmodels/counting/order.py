"""In which order counts are added: how far each has to be followed, and what an order costs.

The order is the one with the smallest estimated cost: of all orders for a few counts, and else of
those that begin cheaply.

Invariant: the same problem has the same order, whatever else is counted beside it. Shown by
``tests/test_counting.py``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np

from defectmodels.counting.problem import FOREVER, Problem

LIMIT = 300
"""Largest count that is followed where two counts are compared; beyond it is "this many or more"."""
FOLLOWED = 150
"""Sets of parts of one size that are followed in search of the cheapest order: all, up to 9 parts."""


def _most(problem: Problem, s: int) -> int:
    one = problem.sums[s]
    return min(FOREVER, one.known + sum(problem.parts[p].most for p in one.parts))


def caps_of(problem: Problem, said: Sequence[int]) -> dict[int, int]:
    """For each sum, the value from which on a larger one makes no difference."""
    caps: dict[int, int] = {}

    def need(s: int, value: int) -> None:
        caps[s] = min(max(caps.get(s, 0), value), _most(problem, s))

    for i in said:
        one = problem.said[i]
        # Persons known beforehand are no count that has to be followed.
        limit = LIMIT + max(problem.sums[s].known for s in one.sums)
        subject_most = min(_most(problem, one.subject), limit)
        for reading in one.readings:
            need(one.subject, reading.low)
            if reading.high < FOREVER:
                need(one.subject, reading.high + 1)
            for other, low, high in reading.tied:
                other_most = min(_most(problem, other), limit, len(low) - 1)
                settled = (low > subject_most) | ((low <= 0) & (high >= subject_most))
                # From the first value on from which all greater ones are settled alike.
                same = settled & ((low > subject_most) == (low[-1] > subject_most))
                first = int(len(low) - np.argmin(same[::-1])) if not same.all() else 0
                need(other, min(first, other_most))
                reach = min(first, other_most) + 1
                finite = high[:reach][high[:reach] < FOREVER]
                top = max(int(low[:reach].max()), int(finite.max(initial=-1)) + 1)
                need(one.subject, min(top, subject_most))
    return caps


class _Cost:
    """Estimated cost of adding parts in some order; sets of parts are the bits of a number."""

    def __init__(
        self, problem: Problem, parts: Sequence[int], said: Sequence[int], caps: dict[int, int]
    ) -> None:
        self.last = {p: last_of(problem, p, caps) for p in parts}
        of_sum = {s: _bits(problem.sums[s].parts) for s in caps}
        self.splits = [
            (_bits(split.parts), split.trials)
            for split in problem.splits
            if set(split.parts) <= set(parts)
        ]
        # A complete sum waits for those that it is compared with.
        awaited = dict.fromkeys(caps, 0)
        for one in (problem.said[i] for i in said):
            for s in one.sums:
                for other in one.sums if s == one.subject else (s, one.subject):
                    awaited[s] |= of_sum[other]
        self.sums = [(of_sum[s], awaited[s], cap) for s, cap in caps.items()]
        self.used = {p: [one for one in self.sums if one[0] >> p & 1] for p in parts}
        self.shared = {p: any(own >> p & 1 for own, _ in self.splits) for p in parts}
        self.known: dict[int, float] = {}
        self.most: dict[int, int] = {0: 0}
        self.outcomes: dict[int, float] = {}

    def _most(self, own: int) -> int:
        """Largest sum of some parts."""
        if own not in self.most:
            first = own & -own
            self.most[own] = self._most(own ^ first) + self.last[first.bit_length() - 1]
        return self.most[own]

    def _outcomes(self, own: int) -> float:
        """How many outcomes some parts have."""
        if own not in self.outcomes:
            counts = (last + 1.0 for p, last in self.last.items() if own >> p & 1)
            self.outcomes[own] = math.prod(counts)
        return self.outcomes[own]

    def states(self, done: int) -> float:
        """Roughly how many states there are when these parts are added."""
        if done in self.known:
            return self.known[done]
        # Sums that a statement still has to know; those of the same parts so far are one number.
        begun: dict[int, int] = {}
        for parts, awaited, cap in self.sums:
            own = parts & done
            if own and awaited & ~done and cap > begun.get(own, -1):
                begun[own] = cap
        found, waited = 1.0, 0
        for own, cap in begun.items():
            waited |= own
            found *= min(cap, self._most(own)) + 1
        # No more states than outcomes of the parts that they are made of.
        found = min(found, self._outcomes(waited))
        for members, trials in self.splits:
            if members & done and members & ~done:
                found *= trials + 1
        self.known[done] = found
        return found

    def step(self, done: int, part: int) -> float:
        """Roughly how many transitions adding a part takes."""
        after = done | 1 << part
        # What is only compared at once leaves two or three runs of counts a state; making them costs
        # a little all the same.
        few = not (self.shared[part] or any(one[1] & ~after for one in self.used[part]))
        counts = self.last[part] + 1
        return self.states(done) * (3.0 + 0.03 * counts if few else counts)


def _bits(places: Sequence[int]) -> int:
    return sum(1 << p for p in places)


def cheapest_order(
    problem: Problem, parts: Sequence[int], said: Sequence[int], caps: dict[int, int], followed: int
) -> tuple[float, list[int]]:
    """Smallest estimated cost of adding all parts, and their order.

    Shortest path over sets of parts: what is left to do depends on the set only. Of the sets of one
    size the cheapest are followed.
    """
    cost = _Cost(problem, parts, said, caps)
    paths: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
    for _ in parts:
        longer: dict[int, tuple[float, list[int]]] = {}
        for done, (price, order) in paths.items():
            for part in parts:
                if done >> part & 1:
                    continue
                after, total = done | 1 << part, price + cost.step(done, part)
                known = longer.get(after)
                # Of equally dear orders the first one, whatever way they were found.
                if known is None or total < known[0] or (total, [*order, part]) < known:
                    longer[after] = total, [*order, part]
        cheapest: Iterable[int] = longer
        if len(longer) > followed:
            cheapest = sorted(longer, key=lambda done: (longer[done][0] + cost.states(done), done))
        paths = {done: longer[done] for done in islice(cheapest, followed)}
    return paths[_bits(parts)]


def last_of(problem: Problem, part: int, caps: dict[int, int]) -> int:
    """Last entry of a part's table."""
    most = problem.parts[part].most
    if any(part in split.parts for split in problem.splits):
        return most
    needed = [cap for s, cap in caps.items() if part in problem.sums[s].parts]
    return min(most, max(needed))
