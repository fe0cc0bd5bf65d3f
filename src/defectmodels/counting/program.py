"""From sums of independent counts and what is said of them to steps that a kernel can run.

Statements that share no persons are counted apart. Of the others counts are added one after the
other (`defectmodels.counting.order`), and a state is what the statements still have to know
(`defectmodels.counting.states`).

Invariant: the program's probability is that of enumerating all counts; a set of statements that
would cost more than the budget is refused by name. Shown by ``tests/test_counting.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.special import gammaln

from defectmodels.counting.kernel import EXTRA, SECTIONS, SERIES, SHARED, SINGLE
from defectmodels.counting.order import FOLLOWED, caps_of, cheapest_order, last_of
from defectmodels.counting.problem import BudgetError, ConflictError, Problem, Reading, parts_of
from defectmodels.counting.states import Dead, States, Step

BUDGET = 2_000_000
"""Largest number of states times counts of one step: 16 bytes each, and some nanoseconds."""


@dataclass
class _Component:
    """Statements that have to be counted together, compiled.

    The part of a step is a place among `parts`, which are places in the problem.
    """

    said: tuple[int, ...]
    parts: tuple[int, ...]
    steps: list[Step]
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
    parts = parts_of(problem, sums)
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


def price(problem: Problem) -> float:
    """Roughly how many transitions a problem takes, whatever the budget, by a quick search."""
    found = 0.0
    for said in _joined(problem):
        caps = caps_of(problem, said)
        found += cheapest_order(problem, parts_of(problem, caps), said, caps, FOLLOWED // 15)[0]
    return found


def _compile(problem: Problem, budget: float) -> _Component:
    """Compile statements that all have to be counted together."""
    said = tuple(range(len(problem.said)))
    caps = caps_of(problem, said)
    parts = parts_of(problem, caps)
    names = [one.name for one in problem.said]
    states = States(problem, said, caps)
    steps = []
    for part in cheapest_order(problem, parts, said, caps, FOLLOWED)[1]:
        last = last_of(problem, part, caps)
        cost = states.count * (last + 1)
        if cost > budget:
            raise BudgetError(names, cost, budget)
        try:
            steps.append(states.add(part, last))
        except Dead:
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

    def step(self, step: Step, table: int) -> None:
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
