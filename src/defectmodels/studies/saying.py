"""What is said of a count, as precisely as it was said in truth.

Of every count something is said, and what is said has a probability that is proportional to how many of
its readings are true of the count: nothing else about the count is told by it. So the likelihood of what
is said is the model's.

*Words that round* come from a fixed row of intervals without gap or overlap. *A range* lies anywhere
around the count with equal probability; competing readings move together. *A bound* is said from the
side that is true. *A comparison* of two counts that can be turned round is said the way it goes; any
other (the most of several years, about as many, so many times) is said as it was published, or not.

Invariant: over everything that may be said of a count, the probabilities add up to 1 and are those of
the likelihood. Shown by ``tests/test_saying.py``.
"""

from __future__ import annotations

import bisect
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from defectmodels.evidence.cells import split_against
from defectmodels.evidence.intervals import Interval, Reading
from defectmodels.evidence.selection import JointRow
from defectmodels.evidence.statements import (
    AnyStatement,
    AtLeast,
    AtMost,
    Comparison,
    Equality,
    Exact,
    Order,
    Rank,
    RoundedNumber,
    Statement,
)

_STATEMENT: TypeAdapter[Statement] = TypeAdapter(AnyStatement)
_CONTENTS = ("kind", "low", "high", "reading", "against", "words", "note")
"""Cells that go with what was said."""
Rng = np.random.Generator


@dataclass
class _Row:
    """A word's row of intervals: the lowest number of each, and what is said of it."""

    word: Reading
    starts: list[int] = field(default_factory=list)
    said: list[tuple[str, int, int]] = field(default_factory=list)
    end: int = 0
    number: int = 0
    growing: threading.Lock = field(default_factory=threading.Lock)

    def of(self, count: int) -> tuple[str, int, int]:
        """Kind, low and high of the interval that holds a count."""
        # Threads share a speaker; two that added an interval at once would leave a gap.
        with self.growing:
            while self.end <= count:
                self._grow()
        return self.said[bisect.bisect_right(self.starts, count) - 1]

    def _grow(self) -> None:
        """Add the smallest number whose interval begins where the last one ended, or behind it."""
        word = self.word
        # No smaller number's interval begins there.
        first = int((self.end - 1 - word.low_plus) / word.low_times) - 1
        self.number = max(self.number, first)
        while True:
            found = word.interval(self.number)
            self.number += 1
            if found.high is not None and self.end <= found.low <= found.high:
                break
        if found.low > self.end:
            # What lies between two intervals is a range of its own.
            self._add("range", self.end, found.low - 1, self.end)
        self._add("reading", self.number - 1, self.number - 1, found.low)
        self.end = found.high + 1

    def _add(self, kind: str, low: int, high: int, start: int) -> None:
        self.starts.append(start)
        self.said.append((kind, low, high))


class Speaker:
    """Says things of counts in the words of one dataset.

    Parameters
    ----------
    words : mapping
        The dataset's readings.
    """

    def __init__(self, words: Mapping[str, Reading]) -> None:
        self.words = words
        # A word whose intervals do not move on with the number has no row of them.
        self._rows = {
            name: _Row(word)
            for name, word in words.items()
            if 0 < word.low_times <= word.high_times
        }
        self._said: dict[tuple[Any, ...], Statement] = {}

    def number(self, readings: Sequence[Statement], count: int, rng: Rng) -> list[Statement]:
        """What the readings of one announcement say of a count."""
        first = readings[0]
        if len(readings) > 1:
            if any(self._ends(one)[1] is None for one in readings):
                return self._meant(readings, count, rng)
            return self._around(readings, count, rng)
        if isinstance(first, Exact):
            return [self._again(first, "exact", low=count, high=count)]
        if isinstance(first, AtLeast | AtMost):
            return [self._side(first, first, count)]
        if isinstance(first, RoundedNumber):
            return [self._worded(first, count)]
        return self._around(readings, count, rng)

    def share(self, row: JointRow, counts: np.ndarray) -> np.ndarray:
        """Share of a comparison's readings that are true: np.ndarray (draw,).

        Parameters
        ----------
        counts : np.ndarray (draw, counted), int, its subject first
        """
        true = [
            [self._holds(one, subject, against) for one in row.readings]
            for subject, *against in counts.tolist()
        ]
        return np.array(true, dtype=float).reshape(len(counts), -1).mean(axis=1)

    def _ends(self, statement: Statement) -> Interval:
        found = statement.interval(self.words)
        assert found is not None  # selection leaves out what is no interval
        return found

    def _holds(self, reading: Statement, subject: int, against: Sequence[int]) -> bool:
        assert isinstance(reading, Comparison)
        for place, other in enumerate(against):
            low, high = reading.allowed_by(place, other, self.words)
            if subject < low or (high is not None and subject > high):
                return False
        return True

    def _again(self, statement: Statement, kind: str, **contents: Any) -> Statement:
        """The statement with other contents; what it quotes and notes is about the old ones."""
        key = (statement.id, kind, *contents.values())
        if key not in self._said:
            kept = statement.model_dump(mode="json", exclude=set(_CONTENTS))
            self._said[key] = _STATEMENT.validate_python(kept | {"kind": kind} | contents)
        return self._said[key]

    def _range(self, statement: Statement, low: int, high: int) -> Statement:
        return self._again(statement, "range", low=low, high=high)

    # --- numbers -------------------------------------------------------------------------------

    def _side(self, statement: Statement, meant: Statement, count: int) -> Statement:
        """A statement whose meaning is true of a count, or what is true of it instead."""
        low, high = self._ends(meant)
        if count < low:
            return self._again(statement, "at_most", high=low - 1)
        if high is not None and count > high:
            return self._again(statement, "at_least", low=high + 1)
        return statement

    def _worded(self, statement: RoundedNumber, count: int) -> Statement:
        """The interval of the word's row that holds a count."""
        if statement.reading not in self._rows:
            return self._beside(statement, count)
        kind, low, high = self._rows[statement.reading].of(count)
        reading = {"reading": statement.reading} if kind == "reading" else {}
        return self._again(statement, kind, low=low, high=high, **reading)

    def _beside(self, statement: RoundedNumber, count: int) -> Statement:
        """Words that name no number, or one of the ranges as wide as theirs beside them."""
        low, high = self._ends(statement)
        assert high is not None  # a rounded number has two ends
        if count < low:
            return self._range(statement, 0, low - 1)
        if count <= high:
            return statement
        width = high - low + 1
        low += (count - low) // width * width
        return self._range(statement, low, low + width - 1)

    def _around(self, readings: Sequence[Statement], count: int, rng: Rng) -> list[Statement]:
        """Ranges as wide as the readings, moved together to where one of them holds the count.

        Of all places at which a reading holds it each is as probable as it has readings that do. Where
        readings come to mean the same, since no count is less than 0, the same is said once, and which
        of them is meant decides whether the other readings that differ are said beside it: what is said
        remains as probable as it has true readings that differ.
        """
        ends = [(low, high) for low, high in map(self._ends, readings) if high is not None]
        place = int(rng.integers(sum(high - low + 1 for low, high in ends)))
        meant = 0
        while place > (reach := ends[meant][1] - ends[meant][0]):
            place, meant = place - reach - 1, meant + 1
        move = count - ends[meant][0] - place
        moved = [(max(0, low + move), high + move) for low, high in ends]
        copies = [moved[:at].count(one) for at, one in enumerate(moved)]
        # A reading that no count could satisfy is not said.
        kept = [
            at for at, (_, high) in enumerate(moved) if high >= 0 and copies[at] == copies[meant]
        ]
        return [
            self._again(one, _kind(readings[at], *moved[at]), low=moved[at][0], high=moved[at][1])
            for one, at in zip(readings, kept, strict=False)
        ]

    def _meant(self, readings: Sequence[Statement], count: int, rng: Rng) -> list[Statement]:
        """All readings where the one that is meant is true, else what is true instead of it."""
        meant = readings[int(rng.integers(len(readings)))]
        low, high = self._ends(meant)
        if low <= count and (high is None or count <= high):
            return list(readings)
        return [self._side(readings[0], meant, count)]

    # --- comparisons ---------------------------------------------------------------------------

    def turned(self, row: JointRow, subject: int, other: int) -> Statement:
        """A comparison that `turns`, or which of the two counts is larger where it is not true."""
        statement = row.statement
        if self._holds(statement, subject, [other]):
            return statement
        assert isinstance(statement, Comparison)
        name, _ = split_against(statement.against)
        span = row.against[0].span
        against = f"{name}:" * bool(name) + f"{span.start}/{span.end}"
        if subject == other:
            return self._again(statement, "equality", against=against)
        reading = "more" if subject > other else "fewer"
        return self._again(statement, "order", reading=reading, against=against)


def turns(row: JointRow) -> bool:
    """Whether a comparison can be turned round: of two counts, and nothing about how near they are."""
    one = row.statement
    plain = isinstance(one, Order | Rank) or (isinstance(one, Equality) and not one.reading)
    return plain and len(row.readings) == 1 and len(row.against) == 1


def _kind(reading: Statement, low: int, high: int) -> str:
    return "exact" if isinstance(reading, Exact) and low == high else "range"
