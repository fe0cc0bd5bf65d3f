"""The priors of a model by name: those whose numbers stand in the model's file or in a series'.

These are the top level. What is drawn around another parameter (how far a group's effect lies from the mean
over groups, the steps of a trend) has no number of its own and no name here: it follows the spread or the
scale, which have. Scaling it, too, would count one doubt twice (Kallioinen et al. 2024, section 2.4).

A positive quantity is held on the log scale, a probability as log odds. There a prior to a power stays of its
kind: the median of a `LogNormal` and its middle stay and its width changes, a `Beta` keeps its mean and is
worth another number of cases.

Invariant: a prior that is replaced by itself leaves the model as it was, and the density of a prior to a power
is that power of its density. Shown by ``tests/test_tagged.py``.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from defectmodels.errors import SpecError, UnknownNameError
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.series import Uncertainty
from defectmodels.model.design import Design
from defectmodels.model.measurement import priors as error_priors
from defectmodels.model.priors import Z90, Beta, Gamma, LogNormal
from defectmodels.model.spec import ModelSpec
from defectmodels.model.terms import Covariates, Season, Trend

Named = LogNormal | Gamma | Beta
"""A prior with a name; a season is a `LogNormal` of median 1."""


def tags(design: Design) -> tuple[str, ...]:
    """Names of the priors of a model that its rows bring into play.

    Returns
    -------
    tuple of str
        ``baseline.GROUP``, ``exposure.SERIES``, ``effect.SERIES``, ``spread``, ``season``, ``trend``,
        ``frailty``, ``factor.DEFINITION``, ``share.DEFINITION``, ``reliability.GRADE``, and of errors
        ``error.NAME KEY``.
    """
    spec = design.spec
    found = [f"baseline.{group}" for group in spec.groups]
    doubted = zip(spec.groups, design.exposure_sigma, strict=True)
    found += list(
        dict.fromkeys(f"exposure.{spec.exposure[one]}" for one, sigma in doubted if sigma)
    )
    for term in spec.term:
        if isinstance(term, Covariates):
            found += [f"effect.{effect.series}" for effect in term.effect]
            found += ["spread"] if (term.acts(spec.groups).sum(axis=0) > 1).any() else []
        else:
            found.append(term.kind)
    found += ["frailty"] if spec.frailty is not None else []
    for name in design.scaled:
        found.append(f"{'factor' if spec.definition[name].factor is not None else 'share'}.{name}")
    found += [f"reliability.{grade}" for grade in design.grades]
    return (*found, *(f"error.{name}" for name in error_priors(spec.error)))


def _split(tag: str) -> tuple[str, str]:
    kind, _, name = tag.partition(".")
    return kind, name


def prior_of(spec: ModelSpec, dataset: Dataset, tag: str) -> Named:
    """Look a prior up by its name.

    Raises
    ------
    UnknownNameError
        When the model has none of that name.
    """
    kind, name = _split(tag)
    found: Named | None = None
    if kind == "baseline" and name in spec.baseline:
        found = spec.baseline[name].rate
    elif kind == "exposure" and name in spec.exposure.values():
        doubt = dataset.one_series(name).uncertainty
        found = None if doubt is None else LogNormal(**doubt.model_dump())
    elif kind in ("factor", "share") and name in spec.definition:
        use = spec.definition[name]
        found = use.factor if kind == "factor" else use.share
    elif kind == "reliability":
        found = {str(grade): one for grade, one in spec.reliability.items()}.get(name)
    elif tag == "frailty":
        found = spec.frailty
    elif kind == "error" and name in (known := error_priors(spec.error)):
        at, key = known[name]
        found = getattr(spec.error[at], key)
    else:
        found = _of_terms(spec, kind, name)
    if found is None:
        raise UnknownNameError(f"model '{spec.name}' has no prior '{tag}'")
    return found


def _of_terms(spec: ModelSpec, kind: str, name: str) -> Named | None:
    for term in spec.term:
        if isinstance(term, Covariates):
            effects = {effect.series: effect.ratio for effect in term.effect}
            if kind == "effect" and name in effects:
                return effects[name]
            if kind == "spread":
                return term.spread
        elif isinstance(term, Season) and kind == "season":
            # One standard deviation of a season is a ratio of `size`.
            return LogNormal(median=1.0, factor=term.size**Z90, why=term.why)
        elif isinstance(term, Trend) and kind == "trend":
            return term.scale
    return None


def with_prior(
    spec: ModelSpec, dataset: Dataset, tag: str, prior: Named
) -> tuple[ModelSpec, Dataset]:
    """Give a prior in the place of one.

    An exposure's prior stands with its series, so that another dataset is given back, too.

    Raises
    ------
    UnknownNameError
        When the model has none of that name.
    SpecError
        When the prior is of a kind that cannot stand there.
    """
    was = prior_of(spec, dataset, tag)
    if isinstance(was, Beta) != isinstance(prior, Beta):
        raise SpecError(f"prior '{tag}' is {was.dist}; a {prior.dist} prior cannot stand there")
    kind, name = _split(tag)
    if kind == "exposure":
        return spec, _with_doubt(dataset, name, prior)
    content = spec.model_dump(mode="json", by_alias=True)
    held, key = _place(content, kind, name)
    held[key] = prior.model_dump(mode="json")
    if kind == "season":
        if not isinstance(prior, LogNormal) or prior.median != 1.0:
            raise SpecError(
                "the prior of a season is lognormal with a median of 1; give such a one"
            )
        held[key] = math.exp(prior.sigma)
    return ModelSpec.model_validate(content), dataset


def _place(content: dict[str, Any], kind: str, name: str) -> tuple[dict[str, Any], str]:
    """Where a prior stands in the content of a model's file."""
    if kind == "baseline":
        return content["baseline"][name], "rate"
    if kind in ("factor", "share"):
        return content["definition"][name], kind
    if kind == "reliability":
        return content["reliability"], name
    if kind == "frailty":
        return content, kind
    if kind == "error":
        at, key = error_priors(ModelSpec.model_validate(content).error)[name]
        return content["error"][at], key
    own = {"effect": "covariates", "spread": "covariates"}.get(kind, kind)
    term = next(one for one in content["term"] if one["kind"] == own)
    if kind == "effect":
        return next(one for one in term["effect"] if one["series"] == name), "ratio"
    return term, {"spread": "spread", "season": "size", "trend": "scale"}[kind]


def _with_doubt(dataset: Dataset, name: str, prior: Named) -> Dataset:
    """The dataset with another prior of the level of a series."""
    if not isinstance(prior, LogNormal):
        raise SpecError(
            f"the prior of exposure '{name}' is lognormal; {prior.dist} cannot stand there"
        )
    doubt = Uncertainty(median=prior.median, factor=prior.factor, why=prior.why)
    new = dataset.one_series(name).model_copy(update={"uncertainty": doubt})
    return replace(dataset, series=dataset.series | {name: new})


def powered(prior: Named, power: float) -> Named:
    """A prior whose density, on the scale it is held on, is that of another to a power.

    Raises
    ------
    SpecError
        When the power is 0 or less.
    """
    if not power > 0:
        raise SpecError(f"a prior to the power of {power:g} is none; give more than 0")
    if isinstance(prior, LogNormal):
        return prior.model_copy(update={"factor": prior.factor ** (1.0 / math.sqrt(power))})
    name = "shape" if isinstance(prior, Gamma) else "size"
    return prior.model_copy(update={name: getattr(prior, name) * power})
