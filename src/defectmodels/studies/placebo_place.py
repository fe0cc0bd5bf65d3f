"""The place of an event's effect among those of placebos.

Invariant: with fewer than `NEEDED` windows that share no day there is no verdict, and overlapping windows
do not make an effect stand out. Shown by ``tests/test_placebo.py``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from defectmodels.evidence.periods import Span

LEVEL = 0.05
"""An effect stands out when so small a share of placebos is as large."""
NEEDED = math.ceil(1 / LEVEL) - 1
"""Placebos that share no day, without which no share of `LEVEL` can be reached."""
Statistic = Literal["median", "standardised"]
Sides = Literal["two", "one"]
Verdict = Literal["stands out", "does not stand out", "cannot tell"]


@dataclass(frozen=True)
class Place:
    """The place of the event's effect among those of placebos.

    Attributes
    ----------
    group : str
    value : float
        Statistic of the true event.
    windows : int
        Placebos that have a place.
    disjoint : int
        As many of their windows as can be chosen without a day in common.
    larger : int
        Placebos at least as extreme.
    verdict : {'stands out', 'does not stand out', 'cannot tell'}
    why : str
        Why it cannot be told.
    """

    group: str
    value: float
    windows: int
    disjoint: int
    larger: int
    verdict: Verdict
    why: str

    @property
    def p_all(self) -> float:
        """(1 + larger) / (1 + windows): too small where windows share days."""
        return (1 + self.larger) / (1 + self.windows)

    @property
    def p(self) -> float:
        """(1 + m larger / windows) / (1 + m), with m windows that share no day."""
        return independent(self.larger, self.windows, self.disjoint)

    @property
    def smallest(self) -> float:
        """Smallest p that can be reached."""
        return 1 / (1 + self.disjoint)


def independent(larger: int, windows: int, disjoint: int) -> float:
    """Share of placebos at least as extreme, as if there were only those that share no day.

    Overlapping windows tell the tail's share better than a few disjoint ones, and yet are no more
    chances to be as extreme: with 64 windows of which 5 share no day, one that lies apart comes out first
    in 6% of worlds of white noise, and not in 1 of 65.
    """
    return (1 + disjoint * larger / max(windows, 1)) / (1 + disjoint)


def disjoint(windows: Sequence[Span]) -> int:
    """The largest number of windows of which no two share a day."""
    chosen: list[Span] = []
    for one in sorted(windows, key=lambda span: span.end):
        if not chosen or one.start > chosen[-1].end:
            chosen.append(one)
    return len(chosen)


def placed(
    group: str,
    value: float,
    others: Sequence[float],
    windows: Sequence[Span],
    sides: Sides,
    refused: str = "",
) -> Place:
    """Place of a value among those of placebos.

    Parameters
    ----------
    others : sequence of float
        Values of placebos, in the order of `windows`.
    sides : {'two', 'one'}
        Whether placebos of the other direction count as extreme.
    refused : str
        Why there can be no verdict, whatever the placebos are.
    """
    sign = 1 if value > 0 else -1
    sizes = [abs(one) if sides == "two" else sign * one for one in others]
    larger = sum(size >= abs(value) for size in sizes)
    found = Place(group, value, len(windows), disjoint(windows), larger, "cannot tell", refused)
    if refused:
        return found
    if found.disjoint < NEEDED:
        why = (
            f"with {found.disjoint} windows that share no day no p below {found.smallest:.2g} can be "
            f"reached; {LEVEL:g} needs {NEEDED}"
        )
        return replace(found, why=why)
    return replace(found, verdict="stands out" if found.p <= LEVEL else "does not stand out")
