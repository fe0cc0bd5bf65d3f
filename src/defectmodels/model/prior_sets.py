"""Sets of priors to hold beside a model's own: sceptical, enthusiastic, flat, or a file of yours.

A file names priors as `defectmodels.model.tagged` does, also with ``*`` for any part of a name, and gives the numbers
that become others; what it does not give stays.

Invariant: a set changes the priors that it names and no others, and one that names none of a model's is refused.
Shown by ``tests/test_prior_sets.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from defectmodels import catalog
from defectmodels.errors import SpecError
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.files import FileModel, explain, read_toml
from defectmodels.model.priors import Positive
from defectmodels.model.spec import ModelSpec
from defectmodels.model.tagged import Named, prior_of, with_prior


class Other(FileModel):
    """Numbers of a prior that become others: those that its kind has."""

    median: Positive | None = None
    factor: Annotated[float, Field(gt=1)] | None = None
    mean: Positive | None = None
    shape: Positive | None = None
    size: Positive | None = None
    why: str

    def of(self, prior: Named, tag: str) -> Named:
        """The prior with these numbers.

        Raises
        ------
        SpecError
            When its kind has none of them, or cannot have one.
        """
        given = self.model_dump(exclude_none=True)
        own = {name: value for name, value in given.items() if name in type(prior).model_fields}
        if len(own) < 2:
            has = ", ".join(sorted(set(type(prior).model_fields) - {"dist", "why"}))
            raise SpecError(f"prior '{tag}' is {prior.dist}, with {has}; give one of these")
        try:
            return type(prior).model_validate(prior.model_dump() | own)
        except ValidationError as error:
            text = "; ".join(f"{where}: {what}" for where, what in explain(error))
            raise SpecError(f"prior '{tag}': {text}") from None


class PriorSet(FileModel):
    """A set of priors, as its file in models/priors/ says it."""

    name: str
    title: str
    description: str
    prior: Annotated[dict[str, Other], Field(min_length=1)]

    def of(self, tag: str) -> Other | None:
        """What becomes of a prior: what its own name says, or else the first pattern that fits."""
        if tag in self.prior:
            return self.prior[tag]
        return next((one for name, one in self.prior.items() if fnmatchcase(tag, name)), None)

    def changes(self, tags: Sequence[str]) -> tuple[str, ...]:
        """Those of some names that the set changes."""
        return tuple(tag for tag in tags if self.of(tag) is not None)

    def applied(
        self, spec: ModelSpec, dataset: Dataset, tags: Sequence[str]
    ) -> tuple[ModelSpec, Dataset]:
        """A model and its dataset with the priors of this set.

        Parameters
        ----------
        tags : sequence of str
            Names of the model's priors.

        Raises
        ------
        SpecError
            When the set changes none of them, or gives one what its kind cannot have.
        """
        if not self.changes(tags):
            raise SpecError(
                f"the prior set '{self.name}' names none of the priors of model '{spec.name}': "
                f"{', '.join(tags)}"
            )
        for tag in tags:
            other = self.of(tag)
            if other is not None:
                prior = other.of(prior_of(spec, dataset, tag), tag)
                spec, dataset = with_prior(spec, dataset, tag, prior)
        return spec, dataset


def load_prior_set(name: str | Path) -> PriorSet:
    """Load a set of priors by name or from a file of your own.

    Parameters
    ----------
    name : str or Path
        A shipped name (``sceptical``) or the path of a TOML file.

    Raises
    ------
    UnknownNameError
        When there is no such set.
    SpecError
        With the file, the key, what is wrong and what is allowed.
    """
    return read_toml(catalog.find(name, "prior set"), PriorSet)
