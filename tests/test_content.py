"""Whatever is shipped loads, fits together and gives its reasons."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pydantic import BaseModel

from defectmodels import catalog
from defectmodels.evidence.dataset import Dataset, load_dataset
from defectmodels.evidence.series import read_series
from defectmodels.evidence.validation import validate
from defectmodels.model.design import dataset_problems, fit_problems, make_design
from defectmodels.model.priors import Gamma, LogNormal
from defectmodels.model.spec import ModelSpec, load_model
from defectmodels.model.terms import Covariates, Season

every_model = pytest.mark.parametrize("name", sorted(catalog.models()))


def priors(model: BaseModel, path: str = "") -> Iterator[tuple[str, LogNormal | Gamma | Season]]:
    """Every prior of a model, and where it stands."""
    if isinstance(model, LogNormal | Gamma | Season):
        yield path, model
    for name in type(model).model_fields:
        value = getattr(model, name)
        items = (
            value.items()
            if isinstance(value, dict)
            else enumerate(value)
            if isinstance(value, tuple)
            else [("", value)]
        )
        for key, item in items:
            if isinstance(item, BaseModel):
                yield from priors(item, f"{path}.{name}[{key}]")


def test_something_is_shipped() -> None:
    assert {"escape_rates", "constant_rate", "escape_rates_by_sex"} <= set(catalog.models())
    assert "arrivals" in catalog.datasets()


@every_model
def test_a_model_loads_under_its_files_name(name: str) -> None:
    spec = load_model(name)
    assert spec.name == name
    assert spec.title and len(spec.description) > 80


@every_model
def test_a_model_fits_the_shipped_dataset(name: str, shipped: Dataset) -> None:
    spec = load_model(name)
    assert fit_problems(spec, shipped) == [] == dataset_problems(spec, "arrivals")
    design = make_design(spec, shipped)
    assert len(design.selection.direct) + len(design.selection.nested) >= 10
    assert np.isfinite(design.covariates).all() and np.isfinite(design.exposure).all()
    assert (design.exposure > 0).all()
    assert design.covariates.shape == (len(spec.periods), len(spec.covariates))
    # A covariate that never moves would only blur the baseline.
    assert (np.ptp(design.covariates, axis=0) > 0).all()
    # Every definition that the model names is one of the dataset's, and is used.
    used = {
        row.statement.definition for row in (*design.selection.direct, *design.selection.nested)
    }
    assert set(design.scaled) <= used


@every_model
def test_every_prior_has_a_reason(name: str) -> None:
    found = dict(priors(load_model(name)))
    assert len(found) >= 1
    for place, prior in found.items():
        assert len(prior.why.split()) >= 4, f"{name}{place}: {prior.why!r}"


def test_no_prior_is_overlooked(escape_rates: ModelSpec) -> None:
    """2 baselines, 7 effects and their spread, season, trend, frailty, 5 factors."""
    assert len(list(priors(escape_rates))) == 2 + 8 + 1 + 1 + 1 + 5


@every_model
def test_every_covariate_says_what_one_unit_is(name: str, shipped: Dataset) -> None:
    spec = load_model(name)
    for term in spec.term:
        if isinstance(term, Covariates):
            for effect in term.effect:
                series = shipped.one_series(effect.series)
                assert series.per and series.role in ("covariate", "both"), effect.series
    for series_name in spec.exposure.values():
        assert shipped.one_series(series_name).role in ("exposure", "both")


@every_model
def test_the_headline_lies_inside_the_fitted_periods(name: str) -> None:
    spec = load_model(name)
    if spec.headline is not None:
        from defectmodels.evidence.periods import parse_span

        pairs = ((spec.headline.before, spec.headline.after), *spec.headline.also)
        for text in (text for pair in pairs for text in pair):
            assert spec.periods.weights(parse_span(text)).sum() > 0
    else:
        assert name == "constant_rate"


@pytest.mark.parametrize(
    "path", sorted(catalog.series_folder().glob("*.toml")), ids=lambda path: path.stem
)
def test_a_series_loads_under_its_files_name(path: Path) -> None:
    series = read_series(path)
    assert series.name == path.stem and series.description.strip()
    assert bool(series.step) != bool(series.span)


@pytest.mark.parametrize("name", sorted(catalog.datasets()))
def test_a_dataset_has_no_error(name: str) -> None:
    assert [str(problem) for problem in validate(name) if problem.severity == "error"] == []
    assert load_dataset(name).name == name
