"""A model held against a dataset: every array that the PyMC model is built from.

Invariant: a design needs no PyMC and is the same for the same files. Shown by
``tests/test_design.py``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from defectmodels import catalog, names
from defectmodels.counting.program import Program
from defectmodels.errors import EvidenceError, known
from defectmodels.evidence.dataset import Dataset, Definition, Problem, read_folder
from defectmodels.evidence.periods import Periods
from defectmodels.evidence.selection import Counted, Row, Selection, Unused, select
from defectmodels.evidence.statements import Doubted
from defectmodels.evidence.validation import series_gaps
from defectmodels.model.jointly import Joint, make_joint
from defectmodels.model.measured import Measurement, measure
from defectmodels.model.priors import Z90
from defectmodels.model.spec import ModelSpec
from defectmodels.model.terms import Covariates, Scaled, Trend


@dataclass(frozen=True)
class Design:
    """Arrays of one model on one dataset.

    Attributes
    ----------
    groups : tuple of str
    periods : Periods
    covariates : np.ndarray (period, covariate), dimensionless
    exposure : np.ndarray (group, period), persons at risk (1 where the model names no exposure)
    exposure_sigma : np.ndarray (group,), standard deviation of the log of the exposure's level
    selection : Selection
    scaled : tuple of str
        Definitions whose rate is not the groups' own, among those that a row uses and those that
        contain them.
    joint : Joint
        The joint rows, cut into counts.
    measurement : Measurement or None
        Errors of what is published; None where the model has none.
    """

    spec: ModelSpec
    groups: tuple[str, ...]
    periods: Periods
    covariates: np.ndarray
    exposure: np.ndarray
    exposure_sigma: np.ndarray
    selection: Selection
    scaled: tuple[str, ...]
    joint: Joint
    measurement: Measurement | None = None

    @property
    def grades(self) -> tuple[Doubted, ...]:
        """Grades of the joint rows that the model doubts, in the order of its file."""
        used = {row.statement.grade for row in self.joint.rows}
        return tuple(grade for grade in self.spec.reliability if grade in used)

    @cached_property
    def coords(self) -> dict[str, list[str]]:
        """Coordinates of every dim of the fit."""
        coords: dict[str, list[str]] = {
            names.GROUP: list(self.groups),
            names.PERIOD: list(self.periods.labels),
            names.DIRECT: [row.statement.id for row in self.selection.direct],
            names.NESTED: [row.statement.id for row in self.selection.nested],
            names.JOINT: [row.statement.id for row in self.selection.joint],
            names.DEFINITION: list(self.scaled),
            names.GRADE: list(self.grades),
        }
        for term in self.spec.term:
            if isinstance(term, Covariates):
                coords[names.COVARIATE] = list(self.spec.covariates)
                over = term.acts(self.groups).sum(axis=0) > 1
                coords[names.POOLED_COVARIATE] = [
                    n for n, o in zip(self.spec.covariates, over, strict=True) if o
                ]
            elif isinstance(term, Trend):
                coords[names.STEP] = [str(i) for i in range(term.steps(self.periods).shape[1] - 1)]
        if self.periods.seasons:
            coords[names.SEASON] = list(self.periods.seasons)
            coords[names.SEASON_DIRECTION] = list(map(str, range(len(self.periods.seasons) - 1)))
        if self.measurement is not None:
            coords[names.ERROR] = list(self.measurement.labels)
        return coords

    @property
    def scaled_variables(self) -> tuple[Scaled, ...]:
        """Standard normal variables that scales multiply, of all terms and errors."""
        found = [one for term in self.spec.term for one in term.scaled(self)]
        return (*found, *(self.measurement.scaled if self.measurement is not None else ()))

    @property
    def components(self) -> np.ndarray:
        """np.ndarray (group,), int: groups with the same number are tied by rows, directly or through others.

        Groups that no row counts together are independent given what the model has in common.
        """
        count = len(self.groups)
        selection = self.selection
        sets = [self.group_mask(row.groups) for row in selection.direct]
        for row in selection.nested:
            together = sum((self.group_mask(one.groups) for one in row.parents), np.zeros(count))
            sets.append(self.group_mask(row.groups) + together)
        # Joint rows are counted together, whatever they speak of; errors lie on all groups alike.
        joint = [link.inside + link.whole for link in self.joint.links]
        joint += [free.inside for free in self.joint.free]
        sets.append(sum((one.any(axis=1) for one in joint), np.zeros(count)))
        if self.measurement is not None:
            sets.append(np.ones(count))
        touches = csr_array(np.array(sets) > 0).astype(float)
        found: np.ndarray = connected_components(touches.T @ touches, directed=False)[1]
        return found

    @property
    def worlds(self) -> int:
        """How many different published counts of the same persons there are."""
        return 1 if self.measurement is None else len(self.measurement.chains)

    def world(self, definition: str) -> int:
        """Which of them a definition's statements speak of; '' is the groups' own."""
        return 0 if self.measurement is None else self.measurement.world.get(definition, 0)

    def placed(self, definition: str, cells: np.ndarray) -> np.ndarray:
        """Weights of cells, np.ndarray (group, period), among those that a definition's statements count."""
        return cells if self.measurement is None else self.measurement.placed(definition, cells)

    def group_mask(self, groups: tuple[str, ...]) -> np.ndarray:
        """np.ndarray (group,), 1 for the groups named."""
        return np.array([float(group in groups) for group in self.groups])

    def cell_weights(self, row: Row) -> np.ndarray:
        """np.ndarray (group, period), share of each cell's expected arrivals that it counts."""
        return np.outer(self.group_mask(row.groups), row.weights)


def _covariates(spec: ModelSpec, dataset: Dataset) -> np.ndarray:
    columns = [
        dataset.one_series(effect.series).standardised(spec.periods, effect.code)
        for term in spec.term
        if isinstance(term, Covariates)
        for effect in term.effect
    ]
    return np.array(columns).T if columns else np.zeros((len(spec.periods), 0))


def _exposure(spec: ModelSpec, dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    levels, sigmas = [], []
    for group in spec.groups:
        if group not in spec.exposure:
            levels.append(np.ones(len(spec.periods)))
            sigmas.append(0.0)
            continue
        series = dataset.one_series(spec.exposure[group])
        level = series.levels(spec.periods)
        if (level <= 0).any():
            raise EvidenceError(
                f"series '{series.name}' is 0 or less somewhere; an exposure must be more than 0"
            )
        levels.append(level * (series.uncertainty.median if series.uncertainty else 1.0))
        sigmas.append(np.log(series.uncertainty.factor) / Z90 if series.uncertainty else 0.0)
    return np.array(levels), np.array(sigmas)


def fit_problems(spec: ModelSpec, dataset: Dataset) -> list[Problem]:
    """List what keeps a model from being fitted to a dataset, beyond the dataset's own faults."""
    groups = [group.name for group in dataset.header.group]
    return (
        series_gaps(dataset.series, spec.periods, spec.series)
        + _unknown_groups(spec, groups)
        + _containment(spec, dataset.header.definition)
    )


def _unknown_groups(spec: ModelSpec, choices: list[str]) -> list[Problem]:
    return [
        Problem(
            "dataset.toml",
            None,
            f"model '{spec.name}' has the unknown group '{name}'. {known(name, choices)}",
        )
        for name in spec.groups
        if name not in choices
    ]


def _containment(spec: ModelSpec, definitions: Sequence[Definition]) -> list[Problem]:
    """What the dataset says against the containment of definitions."""
    counts = {
        one.name: set(spec.groups) if one.everyone else set(one.groups) & set(spec.groups)
        for one in definitions
    }
    found = []
    inner: dict[str, str] = {}
    for name, container in spec.within.items():
        if name not in counts or container not in counts:
            continue
        place = f"model '{spec.name}': definition.{name}.within"
        if beyond := counts[name] - counts[container]:
            text = (
                f"{place}: '{name}' counts {', '.join(sorted(beyond))}, which '{container}' does not; "
                "a part counts groups of what contains it"
            )
            found.append(Problem("dataset.toml", None, text))
        if container in spec.scaled:
            continue
        for group in sorted(counts[name]):
            if (other := inner.setdefault(group, name)) != name:
                text = (
                    f"{place}: '{other}' is a part of {group} too, and how far the two overlap is not "
                    "known; put one within the other or give one a factor"
                )
                found.append(Problem("dataset.toml", None, text))
    return found


def dataset_problems(spec: ModelSpec, name: str | Path) -> list[Problem]:
    """List what keeps a model from being fitted to a dataset's folder, sound or not.

    Returns
    -------
    list of Problem
        Unknown series and definitions, and gaps of series inside the fitted span.
    """
    header, _, series, _ = read_folder(catalog.find(name, "dataset"))
    found = series_gaps(series, spec.periods, spec.series)
    if header is not None:
        found += _unknown_groups(spec, [group.name for group in header.group])
        choices = [definition.name for definition in header.definition]
        found += [
            Problem(
                "dataset.toml",
                None,
                f"model '{spec.name}' uses the unknown definition '{wanted}'. "
                f"{known(wanted, choices)}",
            )
            for wanted in spec.definition
            if wanted not in choices
        ]
        found += _containment(spec, header.definition)
    return found


def count_jointly(
    spec: ModelSpec,
    dataset: Dataset,
    selection: Selection,
    more: Sequence[Counted] = (),
    apart: Sequence[str] | None = None,
    like: Program | None = None,
    most: float = math.inf,
) -> tuple[Joint, tuple[Unused, ...]]:
    """Cut the joint rows of a selection into counts, as a model asks for; see `make_joint`.

    With `apart`, ids, just these rows are counted apart, and what is over the budget is refused.
    """
    return make_joint(
        selection,
        spec.groups,
        spec.periods,
        spec.scaled,
        dataset.readings,
        tuple(spec.reliability),
        more,
        within=spec.within,
        over_budget=spec.over_budget if apart is None else "refuse",
        apart=apart or (),
        like=like,
        most=most,
    )


def _selected(
    spec: ModelSpec,
    dataset: Dataset,
    like: Program | None = None,
    most: float = math.inf,
    apart: Sequence[str] | None = None,
) -> tuple[Selection, Joint]:
    """Rows of a dataset as a model counts them."""
    uses = spec.definition
    definitions = tuple(uses) or tuple(d.name for d in dataset.header.definition if d.countable)
    selection = select(
        dataset, spec.groups, spec.periods, definitions, spec.scaled, spec.statuses, spec.within
    )
    joint, settled = count_jointly(spec, dataset, selection, apart=apart, like=like, most=most)
    selection = replace(selection, joint=joint.rows, unused=(*selection.unused, *settled))
    if not selection.rows:
        reasons = "; ".join(sorted({item.reason for item in selection.unused})[:5])
        raise EvidenceError(
            f"dataset '{dataset.name}' has no statement that model '{spec.name}' can count: "
            f"{reasons}"
        )
    return selection, joint


def used_rows(spec: ModelSpec, dataset: Dataset, like: Design) -> tuple[Row, ...]:
    """Rows that a design of fewer statements of the same dataset would have.

    Parameters
    ----------
    like : Design
        That of all statements.

    Raises
    ------
    EvidenceError
        When there are none, or they cannot be counted jointly.
    """
    return _selected(spec, dataset, like.joint.program)[0].rows


def make_design(
    spec: ModelSpec,
    dataset: Dataset,
    most: float = math.inf,
    apart: Sequence[str] | None = None,
    like: Program | None = None,
) -> Design:
    """Hold a model against a dataset.

    Parameters
    ----------
    most : float
        What counting the joint rows may cost, as `defectmodels.counting.program.price` says.
    apart : sequence of str, optional
        Ids of the rows that are counted apart, such as another design's ``joint.apart``; what is over the
        budget all the same is refused. By default as the model file asks.
    like : Program, optional
        That of a similar design: what the two have in common is not compiled again.

    Raises
    ------
    EvidenceError
        When a series is missing or has a gap in the fitted span, or no statement can be counted.
    UnknownNameError
        When the model names a definition that the dataset does not have.
    """
    problems = fit_problems(spec, dataset)
    if problems:
        raise EvidenceError("\n".join(str(problem) for problem in problems))
    selection, joint = _selected(spec, dataset, like, most, apart)
    exposure, sigma = _exposure(spec, dataset)
    return Design(
        spec,
        spec.groups,
        spec.periods,
        _covariates(spec, dataset),
        exposure,
        sigma,
        selection,
        _scaled(spec, selection),
        joint,
        measure(spec, dataset),
    )


def remade(
    design: Design,
    dataset: Dataset,
    most: float = math.inf,
    apart: Sequence[str] | None = None,
) -> Design:
    """Hold a design's model against other statements: `make_design` of all but what they change.

    Parameters
    ----------
    dataset : Dataset
        With the groups, the definitions and the series that the design was made of.
    most, apart
        As of `make_design`.

    Raises
    ------
    EvidenceError
        When no statement can be counted.
    """
    spec = design.spec
    selection, joint = _selected(spec, dataset, design.joint.program, most, apart)
    return replace(
        design,
        selection=selection,
        scaled=_scaled(spec, selection),
        joint=joint,
        measurement=measure(spec, dataset),
    )


def _scaled(spec: ModelSpec, selection: Selection) -> tuple[str, ...]:
    """Definitions with a rate of their own among those that rows use, and those that contain them."""
    seen = {row.statement.definition for row in selection.rows}
    seen |= {one.definition for row in selection.joint for one in row.counted}
    seen |= {container for name in seen for container in spec.containers(name)}
    return tuple(name for name in spec.scaled if name in seen)
