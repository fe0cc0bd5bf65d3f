"""Worlds: parameters, and what would have been published under them.

Parameters come from the prior, or are draws that are given; what would be published under them comes from
`defectmodels.studies.publishing`.

Worlds in which the comparisons of the dataset would not have been published are drawn again. So are worlds of
which what is published cannot be used: statements that fail the validation of datasets, that the model would
leave out, or that cost much more to count than the dataset's. All this depends on what is published alone,
never on parameters or on counts that nobody sees: so the posterior given what is published is the model's own,
and parameters have uniform ranks among its draws.

Statements that the model does not use are left out. Superseded vintages are among them: the likelihood has no
law of revisions, but for a model with an error of kind ``revision``, of which they are said anew.

Invariant: the same seed gives the same world, and parameters and statements have the joint distribution that
the model gives them, among worlds that are kept. Shown by ``tests/test_simulation.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import xarray as xr

from defectmodels import names
from defectmodels.counting.program import price
from defectmodels.errors import EvidenceError, SpecError
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.selection import JointRow, Row
from defectmodels.evidence.statements import Statement
from defectmodels.evidence.validation import judge
from defectmodels.inference.prior_draws import PriorDraws
from defectmodels.model.build import build_design
from defectmodels.model.chance import prior_chances
from defectmodels.model.design import Design, make_design, remade
from defectmodels.model.spec import ModelSpec
from defectmodels.studies.persons import Rates
from defectmodels.studies.publishing import Published, Publisher
from defectmodels.studies.revising import revisions

BATCH = 256
"""Worlds drawn together."""
MOST_TRIES = 25_600
"""Worlds drawn for one that is kept before the search is given up."""
MOST_SAID = 1_000_000
"""Largest number that is said in a world that is kept."""
COSTLIEST = 2.0
"""What counting the joint rows of a world may cost, over what those of the dataset cost."""


@dataclass(frozen=True)
class World:
    """Parameters, and what would have been published under them.

    Attributes
    ----------
    variables : xr.Dataset
        Parameters, rates and expected arrivals as in a fit's posterior, without chain and draw.
    dataset : Dataset
        The statements that the model uses, said anew.
    untrue : tuple of str
        Ids of rows whose source was unreliable.
    tries : int
        Worlds drawn until this one could be kept.
    random_seed : int
    design : Design
        The model held against `dataset`; the rows that the first dataset had counted apart are so here.
    """

    variables: xr.Dataset = field(compare=False)
    dataset: Dataset
    untrue: tuple[str, ...]
    tries: int
    random_seed: int
    design: Design = field(repr=False, compare=False)


class Simulator:
    """Draws worlds of one model and the form of one dataset; made once for many.

    Parameters
    ----------
    spec, dataset
        From `load_model` and `load_dataset`; of the dataset only what the statements speak of is used,
        how precisely, and who said it.
    """

    def __init__(self, spec: ModelSpec, dataset: Dataset) -> None:
        self.spec, self.dataset = spec, dataset
        self.design = make_design(spec, dataset)
        self.model = build_design(self.design)
        self._prior = PriorDraws(self.model, names.VARIABLES)
        # The very draws with which the likelihood works `joint_chance` out.
        chances = prior_chances(self.model, self.design.grades)
        grades = np.zeros((len(chances.expected), len(self.design.grades)))
        rates = _rates(self.design, chances.expected, chances.factor, chances.frailty, grades)
        self.revisions = revisions(self.design, dataset)
        self.publisher = Publisher(self.design, dataset.readings, rates, self.revisions.beside)
        self._price = max(price(self.design.joint.problem), 1.0)

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables that a world has."""
        return self._prior.names

    def world(self, random_seed: int, parameters: xr.Dataset | None = None) -> World:
        """Draw one world.

        Parameters
        ----------
        parameters : xr.Dataset (chain, draw, ...) or (draw, ...), optional
            Draws of the variables from which the world's are taken at random, such as a fit's posterior;
            without them the prior. For calibration given data (Säilynoja et al. 2025, Posterior SBC) they
            must be draws from the posterior of this model given those data, and many more than there are
            worlds; what is fitted to a world must be fitted to those data too: the world's statements are
            a second set, of persons and frailties of their own.

        Raises
        ------
        SpecError
            When the parameters lack a variable of the model.
        EvidenceError
            When none of `MOST_TRIES` worlds could be kept.
        """
        rng = np.random.default_rng(random_seed)
        pool = None if parameters is None else self._pool(parameters)
        for first in range(0, MOST_TRIES, BATCH):
            if pool is None:
                drawn = self._prior.draw(BATCH, rng)
            else:
                drawn = pool.isel(draw=rng.integers(pool.sizes["draw"], size=BATCH))
            for one in self.publisher.published(self.rates(drawn), rng):
                dataset = self._said(one, drawn, rng)
                if (design := self._kept(dataset)) is not None:
                    variables, tries = drawn.isel(draw=one.draw, drop=True), first + one.draw + 1
                    return World(variables, dataset, one.untrue, tries, random_seed, design)
        raise EvidenceError(
            f"model '{self.spec.name}': none of {MOST_TRIES:,} worlds could be kept, in which the "
            "comparisons of the dataset would have been published and all statements could be used; leave "
            "comparisons out, or narrow the priors"
        )

    def rates(self, drawn: xr.Dataset) -> Rates:
        """What of draws persons arrive by: variables are xr.Dataset (draw, ...)."""

        def values(name: str, *dims: str) -> np.ndarray | None:
            return drawn[name].transpose("draw", *dims).values if name in drawn else None

        expected = values(names.EXPECTED, names.GROUP, names.PERIOD)
        assert expected is not None  # every model has it
        if self.design.measurement is not None:
            errors = values(names.ERROR_PARAMETER, names.ERROR)
            expected = self.design.measurement.published(expected, errors)
        return _rates(
            self.design,
            expected,
            values(names.FACTOR, names.DEFINITION),
            values(names.FRAILTY),
            values(names.RELIABILITY, names.GRADE),
        )

    def _pool(self, parameters: xr.Dataset) -> xr.Dataset:
        if missing := [name for name in self.variables if name not in parameters]:
            raise SpecError(
                f"parameters: no {', '.join(missing)}; give draws of all of {', '.join(self.variables)}, "
                "such as the posterior of a fit of this model"
            )
        found = parameters[list(self.variables)]
        if "chain" in found.dims:
            found = found.stack(sample=names.SAMPLE).drop_vars(["sample", *names.SAMPLE])
            found = found.rename(sample="draw")
        return found.drop_vars("draw", errors="ignore").transpose("draw", ...)

    def _said(self, one: Published, drawn: xr.Dataset, rng: np.random.Generator) -> Dataset:
        """The dataset of what is published in one of the draws."""
        said = one.statements
        if names.REVISION_SCALE in drawn:
            scale = float(drawn[names.REVISION_SCALE].values[one.draw])
            said = self.revisions.said(said, scale, rng)
        ordered = (said[row.id] for row in self.dataset.statements if row.id in said)
        return replace(self.dataset, statements=tuple(ordered))

    def _kept(self, dataset: Dataset) -> Design | None:
        """The design of what was published; None where it is not all sound, used and countable.

        A function of the statements alone.
        """
        said, most = dataset.statements, COSTLIEST * self._price
        if any((getattr(one, "low", None) or 0) > MOST_SAID for one in said):
            return None
        # The cheapest question comes first.
        if any(one.severity == "error" for one in judge(dataset.header, list(enumerate(said)))):
            return None
        try:
            design = remade(self.design, dataset, most, self.design.joint.apart)
        except EvidenceError:
            # Too dear, over the budget, or certain rows that contradict each other.
            return None
        used = {one.id for row in design.selection.rows for one in _readings(row)}
        return design if used == {one.id for one in said} - self.revisions.ids else None


def _readings(row: Row) -> tuple[Statement, ...]:
    return row.readings if isinstance(row, JointRow) else (row.statement,)


def _rates(
    design: Design,
    expected: np.ndarray,
    factor: np.ndarray | None,
    frailty: np.ndarray | None,
    reliability: np.ndarray | None,
) -> Rates:
    """Rates with nothing where a model has none."""
    draws = len(expected)
    return Rates(
        expected,
        np.zeros((draws, len(design.scaled))) if factor is None else factor,
        np.zeros(draws) if frailty is None else frailty,
        np.zeros((draws, len(design.grades))) if reliability is None else reliability,
    )


def simulate(
    spec: ModelSpec, dataset: Dataset, *, random_seed: int, parameters: xr.Dataset | None = None
) -> World:
    """Draw parameters, persons, and what would have been published of them.

    Parameters
    ----------
    spec, dataset
        From `load_model` and `load_dataset`. The dataset lends the form of its statements.
    random_seed : int
        The same seed gives the same world.
    parameters : xr.Dataset, optional
        Draws from which the parameters are taken, such as ``fit.posterior``; by default the prior. See
        `Simulator.world`.

    Returns
    -------
    World
        Its ``dataset`` can be fitted as any other; ``variables`` are what should be found.

    Raises
    ------
    EvidenceError
        When model and dataset do not fit together, or hardly any world could have been published with
        the comparisons of the dataset.
    """
    return Simulator(spec, dataset).world(random_seed, parameters)
