"""Choices as data: each changes what it says and nothing else."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from country import country, country_spec, prior
from defectmodels.errors import SpecError
from defectmodels.evidence.dataset import Dataset, load_dataset
from defectmodels.evidence.statements import RoundedNumber
from defectmodels.inference.store import used_by
from defectmodels.model.design import make_design
from defectmodels.model.spec import ModelSpec, load_model
from defectmodels.studies.variants import (
    AXES,
    NEVER,
    SHIPPED,
    ImpossibleError,
    changed,
    impossible,
    varied,
)
from defectmodels.wording import LANGUAGES, speaking
from smallworld import make_spec

ONES = [(axis, one.name) for axis, among in AXES.items() for one in among[1:]]


@pytest.fixture(scope="module")
def reference() -> tuple[ModelSpec, Dataset]:
    return load_model("escape_rates"), load_dataset("arrivals")


def keys(spec: ModelSpec) -> dict[str, Any]:
    """Top keys of a model file, terms apart by kind."""
    content = spec.model_dump(mode="json", by_alias=True)
    return content | {f"term {one['kind']}": one for one in content.pop("term")}


TOUCHED: dict[str, set[str]] = {
    "poisson": {"frailty"},
    "no-trend": {"term trend"},
    "eras": {"term covariates"},
    "one-index": {"term covariates"},
    "separate": {"term covariates"},
    "equal": {"term covariates"},
    "narrow": set(),
    "wide": set(),
    "strict": {"definition"},
    "alike": {"definition"},
    "yearly": {"axis", "term season"},
}


@pytest.mark.parametrize(("axis", "name"), ONES)
def test_a_choice_changes_its_own_keys_alone(
    reference: tuple[ModelSpec, Dataset], axis: str, name: str
) -> None:
    spec, dataset = reference
    found, other = varied(spec, dataset, {axis: name})
    before, after = keys(spec), keys(found)
    differing = {key for key in before | after if before.get(key) != after.get(key)}
    assert differing == TOUCHED[name]
    assert other.statements == dataset.statements
    header = other.header.model_copy(update={"reading": dataset.header.reading})
    assert header == dataset.header
    assert (other.header == dataset.header) == (axis != "readings")
    assert all(other.series[one] == dataset.series[one] for one in dataset.series)
    assert (spec, dataset) == reference
    make_design(found, other)


def test_the_first_choice_of_every_axis_is_the_model_file(
    reference: tuple[ModelSpec, Dataset],
) -> None:
    assert varied(*reference, dict.fromkeys(AXES, SHIPPED)) == reference
    assert [among[0].name for among in AXES.values()] == [SHIPPED] * len(AXES)
    names = [name for _, name in ONES]
    assert len(set(names)) == len(names), "a variant is named by its choices"


@pytest.mark.parametrize(("first", "second"), list(combinations(ONES, 2)))
def test_choices_of_two_axes_can_be_made_together(
    reference: tuple[ModelSpec, Dataset], first: tuple[str, str], second: tuple[str, str]
) -> None:
    if first[0] == second[0]:
        return
    both = varied(*reference, dict([first, second]))
    one = varied(*varied(*reference, dict([first])), dict([second]))
    assert both[0] == one[0]
    assert used_by(*both).digest == used_by(*one).digest


def test_steps_of_eras_are_the_days_of_each_era(reference: tuple[ModelSpec, Dataset]) -> None:
    spec, dataset = varied(*reference, {"coding": "eras"})
    design = make_design(spec, dataset)
    for theme in ("closure", "sanctions"):
        eras = dataset.series[f"{theme}_eras"].eras()
        names = [f"{theme}_eras: {era}" for era in list(eras)[1:]]
        assert [name for name in spec.covariates if name.startswith(f"{theme}_eras")] == names
        columns = design.covariates[:, [spec.covariates.index(name) for name in names]]
        for column, days in zip(columns.T, list(eras.values())[1:], strict=True):
            share = [days.common_days(one) / one.days for one in spec.periods.spans]
            np.testing.assert_allclose(column, share, atol=1e-12)
        assert columns.sum(axis=1).max() <= 1 + 1e-12
    left = {dataset.one_series(name).theme for name in spec.covariates}
    assert left == {reference[1].one_series(name).theme for name in reference[0].covariates}
    replaced = [
        e for t in reference[0].term if t.kind == "covariates" for e in t.effect
        if dataset.one_series(e.series).theme == "closure"
    ]  # fmt: skip
    step = next(
        e for t in spec.term if t.kind == "covariates" for e in t.effect
        if e.series.startswith("closure")
    )  # fmt: skip
    assert (step.ratio.median, step.ratio.factor) == (1, max(e.ratio.factor for e in replaced))
    assert step.groups == ()


@pytest.mark.parametrize(("name", "ends"), [("narrow", (9, 11)), ("wide", (6, 14))])
def test_about_ten_is_read_half_or_twice_as_wide(
    reference: tuple[ModelSpec, Dataset], name: str, ends: tuple[int, int]
) -> None:
    _, dataset = varied(*reference, {"readings": name})
    row = next(one for one in dataset.statements if one.id == "E001")
    assert isinstance(row, RoundedNumber) and row.reading == "about"
    assert row.interval(dataset.readings) == ends
    assert dataset.readings["odd"] == reference[1].readings["odd"]


def test_separate_effects_are_copies_with_the_prior_of_the_mean() -> None:
    spec, dataset = varied(country_spec(), country(), {"pooling": "separate"})
    assert spec.covariates == ("closure: elite", "closure: commoner", "sanctions")
    design = make_design(spec, dataset)
    np.testing.assert_array_equal(design.covariates[:, 0], design.covariates[:, 1])
    term = spec.term[0]
    assert term.kind == "covariates"
    np.testing.assert_array_equal(term.acts(spec.groups), [[1, 0, 1], [0, 1, 0]])
    assert {one.ratio.median for one in term.effect[:2]} == {0.5}


def test_one_index_acts_on_every_group(reference: tuple[ModelSpec, Dataset]) -> None:
    assert varied(*reference, {"coding": "one-index"})[0].covariates == ("official_closure",)


def test_a_yearly_axis_counts_the_same_days(reference: tuple[ModelSpec, Dataset]) -> None:
    spec, _ = varied(*reference, {"periods": "yearly"})
    assert spec.periods.span == reference[0].periods.span
    assert len(spec.periods) * 4 == len(reference[0].periods)


def test_what_a_model_cannot_choose_is_listed_with_the_reason() -> None:
    found = impossible(load_model("constant_rate"), load_dataset("arrivals"))
    assert {one.name: error.reason for one, error in found.items()} == {
        "poisson": "no-frailty",
        "no-trend": "no-trend",
        "eras": "no-covariates",
        "one-index": "no-covariates",
        "separate": "no-covariates",
        "equal": "no-covariates",
        "strict": "not-scaled",
        "alike": "not-scaled",
        "yearly": "yearly",
        "by-halves": "no-halves",
    }
    # Whom a model does not count, nobody reads.
    by_sex = load_model("escape_rates_by_sex")
    sexes = by_sex.model_copy(update={"definition": {
        name: one for name, one in by_sex.definition.items() if name != "arrivals"
    }})  # fmt: skip
    found = impossible(sexes, load_dataset("arrivals"))
    assert {one.name for one in found} == {"narrow", "wide", "strict", "alike", "by-halves"}
    assert [one.name for one in NEVER] == ["by-halves"]


def test_a_choice_may_be_impossible_after_another() -> None:
    effects = [
        {"series": "sanctions", "groups": ["a"], "ratio": prior(1.2, 2.0)},
        {"series": "closure", "groups": ["b", "c"], "ratio": prior(0.5, 3.0)},
    ]
    spec = make_spec(groups=("a", "b", "c"), term=[{"kind": "covariates", "effect": effects}])
    assert varied(spec, country(), {"pooling": "equal"})
    with pytest.raises(ImpossibleError, match="two groups or more"):
        varied(spec, country(), {"coding": "one-index", "pooling": "equal"})


def test_unknown_names_and_unsound_models_are_refused() -> None:
    for choices, text in (
        ({"weather": "wide"}, "unknown axis 'weather'. Known: coding"),
        ({"readings": "narow"}, "Did you mean 'narrow'"),
    ):
        with pytest.raises(SpecError, match=text):
            varied(country_spec(), country(), choices)
    with pytest.raises(SpecError, match=r"headline\.of: unknown group 'x'"):
        changed(country_spec(), headline={"of": "x", "before": "2019", "after": "2022"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_is_told_in_words(language: str) -> None:
    every = [*(one for among in AXES.values() for one in among), *NEVER]
    with speaking(language):
        told = {(one.label, one.sentence) for one in every}
    # All first choices are the model file's.
    assert len(told) == len(every) - len(AXES) + 1
