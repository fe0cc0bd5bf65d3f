"""Where along a line of values an answer becomes another: which values to look at next, and what was found.

The ends and the middle are looked at first. Where the probability does not move one way, values all along the
line are looked at, too. The first place at which the answer changes is then found by halving. Where an answer
that decides lies within two Monte Carlo errors of a threshold, it is asked for once more, with more draws.

Invariant: what is found is what looking at every value finds, where the probabilities move one way and are
exact.
Shown by ``tests/test_flip_search.py``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from defectmodels.estimands.decision import SURE, Chance, near

Answer = Literal["supported", "cannot tell", "not supported"]
_FAR = 4.0
"""Monte Carlo errors by which a step the other way is no longer taken for chance."""
_GRID = 12
"""Values looked at along a line on which the probability moves both ways."""


class Seen(NamedTuple):
    """Probability at one value, its Monte Carlo error, and whether more draws cannot be asked for."""

    value: float
    mcse: float
    more: bool = True

    @property
    def answer(self) -> Answer:
        """On which side of the thresholds the probability is.

        Unlike a claim's verdict, it need not be clear of them; `near` says whether it is.
        """
        if self.value >= SURE:
            return "supported"
        return "not supported" if self.value <= 1.0 - SURE else "cannot tell"

    @property
    def near(self) -> bool:
        """Whether a threshold lies within two Monte Carlo errors."""
        return near(Chance(value=self.value, mcse=self.mcse))


@dataclass(frozen=True)
class Tipping:
    """Where an answer becomes another.

    Attributes
    ----------
    holds : int
        Last place at which the answer is that of the first one, and of all looked at between.
    flips : int or None
        First place with another; None when there is none.
    monotone : bool
        Whether the probability moved one way, as far as was looked at.
    """

    holds: int
    flips: int | None
    monotone: bool


def monotone(seen: Mapping[int, Seen]) -> bool:
    """Whether the probability moves one way along the places, but for Monte Carlo error."""
    line = [one for _, one in sorted(seen.items())]
    steps = [(b.value - a.value, _FAR * math.hypot(a.mcse, b.mcse)) for a, b in pairwise(line)]
    return any(all(way * step >= -error for step, error in steps) for way in (1, -1))


def tipping(seen: Mapping[int, Seen]) -> Tipping:
    """What the places looked at say."""
    line = sorted(seen)
    answer, holds = seen[line[0]].answer, line[0]
    for at in line:
        if seen[at].answer != answer:
            return Tipping(holds, at, monotone(seen))
        holds = at
    return Tipping(holds, None, monotone(seen))


def wanted(seen: Mapping[int, Seen], places: Sequence[int]) -> list[tuple[int, bool]]:
    """Places to look at next, each with whether more draws are asked for; none when all is found.

    Parameters
    ----------
    seen : mapping
        What was found, by place; the first place is always in it.
    places : sequence of int
        All that can be looked at, in order.
    """
    first = [places[-1], places[len(places) // 2]]
    if all(at in seen for at in first) and not monotone(seen):
        first = [places[at * (len(places) - 1) // _GRID] for at in range(_GRID + 1)]
    if missing := [at for at in dict.fromkeys(first) if at not in seen]:
        return [(at, False) for at in missing]
    found = tipping(seen)
    deciding = {found.holds, places[-1] if found.flips is None else found.flips}
    if doubted := [at for at in deciding if seen[at].near and not seen[at].more]:
        return [(at, True) for at in sorted(doubted)]
    if found.flips is None:
        return []
    between = [at for at in places if found.holds < at < found.flips]
    return [(between[len(between) // 2], False)] if between else []
