"""The search itself: the next values of every assumption are fitted side by side, round by round.

Invariant: which values are looked at follows from what was found alone, so that a search taken up from its
folder goes the same way. Shown by ``tests/test_flip.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from defectmodels.errors import FitError
from defectmodels.estimands.checks import PARETO_K
from defectmodels.inference.running import Failure, Outcomes
from defectmodels.studies.flip_cases import REFITTED, Assumption, Kind
from defectmodels.studies.flip_run import MORE, Found, Task, answers, seen
from defectmodels.studies.flip_search import Seen, wanted

BASE = "as it is"
"""Key of the fit in which nothing is changed."""
MOMENT = 2.0
"""Largest mean square of importance weights that are used, their mean being 1. What has a probability p with
an origin has sqrt(MOMENT p) at most without it (Cauchy and Schwarz): what no draw in a thousand shows stays
below 5%. Pareto k of a few hundred draws does not tell as much."""
Record = dict[str, Any]


@dataclass(frozen=True)
class Look:
    """What was found at one value of an assumption.

    Attributes
    ----------
    found : dict of str to (float, float)
        Probability and Monte Carlo error by question.
    how : str
        'refit', 'same draws', 'weights' or 'mixture'.
    more : bool
        Whether more draws cannot be asked for.
    record : dict
        Of the refit.
    """

    found: Found
    how: str
    more: bool = True
    record: Record = field(default_factory=dict)


@dataclass
class Search:
    """A search under way.

    Attributes
    ----------
    assumptions : tuple of Assumption
    pairs : tuple of (str, str)
        Further spans that the fit as it is was read at.
    most : int
        Draws beyond which no more are asked for.
    every : bool
        Whether every value is looked at.
    run : callable
        From tasks to their outcomes.
    looks : dict of str to dict of int to Look
        By assumption and place of the value.
    skipped : dict of str to str
        Assumptions that could not be moved, and why.
    failures : list of Failure
    refits : int
    """

    assumptions: tuple[Assumption, ...]
    pairs: tuple[tuple[str, str], ...]
    most: int
    every: bool
    run: Callable[[dict[str, Task]], Outcomes]
    looks: dict[str, dict[int, Look]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    refits: int = 0
    _lost: set[tuple[str, int]] = field(default_factory=set)

    def go(self) -> None:
        """Search until nothing is wanted.

        Raises
        ------
        FitError
            When the fit in which nothing is changed failed.
        """
        # The ends and the middle are looked at whatever the fit as it is says.
        tasks = {BASE: Task()}
        for one in self._of(*REFITTED):
            last = len(one.values) - 1
            for at in dict.fromkeys((last, (last + 1) // 2)):
                tasks |= self._task(one, at)
        base = self._do(tasks)
        tasks = self._read(base)
        while tasks := tasks | self._next():
            self._do(tasks)
            tasks = {}

    def line(self, one: Assumption, question: str) -> dict[int, Seen]:
        """What was found along the values of an assumption."""
        looks = self.looks[one.key].items()
        return {at: seen(look.found[question], look.more) for at, look in looks}

    def questions(self, one: Assumption) -> tuple[str, ...]:
        """What is asked; of a single group there is no share."""
        return tuple(self.looks[one.key][0].found)

    def _of(self, *kinds: Kind) -> list[Assumption]:
        return [one for one in self.assumptions if one.kind in kinds]

    def _task(self, one: Assumption, at: int, more: bool = False) -> dict[str, Task]:
        value = one.values[at]
        key = f"{one.key} at {value:g}{f' x{MORE}' if more else ''}"
        return {key: Task(one, value, times=MORE if more else 1)}

    def _next(self) -> dict[str, Task]:
        """Refits that the assumptions want next."""
        tasks: dict[str, Task] = {}
        for one in self._of(*REFITTED):
            places = [at for at in range(len(one.values)) if (one.key, at) not in self._lost]
            for question in self.questions(one):
                for at, more in wanted(self.line(one, question), places):
                    tasks |= self._task(one, at, more)
            if self.every:
                for at in set(places) - set(self.looks[one.key]):
                    tasks |= self._task(one, at)
        return tasks

    def _do(self, tasks: Mapping[str, Task]) -> Record:
        """Do a round of refits and write down what they found; the record of the fit as it is, if any."""
        done = self.run(dict(tasks))
        self.failures += done.failures
        self.refits += len(done.results)
        for one in done.failures:
            self._fail(tasks[one.key], one.reason)
        for key, record in done.results.items():
            task = tasks[key]
            if task.origin:
                self._mix(self._reliability(task), record["pairs"][0], record, "refit")
            elif task.assumption is not None:
                at = task.assumption.values.index(task.value)
                look = Look(record["pairs"][0], "refit", record["draws"] >= self.most, record)
                self.looks.setdefault(task.assumption.key, {})[at] = look
        return done.results.get(BASE, {})

    def _fail(self, task: Task, reason: str) -> None:
        if task.assumption is None and not task.origin:
            raise FitError(f"the fit as it is failed: {reason}")
        if task.assumption is None:
            self.skipped[self._reliability(task).key] = reason
            return
        key, at = task.assumption.key, task.assumption.values.index(task.value)
        self._lost.add((key, at))
        # What was found with fewer draws goes, too: it would be doubted again, round after round.
        self.looks.get(key, {}).pop(at, None)

    def _read(self, base: Record) -> dict[str, Task]:
        """What the fit as it is says of every assumption; refits without origins that it cannot weigh."""
        whole = Look(base["pairs"][0], "same draws", record=base)
        spans = dict(zip(self.pairs, base["pairs"][1:], strict=True))
        for one in self.assumptions:
            looks = self.looks.setdefault(one.key, {})
            looks[0] = whole
            looks |= {at: Look(spans[two], "same draws") for at, two in enumerate(one.spans) if at}
        tasks = {}
        for one in self._of("reliability"):
            record = base["origins"][one.name]
            if "reason" in record:
                self.skipped[one.key] = record["reason"]
            elif record["k"] > PARETO_K or record["moment"] > MOMENT:
                tasks[f"without {one.name}"] = Task(origin=one.name)
            else:
                self._mix(one, record["found"], record, "weights")
        return tasks

    def _reliability(self, task: Task) -> Assumption:
        """The assumption that a refit without an origin is for."""
        return next(one for one in self._of("reliability") if one.name == task.origin)

    def _mix(self, one: Assumption, without: Found, record: Record, how: str) -> None:
        """What is found at every reliability of an origin, from what is found with and without it."""
        looks, last = self.looks[one.key], len(one.values) - 1
        looks[last] = Look(without, how, record=record)
        bayes, error = record.get("log_bayes"), record.get("log_bayes_error")
        # What is mixed of both lies between them.
        if answers(without) == answers(looks[0].found) or bayes is None or error is None:
            return
        for at in range(1, last):
            found = mixed(looks[0].found, without, one.values[at], bayes, error)
            looks[at] = Look(found, "mixture")


def mixed(whole: Found, without: Found, chance: float, log_bayes: float, error: float) -> Found:
    """Probabilities when an origin is reliable with some chance, and their Monte Carlo errors.

    Parameters
    ----------
    log_bayes, error : float
        Log of how much more probable the origin's statements are given all others than by the prior.
    """
    odds = math.log(chance) - math.log1p(-chance) + log_bayes
    weight = 1.0 / (1.0 + math.exp(-odds)) if odds > -700 else 0.0
    found = {}
    for name, (p, p_error) in whole.items():
        q, q_error = without[name]
        slope = (p - q) * weight * (1.0 - weight) * error
        mcse = math.hypot(weight * p_error, (1.0 - weight) * q_error, slope)
        found[name] = [weight * p + (1.0 - weight) * q, mcse]
    return found
