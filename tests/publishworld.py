"""How probable it is that something is published, and how often it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from defectmodels.counting.draws import log_probabilities
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.selection import JointRow, Row
from defectmodels.evidence.statements import Range, Statement
from defectmodels.model.chance import Chances
from defectmodels.model.design import Design, make_design
from defectmodels.model.inputs import counting_inputs, weights
from defectmodels.studies.persons import Rates
from defectmodels.studies.publishing import Publisher

PRIORS = 7
"""Draws of the prior with which `joint_chance` is worked out."""
OFTEN = 200
"""How often a set of statements has to be expected to be a cell of its own."""


def rates_of(
    design: Design,
    expected: np.ndarray,
    factor: Mapping[str, float] | None = None,
    frailty: float = 0.0,
    reliability: float = 0.7,
) -> Rates:
    """One draw."""
    factors = np.array([[(factor or {}).get(name, 1.0) for name in design.scaled]])
    grades = np.full((1, len(design.grades)), reliability)
    return Rates(expected[None], factors, np.array([frailty]), grades)


def priors_of(design: Design, rates: Rates, seed: int = 1) -> Rates:
    """Some draws around others, far apart."""
    rng = np.random.default_rng(seed)
    expected = rates.expected * np.exp(rng.normal(0, 0.7, (PRIORS, *rates.expected.shape[1:])))
    factor = rates.factor * np.exp(rng.normal(0, 0.3, (PRIORS, rates.factor.shape[1])))
    for name, container in design.spec.within.items():
        # A part is no more than the whole.
        inner, outer = design.scaled.index(name), container
        if outer in design.scaled:
            most = factor[:, design.scaled.index(outer)]
            factor[:, inner] = np.minimum(factor[:, inner], most)
        else:
            factor[:, inner] = np.minimum(factor[:, inner], 1.0)
    frailty = np.full(PRIORS, rates.frailty[0])
    return Rates(expected, factor, frailty, np.zeros((PRIORS, len(design.grades))))


def _interval(law: stats.rv_discrete, row: Row) -> float:
    low, high = row.interval
    return float((1.0 if high is None else law.cdf(high)) - law.cdf(low - 1))


def probability(design: Design, rates: Rates, prior: Rates) -> float:
    """Probability of a design's statements at the rates of one draw."""
    expected, frailty = rates.expected[0], float(rates.frailty[0])

    def scale(row: Row) -> float:
        name = row.statement.definition
        return float(rates.factor[0, design.scaled.index(name)]) if name in design.scaled else 1.0

    found = 1.0
    for row in design.selection.direct:
        cells = design.placed(row.statement.definition, design.cell_weights(row))
        by_period = (expected * cells).sum(axis=0) * scale(row)
        mean = by_period.sum()
        size = mean**2 / (by_period**2).sum() / frailty**2 if frailty else 0.0
        found *= _interval(
            stats.nbinom(size, size / (size + mean)) if frailty else stats.poisson(mean), row
        )
    for row in design.selection.nested:
        (parent,) = row.parents
        inside = np.outer(design.group_mask(row.groups), parent.weights)
        part = expected * design.placed(row.statement.definition, inside)
        of_total = design.selection.direct[parent.index].weights
        whole = expected * design.placed("", np.outer(design.group_mask(parent.groups), of_total))
        share = min(scale(row) * part.sum() / whole.sum(), 1.0)
        found *= _interval(stats.binom(parent.count, share), row)
    return found * _joint(design, rates, prior)


def _joint(design: Design, rates: Rates, prior: Rates) -> float:
    if not design.joint.rows:
        return 1.0

    def factor(one: Rates) -> np.ndarray | None:
        return one.factor if design.scaled else None

    frailty = rates.frailty if rates.frailty[0] else None
    chances = Chances(prior.expected, factor(prior), prior.frailty if frailty is not None else None)
    weight = weights(design, chances.of(design), rates.reliability if design.grades else None)
    inputs = counting_inputs(design, rates.expected, factor(rates), frailty)
    weight = np.broadcast_to(weight, (1, weight.shape[-1]))
    return float(np.exp(log_probabilities(design.joint.program, *inputs, weight).sum()))


@dataclass(frozen=True)
class Frequencies:
    """How often each set of statements was published, and how probable it is."""

    draws: int
    seen: np.ndarray
    probability: np.ndarray

    def p(self) -> float:
        """Probability of frequencies as far off, chi-squared; rare sets and what is not kept are one cell."""
        wanted = self.probability * self.draws
        # Sets that would be seen as often have all been looked at.
        often = wanted >= OFTEN
        seen = np.append(self.seen[often], self.draws - self.seen[often].sum())
        wanted = np.append(wanted[often], self.draws - wanted[often].sum())
        if wanted[-1] < 5:
            assert seen[-1] < 20
            seen, wanted = seen[:-1], wanted[:-1] * seen[:-1].sum() / wanted[:-1].sum()
        assert len(seen) > 2 and (wanted > 0).all()
        return float(stats.chisquare(seen, wanted).pvalue)


def _places(ends: list[tuple[int, int]], said: list[tuple[int, int]]) -> int:
    """At how many places of the readings, moved together, just these ranges are said."""
    found = 0
    for move in range(-ends[0][1] - 50, 50):
        moved = [(max(0, low + move), high + move) for low, high in ends if high + move >= 0]
        for layer in range(len(moved)):
            found += said == [one for at, one in enumerate(moved) if moved[:at].count(one) == layer]
    return found


def _proportion(design: Design, published: Mapping[str, Statement], dataset: Dataset) -> float:
    """Probability of what was published over that of the likelihood: 1 over the places of a range."""
    found, words = 1.0, dataset.readings
    for row in design.selection.rows:
        readings = row.readings if isinstance(row, JointRow) else (row.statement,)
        said = [published[one.id] for one in readings if one.id in published]
        if row.statement.kind in ("rank", "order", "equality", "ratio"):
            continue
        if len(readings) > 1 and any(one.kind == "at_least" for one in readings):
            found *= len(said) / len(readings)
        elif len(readings) > 1 or isinstance(row.statement, Range):
            ends = [tuple(one.interval(words)) for one in readings]  # type: ignore[arg-type]
            width = sum(high - low + 1 for low, high in ends)
            places = _places(ends, [tuple(one.interval(words)) for one in said])  # type: ignore[misc]
            found *= places * len(said) / width
    return found


def frequencies(
    design: Design, dataset: Dataset, rates: Rates, prior: Rates, draws: int, seed: int = 0
) -> Frequencies:
    """Publish at the rates of one draw, many times."""
    publisher = Publisher(design, dataset.readings, prior)
    rng, batch = np.random.default_rng(seed), 2_000
    counter: Counter[tuple[tuple[str, object], ...]] = Counter()
    sets: dict[tuple[tuple[str, object], ...], dict[str, Statement]] = {}
    for _ in range(draws // batch):
        for one in publisher.published(rates.take(np.zeros(batch, dtype=int)), rng):
            key = tuple(sorted((name, id(said)) for name, said in one.statements.items()))
            counter[key] += 1
            sets[key] = one.statements
    found = []
    # Rare sets are one cell; what they are worth alone need not be known.
    often = [(key, seen) for key, seen in counter.items() if seen >= OFTEN // 2]
    for key, _ in often:
        said = replace(
            dataset,
            statements=tuple(
                sets[key][one.id] for one in dataset.statements if one.id in sets[key]
            ),
        )
        own = make_design(design.spec, said, apart=design.joint.apart)
        chance = probability(own, rates, prior) * _proportion(design, sets[key], dataset)
        found.append(chance)
    return Frequencies(draws, np.array([seen for _, seen in often]), np.array(found))
