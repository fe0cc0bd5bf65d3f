"""What would be published under given rates.

Persons arrive (`defectmodels.studies.persons`), and each statement that a design uses is said anew of them
(`defectmodels.studies.saying`). Every graded row is true with the reliability of its grade. Where it is not, it
speaks of other persons of the same published totals, at rates of the prior: so what an untrue row says has the
probability `joint_chance`, as in the likelihood. A row counted apart speaks of persons of its own.

Comparisons that cannot be turned round are kept as published; draws in which they would not have been said are
left out.

Invariant: what is published has the probability that the likelihood gives it at these rates. Shown by
``tests/test_publishing.py`` for every kind of statement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from defectmodels.evidence.intervals import Reading
from defectmodels.evidence.selection import Counted, JointRow
from defectmodels.evidence.statements import Statement
from defectmodels.model.design import Design
from defectmodels.studies.persons import Census, Persons, Rates, plain_counted
from defectmodels.studies.saying import Speaker, turns

Rng = np.random.Generator


@dataclass(frozen=True)
class Published:
    """What would be published in one of several draws.

    Attributes
    ----------
    draw : int
    statements : dict of str to Statement
        By id.
    untrue : tuple of str
        Ids of rows whose source was unreliable.
    """

    draw: int
    statements: dict[str, Statement]
    untrue: tuple[str, ...]


class Publisher:
    """Publishes the statements of one design under many rates.

    Parameters
    ----------
    design : Design
    words : mapping
        The dataset's readings.
    prior : Rates
        Draws with which the likelihood works `joint_chance` out; none are needed without grades.
    beside : sequence of (Statement, Counted)
        Numbers that are said too, though no row is about them.
    """

    def __init__(
        self,
        design: Design,
        words: Mapping[str, Reading],
        prior: Rates,
        beside: Sequence[tuple[Statement, Counted]] = (),
    ) -> None:
        self.design, self.speaker = design, Speaker(words)
        self.census = Census(design, [counted for _, counted in beside])
        rows = (*design.selection.direct, *design.selection.nested)
        self._closed = [*((row.statement, plain_counted(row)) for row in rows), *beside]
        self._prior = prior
        self._joint = design.selection.joint
        self._kept = [at for at, row in enumerate(self._joint) if row.compares and not turns(row)]

    def published(self, rates: Rates, rng: Rng) -> Iterator[Published]:
        """What would be published in each draw in which the comparisons that are kept would be."""
        draws = np.arange(len(rates.expected))
        true = self._reliable(rates, rng)
        persons = self.census.arrive(rates, rng)
        # Most draws end at the comparisons; those of definitions of their own take longer.
        for own in (False, True):
            if own:
                persons = self.census.marked(persons, self.design.scaled, rng)
            for at in self._kept:
                row = self._joint[at]
                if any(one.definition in self.design.scaled for one in row.counted) != own:
                    continue
                counts = self._spoken(row, persons, true[draws, at], rng)
                said = rng.random(len(draws)) < self.speaker.share(row, counts)
                draws, persons = draws[said], persons.take(said)
                if not len(draws):
                    return
        yield from self._said(draws, persons, true[draws], rng)

    def _reliable(self, rates: Rates, rng: Rng) -> np.ndarray:
        """Whether each joint row's source is reliable: np.ndarray (draw, joint_row), bool."""
        found = np.ones((len(rates.expected), len(self._joint)), dtype=bool)
        for at, row in enumerate(self._joint):
            if row.statement.grade in self.design.grades:
                grade = self.design.grades.index(row.statement.grade)
                found[:, at] = rng.random(len(found)) < rates.reliability[:, grade]
        return found

    def _spoken(self, row: JointRow, persons: Persons, true: np.ndarray, rng: Rng) -> np.ndarray:
        """Counts of which a row speaks in every draw: np.ndarray (draw, counted), int."""
        found = self._counts(row, persons)
        if row.statement.id in self.design.joint.apart and true.any():
            own = persons.take(true)
            found[true] = self._anew(row, own, own.rates, rng)
        if not true.all():
            other = rng.integers(len(self._prior.expected), size=int((~true).sum()))
            found[~true] = self._anew(row, persons.take(~true), self._prior.take(other), rng)
        return found

    def _anew(self, row: JointRow, persons: Persons, rates: Rates, rng: Rng) -> np.ndarray:
        """Counts of other persons of the same published totals."""
        other = self.census.anew(persons, rates, rng)
        own = {one.definition for one in row.counted}
        return self._counts(row, self.census.marked(other, own, rng))

    def _counts(self, row: JointRow, persons: Persons) -> np.ndarray:
        return np.array([self.census.count(persons, one) for one in row.counted]).T

    def _said(
        self, draws: np.ndarray, persons: Persons, true: np.ndarray, rng: Rng
    ) -> Iterator[Published]:
        """All that is said in each of the draws that are left."""
        again = [at for at in range(len(self._joint)) if at not in self._kept]
        spoken = {at: self._spoken(self._joint[at], persons, true[:, at], rng) for at in again}
        closed = [self.census.count(persons, counted).tolist() for _, counted in self._closed]
        reliable = true.tolist()
        kept = [one for at in self._kept for one in self._joint[at].readings]
        for place, draw in enumerate(draws.tolist()):
            said = list(kept)
            for at in again:
                said += self._row(self._joint[at], spoken[at][place].tolist(), rng)
            for (statement, _), counts in zip(self._closed, closed, strict=True):
                said += self.speaker.number((statement,), counts[place], rng)
            untrue = [at for at, one in enumerate(reliable[place]) if not one]
            ids = tuple(self._joint[at].statement.id for at in untrue)
            yield Published(draw, {one.id: one for one in said}, ids)

    def _row(self, row: JointRow, counts: list[int], rng: Rng) -> list[Statement]:
        if row.compares:
            return [self.speaker.turned(row, *counts)]
        return self.speaker.number(row.readings, counts[0], rng)
