"""From sums of independent counts and what is said of them to steps that a kernel can run.

Counts are added one after the other. The state is what the statements still have to know: partial
sums, cut off where more makes no difference, and which readings can still be true. States that
nobody can tell apart any more are one state. The order is the one with the smallest estimated cost:
of all orders for a few counts, and else of those that begin cheaply.

Invariant: the program's probability is that of enumerating all counts; a set of statements that
would cost more than the budget is refused by name. Shown by ``tests/test_counting.py``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice

import numpy as np
from scipy.special import gammaln

from defectmodels.counting.kernel import EXTRA, SECTIONS, SERIES, SHARED, SINGLE
from defectmodels.errors import EvidenceError

BUDGET = 2_000_000
"""Largest number of states times counts of one step: 16 bytes each, and some nanoseconds."""
LIMIT = 300
"""Largest count that is followed where two counts are compared; beyond it is "this many or more"."""
FOREVER = 2**31 - 1
_DENSE = 4
"""Largest number of possible states to one that occurs with which they are counted off."""
FOLLOWED = 150
"""Sets of parts of one size that are followed in search of the cheapest order: all, up to 9 parts."""


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


@dataclass
class _Step:
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


@dataclass
class _Component:
    """Statements that have to be counted together, compiled.

    The part of a step is a place among `parts`, which are places in the problem.
    """

    said: tuple[int, ...]
    parts: tuple[int, ...]
    steps: list[_Step]
    factors: list[tuple[float, tuple[tuple[int, ...], ...]]]
    splits: tuple[int, ...]


@dataclass(frozen=True)
class Alone:
    """Some statements that share no persons with others, as a problem of their own.

    Attributes
    ----------
    problem : Problem
        Its parts, sums, statements, splits and weights are numbered from 0, in the order of the whole.
    said, parts, sums, splits, weights : tuple of int
        Their places in the whole.
    """

    problem: Problem
    said: tuple[int, ...]
    parts: tuple[int, ...]
    sums: tuple[int, ...]
    splits: tuple[int, ...]
    weights: tuple[int, ...]

    @property
    def key(self) -> object:
        """Everything that its steps follow from: equal keys have equal steps."""
        said = tuple(
            (one.subject, one.weights, one.untrue, tuple(map(_reading_key, one.readings)))
            for one in self.problem.said
        )
        most = tuple(part.most for part in self.problem.parts)
        return most, self.problem.sums, said, self.problem.splits

    def placed(self, own: _Component) -> _Component:
        """What was compiled of this problem, in the numbers of the whole."""
        factors = [
            (constant, tuple(tuple(self.weights[w] for w in one) for one in patterns))
            for constant, patterns in own.factors
        ]
        return _Component(self.said, self.parts, own.steps, factors, self.splits)


def _reading_key(reading: Reading) -> object:
    tied = tuple((other, low.tobytes(), high.tobytes()) for other, low, high in reading.tied)
    return reading.low, reading.high, tied


def alone(problem: Problem, said: tuple[int, ...]) -> Alone:
    """Take some statements out of a problem that share no persons with others."""
    own = [problem.said[i] for i in said]
    sums = sorted({s for one in own for s in one.sums})
    parts = _parts(problem, sums)
    splits = [j for j, one in enumerate(problem.splits) if set(one.parts) & set(parts)]
    weights = sorted({w for one in own for w in (*one.weights, one.untrue) if w >= 0})
    part_at, sum_at, weight_at = (
        {one: at for at, one in enumerate(places)} for places in (parts, sums, weights)
    )

    def moved(one: Reading) -> Reading:
        return replace(one, tied=tuple((sum_at[s], low, high) for s, low, high in one.tied))

    small = Problem(
        tuple(problem.parts[p] for p in parts),
        tuple(
            replace(problem.sums[s], parts=tuple(part_at[p] for p in problem.sums[s].parts))
            for s in sums
        ),
        tuple(
            replace(
                one,
                subject=sum_at[one.subject],
                readings=tuple(map(moved, one.readings)),
                weights=tuple(weight_at[w] for w in one.weights),
                untrue=weight_at.get(one.untrue, -1),
            )
            for one in own
        ),
        tuple(
            replace(problem.splits[j], parts=tuple(part_at[p] for p in problem.splits[j].parts))
            for j in splits
        ),
    )
    return Alone(small, said, tuple(parts), tuple(sums), tuple(splits), tuple(weights))


def _joined(problem: Problem) -> list[tuple[int, ...]]:
    """Statements that share parts or totals, in sets."""
    label = list(range(len(problem.parts)))

    def join(parts: Sequence[int]) -> None:
        found = {label[i] for i in parts}
        if found:
            least = min(found)
            label[:] = [least if one in found else one for one in label]

    for split in problem.splits:
        join(split.parts)
    touched = [tuple(p for s in said.sums for p in problem.sums[s].parts) for said in problem.said]
    for parts in touched:
        join(parts)
    sets: dict[int, list[int]] = {}
    for i, parts in enumerate(touched):
        sets.setdefault(label[parts[0]] if parts else -1 - i, []).append(i)
    return [tuple(found) for found in sets.values()]


def _most(problem: Problem, s: int) -> int:
    one = problem.sums[s]
    return min(FOREVER, one.known + sum(problem.parts[p].most for p in one.parts))


def _caps(problem: Problem, said: Sequence[int]) -> dict[int, int]:
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
        self.last = {p: _last(problem, p, caps) for p in parts}
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


def _order(
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


def _last(problem: Problem, part: int, caps: dict[int, int]) -> int:
    """Last entry of a part's table."""
    most = problem.parts[part].most
    if any(part in split.parts for split in problem.splits):
        return most
    needed = [cap for s, cap in caps.items() if part in problem.sums[s].parts]
    return min(most, max(needed))


class _States:
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

    def add(self, part: int, last: int) -> _Step:
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
            raise _Dead
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
        return _Step(
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


class _Dead(Exception):
    """No state is left."""


def _parts(problem: Problem, sums: Iterable[int]) -> list[int]:
    """Parts of sums, and those that divide totals with them."""
    parts = {p for s in sums for p in problem.sums[s].parts}
    members = {p for split in problem.splits if set(split.parts) & parts for p in split.parts}
    return sorted(parts | members)


def price(problem: Problem) -> float:
    """Roughly how many transitions a problem takes, whatever the budget, by a quick search."""
    found = 0.0
    for said in _joined(problem):
        caps = _caps(problem, said)
        found += _order(problem, _parts(problem, caps), said, caps, FOLLOWED // 15)[0]
    return found


def _compile(problem: Problem, budget: float) -> _Component:
    """Compile statements that all have to be counted together."""
    said = tuple(range(len(problem.said)))
    caps = _caps(problem, said)
    parts = _parts(problem, caps)
    names = [one.name for one in problem.said]
    states = _States(problem, said, caps)
    steps = []
    for part in _order(problem, parts, said, caps, FOLLOWED)[1]:
        last = _last(problem, part, caps)
        cost = states.count * (last + 1)
        if cost > budget:
            raise BudgetError(names, cost, budget)
        try:
            steps.append(states.add(part, last))
        except _Dead:
            raise ConflictError(f"statements {', '.join(names)} cannot all be true") from None
    return _Component(
        said, tuple(range(len(problem.parts))), steps, list(states.factors), tuple(states.splits)
    )


def _conflict(problem: Problem, said: tuple[int, ...]) -> ConflictError:
    """Name a smallest set of certain statements that cannot all be true."""
    kept = [i for i in said if problem.said[i].untrue < 0]
    for i in list(kept):
        fewer = tuple(j for j in kept if j != i)
        if _impossible(problem, fewer):
            kept.remove(i)
    names = [problem.said[i].name for i in kept]
    return ConflictError(
        f"the certain statements {', '.join(names)} cannot all be true; leave one of them out, "
        "or give it a weight of being untrue"
    )


def _impossible(problem: Problem, said: tuple[int, ...]) -> bool:
    smaller = Problem(
        problem.parts, problem.sums, tuple(problem.said[i] for i in said), problem.splits
    )
    for one in _joined(smaller):
        try:
            _compile(alone(smaller, one).problem, np.inf)
        except ConflictError:
            return True
    return False


@dataclass(frozen=True)
class Program:
    """A compiled problem.

    Attributes
    ----------
    components : tuple of tuple of int
        For each set that is counted together, the places of its statements.
    ints, floats : np.ndarray
        What the kernel reads.
    weights : int
        How many weights the kernel is given.
    patterns : tuple of tuple of int
        For each pattern, the weights that add up in it.
    steps : mapping
        What each set was compiled to, by its content, for another program that has some of them.
    """

    components: tuple[tuple[int, ...], ...]
    ints: np.ndarray = field(repr=False, compare=False)
    floats: np.ndarray = field(repr=False, compare=False)
    weights: int = 0
    patterns: tuple[tuple[int, ...], ...] = ()
    steps: Mapping[object, _Component] = field(default_factory=dict, repr=False, compare=False)


def compile_problem(
    problem: Problem, budget: float = BUDGET, like: Program | None = None
) -> Program:
    """Compile a problem.

    Parameters
    ----------
    like : Program, optional
        Compiled with this budget. Sets of statements that it has too are not compiled again.

    Raises
    ------
    BudgetError
        Naming the statements and the cost.
    ConflictError
        Naming a smallest set of certain statements that cannot all be true.
    """
    known, steps, found = like.steps if like else {}, {}, []
    for said in _joined(problem):
        own = alone(problem, said)
        key = own.key
        try:
            steps[key] = known[key] if key in known else _compile(own.problem, budget)
        except ConflictError:
            raise _conflict(problem, said) from None
        found.append(own.placed(steps[key]))
    return _pack(problem, found, steps)


class _Packer:
    """Lists that become the packed arrays; of runs, one array for each step."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.lists: dict[str, list[int]] = {name: [] for name in SECTIONS}
        self.runs: dict[str, list[np.ndarray]] = {name: [] for name in _OF_RUNS}
        self.floats: list[float] = []
        self.places: dict[tuple[object, ...], int] = {}
        self.tables = self.pointers = self.run_count = 0
        for name in (
            "component_step",
            "component_table",
            "component_factor",
            "component_split",
            "table_link",
            "factor_pattern",
            "pattern_weight",
            "split_table",
        ):
            self.lists[name].append(0)
        self.pattern: dict[tuple[int, ...], int] = {}

    def constants(self, key: tuple[object, ...], values: np.ndarray) -> int:
        """Place of a table of constants."""
        if key not in self.places:
            self.places[key] = len(self.floats)
            self.floats += values.tolist()
        return self.places[key]

    def table(self, part: int, last: int, split: int) -> None:
        """Add the table of a part."""
        one, put = self.problem.parts[part], self.lists
        single = len(one.links) == 1 and one.free < 0
        kind = SHARED if split >= 0 else SINGLE if single else SERIES
        tail = last < one.most
        limit = min(one.most, last + EXTRA + last // 2) if tail else last
        counts = np.arange(limit + 1)
        place = -1
        if kind == SINGLE:
            n = one.trials[0]
            log = gammaln(n + 1) - gammaln(counts + 1) - gammaln(n - counts + 1)
            place = self.constants(("binomial", n, limit), log)
        elif kind == SHARED:
            place = self.constants(("factorial", limit), gammaln(counts + 1))
        for name, value in (
            ("table_kind", kind),
            ("table_last", last),
            ("table_tail", int(tail)),
            ("table_limit", limit),
            ("table_free", one.free),
            ("table_constant", place),
            ("table_split", split),
        ):
            put[name].append(value)
        put["link"] += one.links
        put["trials"] += one.trials
        put["table_link"].append(len(put["link"]))
        self.tables += 1

    def step(self, step: _Step, table: int) -> None:
        """Add a step; its factors are those of its component."""
        put = self.lists
        put["step_table"].append(table)
        put["step_in"].append(step.states_in)
        put["step_out"].append(step.states_out)
        put["step_pointer"].append(self.pointers)
        ends = np.searchsorted(step.run_in, np.arange(step.states_in + 1))
        found = (
            self.run_count + ends,
            step.run_out,
            step.run_low,
            step.run_high,
            step.run_factor,
            step.run_chain,
        )
        for name, one in zip(_OF_RUNS, found, strict=True):
            self.runs[name].append(one)
        self.pointers += len(ends)
        self.run_count += len(step.run_in)

    def factor(self, constant: float, patterns: tuple[tuple[int, ...], ...]) -> None:
        """Add a factor: a constant times what its statements' readings weigh."""
        put = self.lists
        put["factor_constant"].append(self.constants(("factor", constant), np.array([constant])))
        for weights in patterns:
            if weights not in self.pattern:
                self.pattern[weights] = len(self.pattern)
                put["weight"] += weights
                put["pattern_weight"].append(len(put["weight"]))
            put["pattern"].append(self.pattern[weights])
        put["factor_pattern"].append(len(put["pattern"]))

    def section(self, name: str) -> np.ndarray:
        """A section of the packed integers."""
        if name in self.runs:
            return np.concatenate([np.zeros(0, dtype=np.int64), *self.runs[name]])
        return np.array(self.lists[name], dtype=np.int64)


_OF_RUNS = ("pointer", "run_state", "run_low", "run_high", "run_factor", "run_chain")
"""Sections that have an entry for every run, or for every state that has some."""


def _pack(
    problem: Problem, components: Sequence[_Component], steps: Mapping[object, _Component]
) -> Program:
    packer = _Packer(problem)
    put = packer.lists
    for one in components:
        place = {}
        of_part = {p: j for j in one.splits for p in problem.splits[j].parts}
        for step in one.steps:
            part = one.parts[step.part]
            place[part] = packer.tables
            local = len(put["split_trials"]) + (
                one.splits.index(of_part[part]) if part in of_part else 0
            )
            packer.table(part, step.last, local if part in of_part else -1)
            packer.step(step, place[part])
        for j in one.splits:
            split = problem.splits[j]
            put["split_member"] += [place[p] for p in split.parts]
            put["split_table"].append(len(put["split_member"]))
            put["split_trials"].append(split.trials)
            put["split_whole"].append(int(split.whole))
        for constant, patterns in one.factors:
            packer.factor(constant, patterns)
        put["component_step"].append(len(put["step_table"]))
        put["component_table"].append(packer.tables)
        put["component_factor"].append(len(put["factor_constant"]))
        put["component_split"].append(len(put["split_trials"]))
    sections = [packer.section(name) for name in SECTIONS]
    ends = np.cumsum([len(SECTIONS) + 1, *(len(section) for section in sections)])
    # What a caller has to know stands at the end, where no section can move it.
    tail = [len(components), len(packer.pattern)]
    ints = np.concatenate([ends, *sections, tail]).astype(np.int64)
    floats = np.array(packer.floats or [0.0])
    weights = 1 + max(
        (w for said in problem.said for w in (*said.weights, said.untrue)), default=-1
    )
    return Program(
        tuple(one.said for one in components),
        ints,
        floats,
        weights,
        tuple(packer.pattern),
        steps,
    )
