"""Persons drawn from rates: who arrives, on which days, and who counts as what.

Persons of a group arrive in a piece of days at the rate of its period, which a frailty common to the groups
lifts or lowers. A definition with a factor counts persons of its own: of a published total of more groups a
share of the persons, elsewhere whoever comes; one within another counts a part of the other's.

Persons can be drawn *anew* too, given the published totals: as a source sees them that knows the totals
and no more.

Invariant: counts of these persons have the means, the splits and the conditional laws that docs/model.md
gives them. Shown by ``tests/test_persons.py`` and, for what is said of them, ``tests/test_publishing.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from defectmodels.evidence.selection import Counted, Row
from defectmodels.model.design import Design
from defectmodels.studies.dividing import Totals
from defectmodels.studies.pieces import cut

_MOST_DRAWN = 1e15
"""Largest mean of a count that is drawn: wide priors can reach beyond what integers hold."""
_TINY = np.finfo(float).tiny


@dataclass(frozen=True)
class Rates:
    """Draws of what persons arrive by.

    Attributes
    ----------
    expected : np.ndarray (draw, group, period), persons as they are published; of each world, if there are
        several (`defectmodels.model.measured`), one after the other
    factor : np.ndarray (draw, definition), of the design's scaled definitions
    frailty : np.ndarray (draw,), coefficient of variation; 0 for none
    reliability : np.ndarray (draw, grade), of the design's grades
    """

    expected: np.ndarray
    factor: np.ndarray
    frailty: np.ndarray
    reliability: np.ndarray

    def take(self, draws: np.ndarray) -> Rates:
        """Some of the draws: np.ndarray (place,), int or bool."""
        return Rates(
            self.expected[draws], self.factor[draws], self.frailty[draws], self.reliability[draws]
        )


@dataclass(frozen=True)
class Persons:
    """Persons of some draws.

    Attributes
    ----------
    rates : Rates
        By which they came.
    plain : np.ndarray (draw, group, piece), int, persons of the groups
    lift : np.ndarray (draw, piece), frailty
    anew : bool
        Whether they were drawn given published totals; these then divide by the rates alone.
    own : mapping of definition to np.ndarray (draw, piece), int
        Persons that a definition counts which has not the groups' own rate.
    """

    rates: Rates
    plain: np.ndarray
    lift: np.ndarray
    anew: bool = False
    own: Mapping[str, np.ndarray] = field(default_factory=dict)

    def take(self, draws: np.ndarray) -> Persons:
        """Some of the draws: np.ndarray (place,), int or bool."""
        own = {name: one[draws] for name, one in self.own.items()}
        return Persons(self.rates.take(draws), self.plain[draws], self.lift[draws], self.anew, own)


@dataclass(frozen=True)
class _Own:
    """Where the persons of a definition come from.

    Attributes
    ----------
    place : int, among the design's scaled definitions
    groups : np.ndarray (group of each world,), bool
    wholes, totals : Totals
        Published totals of more groups, in cells of groups and pieces, and in pieces.
    """

    place: int
    groups: np.ndarray
    wholes: Totals
    totals: Totals


class Census:
    """Draws and counts the persons that a design's statements speak of; made once for many draws.

    Parameters
    ----------
    design : Design
    more : sequence of Counted
        Further counts that are asked for.
    """

    def __init__(self, design: Design, more: Sequence[Counted] = ()) -> None:
        self.design = design
        selection = design.selection
        rows = (*selection.direct, *selection.nested)
        self.counted = [plain_counted(row) for row in rows]
        self.counted += [*(one for row in selection.joint for one in row.counted), *more]
        self.pieces = cut(design.periods, [one.span for one in self.counted])
        self._days = {one.span: self.pieces.within(one.span) for one in self.counted}
        self._plain = Totals(np.array(self._plain_cells(), dtype=bool).reshape(-1, self._width))
        self._own = {name: self._origin(name) for name in design.scaled}

    def arrive(self, rates: Rates, rng: np.random.Generator) -> Persons:
        """Draw who arrives, of each group."""
        lift = self._lift(rates, rng)
        mean = self._plain_mean(rates) * lift[:, None]
        return Persons(rates, rng.poisson(np.minimum(mean, _MOST_DRAWN)), lift)

    def anew(self, persons: Persons, rates: Rates, rng: np.random.Generator) -> Persons:
        """Draw other persons by other rates, of the same published totals.

        Parameters
        ----------
        persons, rates
            Of as many draws.
        """
        lift, mean = self._lift(rates, rng), self._plain_mean(rates)
        count = self._plain.sums(persons.plain.reshape(len(mean), -1))
        divided = self._plain.divide(
            count, mean.reshape(len(mean), -1), np.zeros(count.shape), rng
        ).reshape(mean.shape)
        open_days = ~self._plain.covered.reshape(mean.shape[1:])
        free = rng.poisson(np.minimum(mean * lift[:, None] * open_days, _MOST_DRAWN))
        return Persons(rates, divided + free, lift, True)

    def marked(
        self, persons: Persons, definitions: Collection[str], rng: np.random.Generator
    ) -> Persons:
        """Draw which persons are counted by definitions that have not the groups' own rate."""
        spec, own = self.design.spec, dict(persons.own)
        wanted = {one for name in definitions for one in (name, *spec.containers(name))}
        for name in sorted(
            wanted & set(self._own), key=lambda one: (len(spec.containers(one)), one)
        ):
            container = spec.within.get(name)
            own[name] = (
                self._of_factor(name, persons, rng)
                if container is None
                else self._part(name, container, persons, own, rng)
            )
        return replace(persons, own=own)

    def count(self, persons: Persons, one: Counted) -> np.ndarray:
        """Persons of whom a statement speaks: np.ndarray (draw,), int."""
        days = self._days[one.span]
        if one.definition in self._own:
            found: np.ndarray = persons.own[one.definition][:, days].sum(axis=1)
            return found
        groups = self.design.group_mask(one.groups) > 0
        of_groups: np.ndarray = persons.plain[:, groups][:, :, days].sum(axis=(1, 2))
        return of_groups

    # --- cells -----------------------------------------------------------------------------------

    @property
    def _width(self) -> int:
        return len(self.design.groups) * len(self.pieces.spans)

    def _cells_of(self, row: Row) -> np.ndarray:
        return np.outer(self.design.group_mask(row.groups), self._days[row.span]).ravel() > 0

    def _is_total(self, row: Row) -> bool:
        """Whether a row of closed form is an exact number of the groups' own persons."""
        return row.certain and row.statement.definition not in self.design.scaled

    def _plain_cells(self) -> list[np.ndarray]:
        """Totals of the groups' own counts, cut by the exact parts split off: (cell,), bool."""
        found, selection = [], self.design.selection
        for index, row in enumerate(selection.direct):
            if not self._is_total(row):
                continue
            left = self._cells_of(row)
            for part in selection.nested:
                split = part.parents[0].index == index and part.span == row.span
                if split and self._is_total(part):
                    own = left & self._cells_of(part)
                    found.append(own)
                    left = left & ~own
            found.append(left)
        return found

    def _origin(self, name: str) -> _Own:
        groups = self._groups_of(name)
        rows = [
            row
            for row in self.design.selection.direct
            if self._is_total(row) and groups < set(row.groups)
        ]
        cells = [self._cells_of(row) for row in rows]
        days = [self._days[row.span] for row in rows]
        world = np.eye(self.design.worlds)[self.design.world(name)]
        return _Own(
            self.design.scaled.index(name),
            np.kron(world, self.design.group_mask(tuple(groups))) > 0,
            Totals(np.array(cells, dtype=bool).reshape(-1, self._width)),
            Totals(np.array(days, dtype=bool).reshape(-1, len(self.pieces.spans))),
        )

    def _groups_of(self, name: str) -> set[str]:
        """Groups that a definition counts in this design, or one within it does."""
        inner = {
            name,
            *(one for one in self.design.scaled if name in self.design.spec.containers(one)),
        }
        return {group for one in self.counted if one.definition in inner for group in one.groups}

    # --- rates -----------------------------------------------------------------------------------

    def _mean(self, rates: Rates, groups: np.ndarray | slice) -> np.ndarray:
        """Expected arrivals of some groups: np.ndarray (draw, group, piece)."""
        return rates.expected[:, groups][:, :, self.pieces.period] * self.pieces.share

    def _plain_mean(self, rates: Rates) -> np.ndarray:
        return self._mean(rates, slice(len(self.design.groups)))

    def _lift(self, rates: Rates, rng: np.random.Generator) -> np.ndarray:
        """Frailty: np.ndarray (draw, piece)."""
        shape = (len(rates.frailty), len(self.design.periods))
        if not rates.frailty.any():
            return np.ones((shape[0], len(self.pieces.spans)))
        size = (1.0 / rates.frailty**2)[:, None]
        return rng.gamma(size, 1.0 / size, shape)[:, self.pieces.period]

    # --- definitions -----------------------------------------------------------------------------

    def _reach(self, name: str, rates: Rates) -> np.ndarray:
        """Expected persons of a definition, without frailty: np.ndarray (draw, piece)."""
        own = self._own[name]
        return self._mean(rates, own.groups).sum(axis=1) * rates.factor[:, [own.place]]

    def _of_factor(self, name: str, persons: Persons, rng: np.random.Generator) -> np.ndarray:
        """Persons of a definition with a factor: np.ndarray (draw, piece), int."""
        own, rates, draws = self._own[name], persons.rates, len(persons.plain)
        reach, lift = self._reach(name, rates), persons.lift
        # Totals that are given divide by the rates alone, as they do in the likelihood.
        inside = np.ones(lift.shape) if persons.anew else lift
        mean = (self._plain_mean(rates) * inside[:, None]).reshape(draws, -1)
        part = reach * inside
        rest = np.maximum(own.wholes.sums(mean) - own.totals.sums(part), 0.0)
        count = own.wholes.sums(persons.plain.reshape(draws, -1))
        divided = own.totals.divide(count, part, rest, rng)
        return divided + rng.poisson(np.minimum(reach * lift * ~own.totals.covered, _MOST_DRAWN))

    def _part(
        self,
        name: str,
        container: str,
        persons: Persons,
        own: Mapping[str, np.ndarray],
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Persons of a definition within another: np.ndarray (draw, piece), int."""
        if container not in own:
            # The container counts the groups themselves: the factor is the share of their persons.
            groups = self._own[name].groups[: len(self.design.groups)]
            share = persons.rates.factor[:, [self._own[name].place]]
            return rng.binomial(persons.plain[:, groups].sum(axis=1), np.minimum(share, 1.0))
        whole = np.maximum(self._reach(container, persons.rates), _TINY)
        share = np.clip(self._reach(name, persons.rates) / whole, 0.0, 1.0)
        return rng.binomial(own[container], share)


def plain_counted(row: Row) -> Counted:
    """What a row of closed form speaks of."""
    return Counted(row.statement.definition, "", row.groups, row.span)
