"""The model file: everything that a model assumes, as data.

Invariant: a model file says all that a fit needs beside the dataset, and a file that loads names no
group it does not have. Shown by ``tests/test_spec.py``.
"""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from defectmodels import catalog
from defectmodels.errors import SpanError, known
from defectmodels.evidence.files import FileModel, digest, read_toml
from defectmodels.evidence.periods import Periods, parse_span
from defectmodels.evidence.selection import STATUSES
from defectmodels.evidence.statements import Doubted, StatusWord
from defectmodels.model.measurement import Error, check_errors
from defectmodels.model.priors import Beta, LogNormal, Prior
from defectmodels.model.terms import Covariates, Season, Term, Trend


class Axis(FileModel):
    """The periods of a model."""

    start: str
    end: str
    every: Literal["year", "quarter", "month"]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        try:
            Periods.between(self.start, self.end, self.every)
        except SpanError as error:
            raise ValueError(str(error)) from None
        return self


class Baseline(FileModel):
    """Prior of a group's rate with every covariate at its centre.

    rate is arrivals a year for every `per` persons at risk; without an exposure, `per` is 1 and the
    rate is persons a year.
    """

    rate: Prior
    per: Annotated[float, Field(gt=0)] = 1.0


class DefinitionUse(FileModel):
    """How the model uses a definition of the dataset.

    factor is the prior of its rate over the groups' own: it counts persons of its own. within names
    a definition whose persons contain its own, and share is the prior of the part that they are.
    With none of these its statements count the groups themselves.
    """

    factor: LogNormal | None = None
    within: str | None = None
    share: Beta | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.within is not None and self.factor is not None:
            raise ValueError(
                "factor and within: a definition has persons of its own (factor) or a part of "
                "another's (within and share); leave one out"
            )
        if (self.within is None) != (self.share is None):
            missing = "share" if self.share is None else "within"
            raise ValueError(f"{missing} is missing; within and share stand together")
        return self


class Headline(FileModel):
    """The comparison that the report opens with."""

    of: str
    before: str
    after: str
    also: tuple[tuple[str, str], ...] = ()

    @field_validator("before", "after", "also")
    @classmethod
    def _spans(cls, value: str | tuple[tuple[str, str], ...]) -> str | tuple[tuple[str, str], ...]:
        try:
            for span in (value,) if isinstance(value, str) else chain.from_iterable(value):
                parse_span(span)
        except SpanError as error:
            raise ValueError(str(error)) from None
        return value


class ModelSpec(FileModel):
    """A model, as its file in models/ says it."""

    name: str
    title: str
    description: str
    groups: Annotated[tuple[str, ...], Field(min_length=1, max_length=1000)]
    axis: Axis
    baseline: dict[str, Baseline]
    exposure: dict[str, str] = Field(default_factory=dict)
    term: tuple[Term, ...] = ()
    frailty: LogNormal | None = None
    definition: dict[str, DefinitionUse] = Field(default_factory=dict)
    reliability: dict[Doubted, Beta] = Field(default_factory=dict)
    headline: Headline | None = None
    statuses: tuple[StatusWord, ...] = STATUSES
    over_budget: Literal["refuse", "apart"] = "refuse"
    error: tuple[Error, ...] = ()

    @model_serializer(mode="wrap")
    def _said(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A model without errors is written, and has the digest, as if there were no such key."""
        found: dict[str, Any] = written(self)
        if not self.error:
            found.pop("error", None)
        return found

    @model_validator(mode="after")
    def _groups_known(self) -> Self:
        if len(set(self.groups)) < len(self.groups):
            raise ValueError("groups: a name stands twice; each group once")
        for name in self.groups:
            if name not in self.baseline:
                raise ValueError(f"baseline.{name} is missing; give every group a prior rate")
        named = [("baseline", g) for g in self.baseline] + [("exposure", g) for g in self.exposure]
        for index, term in enumerate(self.term):
            if isinstance(term, Season):
                named += [(f"term[{index}].groups", g) for g in term.groups]
            elif isinstance(term, Covariates):
                named += [
                    (f"term[{index}].effect[{i}].groups", g)
                    for i, e in enumerate(term.effect)
                    for g in e.groups
                ]
        if self.headline is not None:
            named.append(("headline.of", self.headline.of))
        for place, name in named:
            if name not in self.groups:
                raise ValueError(f"{place}: unknown group '{name}'. {known(name, self.groups)}")
        return self

    @model_validator(mode="after")
    def _sizes_known(self) -> Self:
        for name, base in self.baseline.items():
            if base.per != 1 and name not in self.exposure:
                raise ValueError(
                    f"baseline.{name}.per: without an exposure the rate is persons a year, per 1; "
                    f"name an exposure.{name} or leave per out"
                )
        return self

    @model_validator(mode="after")
    def _headline_inside(self) -> Self:
        found = self.headline
        pairs = ((found.before, found.after), *found.also) if found is not None else ()
        for text in (text for pair in pairs for text in pair):
            try:
                self.periods.weights(parse_span(text))
            except SpanError as error:
                raise ValueError(f"headline: {error}") from None
        return self

    @model_validator(mode="after")
    def _terms_fit(self) -> Self:
        kinds = [term.kind for term in self.term]
        if len(set(kinds)) < len(kinds):
            raise ValueError(
                "term: a kind stands twice; put all covariates in one term, one season, one trend"
            )
        for index, term in enumerate(self.term):
            if isinstance(term, Season) and not self.periods.seasons:
                raise ValueError(f"term[{index}]: a yearly axis has no season; leave the term out")
            if isinstance(term, Covariates):
                used = [effect.series for effect in term.effect]
                if len(set(used)) < len(used):
                    raise ValueError(f"term[{index}].effect: a series stands twice; name each once")
            if isinstance(term, Trend) and len(self.periods) < 3:
                raise ValueError(f"term[{index}]: a trend needs at least 3 periods")
        return self

    @model_validator(mode="after")
    def _containers_known(self) -> Self:
        within = self.within
        for name, container in within.items():
            place = f"definition.{name}.within"
            if container not in self.definition:
                raise ValueError(
                    f"{place}: '{container}' is not a definition of this model. "
                    f"{known(container, self.definition)}"
                )
            path = [name]
            while path[-1] in within:
                path.append(within[path[-1]])
                if path[-1] in path[:-1]:
                    raise ValueError(f"{place}: leads in a circle, {' within '.join(path)}")
            if others := [one for one, of in within.items() if of == container and one != name]:
                raise ValueError(
                    f"{place}: '{others[0]}' is within '{container}' too, and how far the two overlap "
                    "is not known; put one within the other or give one a factor"
                )
        return self

    @model_validator(mode="after")
    def _errors_fit(self) -> Self:
        check_errors(self.error, self.groups, self.periods, self.families)
        return self

    @cached_property
    def periods(self) -> Periods:
        """Period axis."""
        return Periods.between(self.axis.start, self.axis.end, self.axis.every)

    @property
    def scaled(self) -> tuple[str, ...]:
        """Definitions whose rate is not the groups' own: those with a factor or within another."""
        return tuple(
            name
            for name, use in self.definition.items()
            if use.factor is not None or use.within is not None
        )

    @property
    def within(self) -> dict[str, str]:
        """Definitions that count a part of another's persons, and that other."""
        return {name: use.within for name, use in self.definition.items() if use.within is not None}

    def containers(self, name: str) -> tuple[str, ...]:
        """Definitions that contain a definition's persons, from the nearest outwards."""
        within, found = self.within, [name]
        while found[-1] in within:
            found.append(within[found[-1]])
        return tuple(found[1:])

    @property
    def families(self) -> dict[str, str]:
        """For each definition the one whose persons it counts a part of, '' for the groups' own."""
        outermost = {name: (name, *self.containers(name))[-1] for name in self.definition}
        return {name: of if of in self.scaled else "" for name, of in outermost.items()}

    @property
    def covariates(self) -> tuple[str, ...]:
        """Names of the series used as covariates, in order."""
        return tuple(e.series for t in self.term if isinstance(t, Covariates) for e in t.effect)

    @property
    def series(self) -> tuple[str, ...]:
        """Names of all series that the model needs."""
        return tuple(
            dict.fromkeys(
                (*self.covariates, *(self.exposure[g] for g in self.groups if g in self.exposure))
            )
        )

    @property
    def digest(self) -> str:
        """SHA-256 of the file's content."""
        return digest(self.model_dump(mode="json"))


def load_model(name: str | Path) -> ModelSpec:
    """Load a model by name or from a file of your own.

    Parameters
    ----------
    name : str or Path
        A shipped name (``escape_rates``) or the path of a TOML file.

    Raises
    ------
    UnknownNameError
        When there is no such model.
    SpecError
        With the file, the key, what is wrong and what is allowed.
    """
    return read_toml(catalog.find(name, "model"), ModelSpec)
