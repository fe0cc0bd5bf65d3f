"""Sets of priors: the shipped ones fit the shipped models, and a set changes what it names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from country import country, country_spec
from defectmodels import catalog
from defectmodels.errors import SpecError, UnknownNameError
from defectmodels.evidence.dataset import Dataset
from defectmodels.model.design import make_design
from defectmodels.model.prior_sets import PriorSet, load_prior_set
from defectmodels.model.spec import load_model
from defectmodels.model.tagged import prior_of, tags


def test_three_sets_are_shipped_with_what_they_mean() -> None:
    assert sorted(catalog.prior_sets()) == ["enthusiastic", "flat", "sceptical"]
    for name in catalog.prior_sets():
        found = load_prior_set(name)
        assert found.name == name and len(found.description) > 100
        assert all(one.why for one in found.prior.values())


@pytest.mark.parametrize("name", sorted(catalog.models()))
@pytest.mark.parametrize("chosen", sorted(catalog.prior_sets()))
def test_a_shipped_set_fits_every_shipped_model_or_names_none_of_its_priors(
    name: str, chosen: str, shipped: Dataset
) -> None:
    spec, priors = load_model(name), load_prior_set(chosen)
    design = make_design(spec, shipped)
    if not priors.changes(tags(design)):
        assert name == "constant_rate"
        return
    other, data = priors.applied(spec, shipped, tags(design))
    # The same rows, so that only priors differ.
    again = make_design(other, data)
    assert again.coords == design.coords
    np.testing.assert_array_equal(again.covariates, design.covariates)


def small_set(**prior: dict[str, object]) -> PriorSet:
    content = {name.replace("__", "."): one | {"why": "a test"} for name, one in prior.items()}
    return PriorSet.model_validate(
        {"name": "own", "title": "Own", "description": "A test.", "prior": content}
    )


def test_a_set_changes_what_it_names_and_nothing_else() -> None:
    spec, data = country_spec(), country()
    names = tags(make_design(spec, data))
    chosen = PriorSet.model_validate(
        {
            "name": "own", "title": "Own", "description": "A test.",
            "prior": {
                "effect.*": {"median": 1.0, "factor": 9.0, "why": "a test"},
                "effect.closure": {"factor": 5.0, "why": "a test"},
                "exposure.officials": {"factor": 3.0, "why": "a test"},
            },
        }
    )  # fmt: skip
    other, changed = chosen.applied(spec, data, names)
    assert chosen.changes(names) == ("exposure.officials", "effect.closure", "effect.sanctions")
    # The name itself comes before a pattern, and what is not given stays.
    closure = prior_of(other, changed, "effect.closure")
    assert (closure.median, closure.factor) == (0.5, 5.0)
    sanctions = prior_of(other, changed, "effect.sanctions")
    assert (sanctions.median, sanctions.factor) == (1.0, 9.0)
    assert prior_of(other, changed, "exposure.officials").factor == 3.0
    for tag in set(names) - set(chosen.changes(names)):
        was, found = prior_of(spec, data, tag), prior_of(other, changed, tag)
        assert (was.median, was.factor) == (found.median, found.factor)


def test_a_set_that_does_not_fit_says_so(tmp_path: Path) -> None:
    spec, data = country_spec(), country()
    names = tags(make_design(spec, data))
    with pytest.raises(SpecError, match="names none of the priors of model 'small'"):
        small_set(reliability__high={"mean": 0.5}).applied(spec, data, names)
    with pytest.raises(SpecError, match="'frailty' is lognormal, with factor, median"):
        small_set(frailty={"mean": 0.5}).applied(spec, data, names)
    with pytest.raises(UnknownNameError, match=r"no prior set 'sceptcal'.*sceptical"):
        load_prior_set("sceptcal")
    file = tmp_path / "own.toml"
    file.write_text(
        'name = "x"\ntitle = "x"\ndescription = "x"\n[prior.trend]\nfactor = 0.5\nwhy = "x"\n'
    )
    with pytest.raises(SpecError, match="factor"):
        load_prior_set(file)
