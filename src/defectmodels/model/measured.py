"""The errors of a model as one linear map, from expected arrivals to what statements count.

Definitions that count the same persons see the same published counts. Where an error concerns some of them
only, there are several *worlds*: the published counts of each world stand one after the other.

Invariant: graphs, draws and the packed entries of the density are the same map; without errors there is none.
Shown by ``tests/test_measurement.py`` and ``tests/test_measured.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from defectmodels import names
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.periods import Span, parse_span
from defectmodels.evidence.statements import Exact
from defectmodels.evidence.vintages import REPLACING, known_on
from defectmodels.model.measurement import Misclassification, Revision, Step, called
from defectmodels.model.priors import Beta, LogNormal
from defectmodels.model.terms import Scaled

if TYPE_CHECKING:
    from pytensor.tensor import TensorVariable

    from defectmodels.model.spec import ModelSpec

PUBLISHED = "published"
"""Name of the published expected arrivals in a PyMC model, by group of each world and period."""
PROBABILITY, ADDED = "error_probability", "log_overcount"
DEVIATION, LOG_SCALE = "revision_deviation", "log_revision_scale"
VINTAGES = "vintages"
LEAST = 100
"""Smallest total whose vintages tell how totals are revised: of a handful, one person is no percentage."""

Terms = tuple[tuple[tuple[int, ...], np.ndarray], ...]


@dataclass(frozen=True)
class Measurement:
    """Errors of a model, ready to be applied.

    Attributes
    ----------
    labels : tuple of str
        Names of the parameters, such as ``undercount included``.
    priors : tuple of Beta, LogNormal or None
        None for the factors of revisions.
    size : LogNormal or None
        Prior of the revisions' scale.
    vintages : np.ndarray
        Logs of earlier totals, as first published over as they stand.
    chains : tuple of tuple of Step
        Errors of each world, in order; the first world is that of the groups' own persons.
    world : mapping
        World of each definition that is not in the first.
    """

    labels: tuple[str, ...]
    priors: tuple[Beta | LogNormal | None, ...]
    size: LogNormal | None
    vintages: np.ndarray
    chains: tuple[tuple[Step, ...], ...]
    world: Mapping[str, int]

    @property
    def sources(self) -> tuple[tuple[str, int], ...]:
        """Where each parameter stands among the variables of the model: variable and place."""
        kinds = {Beta: PROBABILITY, LogNormal: ADDED, type(None): DEVIATION}
        count: defaultdict[str, int] = defaultdict(int)
        found = []
        for prior in self.priors:
            name = kinds[type(prior)]
            found.append((name, count[name]))
            count[name] += 1
        return tuple(found)

    @property
    def scaled(self) -> tuple[Scaled, ...]:
        """Standard normal variables that a scale multiplies, as those of terms."""
        revised = sum(prior is None for prior in self.priors)
        return (Scaled(DEVIATION, LOG_SCALE, np.zeros(revised, dtype=int)),) if revised else ()

    @property
    def seen(self) -> tuple[int, float]:
        """What the vintages say of the scale: how many, and their sum of squares."""
        return len(self.vintages), float((self.vintages**2).sum())

    def placed(self, definition: str, cells: np.ndarray) -> np.ndarray:
        """Weights of cells, np.ndarray (group, period), among those of all worlds."""
        if len(self.chains) == 1:
            return cells
        found = np.zeros((len(self.chains), *cells.shape))
        found[self.world.get(definition, 0)] = cells
        return found.reshape(-1, cells.shape[1])

    def published(self, expected: Any, values: Any, xp: Any = np) -> Any:
        """Published expected arrivals: (..., group of each world, period).

        Parameters
        ----------
        expected : (..., group, period), persons
        values : (..., error)
        xp : module
            `numpy` for draws, `pytensor.tensor` for graphs.
        """
        worlds = []
        for chain in self.chains:
            mean = expected
            for step in chain:
                mean = _through(step, mean, values)
            worlds.append(mean)
        return worlds[0] if len(worlds) == 1 else xp.concatenate(worlds, axis=-2)

    def terms(self, definition: str) -> Terms:
        """The map of a definition's world as products of parameters.

        Returns
        -------
        tuple of (tuple of int, np.ndarray (to group, from group, period))
            Which parameters multiply each map, one as often as it does; the sum is the whole map.
        """
        chain = self.chains[self.world.get(definition, 0)]
        shape = chain[0].fixed.shape if chain else self._shape
        found: dict[tuple[int, ...], np.ndarray] = {}
        found[()] = np.eye(shape[0])[:, :, None] * np.ones(shape[2])
        for step in chain:
            before, found = found, {}
            for product, reach in before.items():
                for more, matrix in (((), step.fixed), *(((j,), m) for j, m in step.slopes)):
                    key = tuple(sorted((*product, *more)))
                    found[key] = found.get(key, 0.0) + np.einsum("abt,bct->act", matrix, reach)
        return tuple((key, reach) for key, reach in found.items() if reach.any())

    @property
    def _shape(self) -> tuple[int, ...]:
        return next(step.fixed.shape for chain in self.chains for step in chain)

    def persons(self, expected: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where persons go, and entries of no person, in the world of the groups' own persons.

        An error that gives more than it takes adds entries of no person; one that gives less leaves persons out.

        Parameters
        ----------
        expected : np.ndarray (sample, group, period), persons
        values : np.ndarray (sample, error)

        Returns
        -------
        np.ndarray (sample, to group, from group, period)
            Probability that a person of a group is published as one of another.
        np.ndarray (sample, to group, period)
            Expected entries of no person.
        """
        samples, groups, periods = expected.shape
        kept = np.broadcast_to(
            np.eye(groups)[:, :, None], (samples, groups, groups, periods)
        ).copy()
        mean, entries = expected, np.zeros(expected.shape)
        for step in self.chains[0]:
            matrix = np.broadcast_to(step.fixed, kept.shape).copy()
            for place, slope in step.slopes:
                matrix += values[:, place, None, None, None] * slope
            mean = np.einsum("sabt,sbt->sat", matrix, mean)
            given = np.maximum(1.0, matrix.sum(axis=1, keepdims=True))
            kept = np.einsum("sabt,sbct->sact", matrix / given, kept)
            entries = mean - np.einsum("sabt,sbt->sat", kept, expected)
        return kept, np.maximum(entries, 0.0)

    def add(self, expected: TensorVariable) -> TensorVariable:
        """Add the parameters to the model in context; the published expected arrivals."""
        import pymc as pm
        import pytensor.tensor as pt

        found: dict[str, Any] = {}
        betas = [prior.shapes for prior in self.priors if isinstance(prior, Beta)]
        if betas:
            a, b = np.array(betas).T
            found[PROBABILITY] = pm.Beta(PROBABILITY, a, b)
        added = [(prior.mu, prior.sigma) for prior in self.priors if isinstance(prior, LogNormal)]
        if added:
            mu, sigma = np.array(added).T
            found[ADDED] = pt.exp(pm.Normal(ADDED, mu, sigma))
        if self.size is not None:
            scale = pt.exp(self.size.log_rv(LOG_SCALE))
            scale = pm.Deterministic(names.REVISION_SCALE, scale)
            deviation = pm.Normal(DEVIATION, 0.0, 1.0, shape=sum(p is None for p in self.priors))
            found[DEVIATION] = pt.exp(scale * deviation)
            if len(self.vintages):
                pm.Normal(VINTAGES, 0.0, scale, observed=self.vintages)
        values = pt.stack([found[name][at] for name, at in self.sources])
        values = pm.Deterministic(names.ERROR_PARAMETER, values, dims=names.ERROR)
        return pm.Deterministic(PUBLISHED, self.published(expected, values, pt))


def _through(step: Step, mean: Any, values: Any) -> Any:
    """Expected arrivals after an error: (..., group, period)."""

    def moved(matrix: np.ndarray) -> Any:
        return (matrix * mean[..., None, :, :]).sum(axis=-2)

    found = moved(step.fixed)
    for place, slope in step.slopes:
        found = found + values[..., place, None, None] * moved(slope)
    return found


def _parameters(spec: ModelSpec) -> list[tuple[str, Beta | LogNormal | None]]:
    """Parameters of all errors: label and prior."""
    return [
        (f"{name} {key}", prior)
        for name, error in zip(called(spec.error), spec.error, strict=True)
        for key, prior in error.parameters.items()
    ]


def measure(spec: ModelSpec, dataset: Dataset) -> Measurement | None:
    """The errors of a model file, with what the dataset's vintages say; None without errors."""
    if not spec.error:
        return None
    steps, first = [], 0
    for error in spec.error:
        steps.append(error.step(first, spec.groups, spec.periods))
        first += len(error.parameters)
    families = spec.families
    acting: dict[str, tuple[int, ...]] = {
        family: tuple(
            at
            for at, error in enumerate(spec.error)
            if not (isinstance(error, Misclassification) and error.definitions)
            or family in {families[name] for name in error.definitions}
        )
        for family in ("", *families.values())
    }
    worlds = list(dict.fromkeys(acting.values()))
    world = {name: worlds.index(acting[family]) for name, family in families.items()}
    labels, priors = zip(*_parameters(spec), strict=True)
    revision = _revision(spec)
    return Measurement(
        labels,
        priors,
        None if revision is None else revision.size,
        _vintages(spec, dataset),
        tuple(tuple(steps[at] for at in one) for one in worlds),
        {name: at for name, at in world.items() if at},
    )


# --- vintages ---------------------------------------------------------------------------------


def revised(spec: ModelSpec, dataset: Dataset) -> list[tuple[Exact, Exact]]:
    """Totals of which a revision error is learned: the first that was published, and the one that stands.

    None without a revision error. Only exact ones of its definition, of at least `LEAST` persons, as long as its
    spans and on other days.
    """
    revision = _revision(spec)
    if revision is None:
        return []
    open_spans = [parse_span(span) for span in revision.spans]
    found: dict[Span, list[Exact]] = {}
    for row in dataset.statements:
        if not isinstance(row, Exact) or row.definition != revision.definition:
            continue
        if row.span is None or not revision.as_long(row.span.days):
            continue
        if not any(row.span.overlaps(span) for span in open_spans):
            found.setdefault(row.span, []).append(row)
    pairs = []
    for rows in found.values():
        old = [row for row in rows if row.status == "superseded"]
        now = [row for row in rows if row.status in REPLACING]
        if old and now and min(now[0].low, *(row.low for row in old)) >= LEAST:
            pairs.append((min(old, key=known_on), now[0]))
    return pairs


def _revision(spec: ModelSpec) -> Revision | None:
    return next((one for one in spec.error if isinstance(one, Revision)), None)


def _vintages(spec: ModelSpec, dataset: Dataset) -> np.ndarray:
    return np.array([np.log(old.low / now.low) for old, now in revised(spec, dataset)])
