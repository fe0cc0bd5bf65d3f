"""Priors by name: what they are, others in their place, and powers of them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from country import WHY, country, country_spec, prior
from defectmodels.errors import SpecError, UnknownNameError
from defectmodels.model.design import make_design
from defectmodels.model.priors import Beta, Gamma, LogNormal
from defectmodels.model.tagged import powered, prior_of, tags, with_prior
from smallworld import make_dataset, make_spec

NAMES = (
    "baseline.elite", "baseline.commoner", "exposure.officials", "effect.closure", "effect.sanctions",
    "spread", "season", "trend", "frailty", "factor.press",
)  # fmt: skip


def test_every_prior_in_play_has_a_name() -> None:
    assert tags(make_design(country_spec(), country())) == NAMES


def test_what_no_row_brings_into_play_has_none() -> None:
    rows = [("everyone", "2019", 420), ("elite", "2019", 40)]
    found = tags(make_design(country_spec(), country(*rows)))
    assert set(NAMES) - set(found) == {"factor.press"}


def test_the_shipped_model_has_a_name_for_every_number(escape_rates, shipped) -> None:
    names = tags(make_design(escape_rates, shipped))
    assert {"exposure.officials_abroad", "reliability.low", "factor.diplomats"} <= set(names)
    assert len(names) == len(set(names)) == 23


@pytest.mark.parametrize("tag", NAMES)
def test_a_prior_replaced_by_itself_changes_nothing(tag: str) -> None:
    spec, data = country_spec(), country()
    again, same = with_prior(spec, data, tag, prior_of(spec, data, tag))
    assert again.model_copy(update={"term": ()}) == spec.model_copy(update={"term": ()})
    assert same.digest == data.digest
    before, after = make_design(spec, data), make_design(again, same)
    np.testing.assert_array_equal(before.exposure_sigma, after.exposure_sigma)
    for one in NAMES:
        found = prior_of(again, same, one)
        wanted = prior_of(spec, data, one)
        assert found.median == pytest.approx(wanted.median, rel=1e-12)
        assert found.factor == pytest.approx(wanted.factor, rel=1e-12)


@pytest.mark.parametrize("tag", NAMES)
def test_another_prior_stands_in_the_place_of_one_and_of_no_other(tag: str) -> None:
    spec, data = country_spec(), country()
    new = LogNormal(median=1.0, factor=7.0, why=WHY)
    other, changed = with_prior(spec, data, tag, new)
    for one in NAMES:
        found, was = prior_of(other, changed, one), prior_of(spec, data, one)
        if one == tag:
            assert found.factor == pytest.approx(7.0) and found.median == 1.0
        else:
            assert found.factor == pytest.approx(was.factor, rel=1e-12)
            assert found.median == was.median


def test_an_exposures_prior_reaches_the_design() -> None:
    spec, data = country_spec(), country()
    _, wide = with_prior(
        spec, data, "exposure.officials", LogNormal(median=1.5, factor=5.0, why=WHY)
    )
    before, after = make_design(spec, data), make_design(spec, wide)
    np.testing.assert_allclose(after.exposure[0], 1.5 * before.exposure[0])
    assert after.exposure_sigma[0] == pytest.approx(np.log(5.0) / stats.norm.ppf(0.95))


@pytest.mark.parametrize("power", [0.5, 0.8, 1.25, 3.0])
def test_a_power_of_a_prior_is_that_power_of_its_density(power: float) -> None:
    y = np.linspace(-2.0, 2.0, 41)

    def log_normal(one: LogNormal) -> np.ndarray:
        return stats.norm(one.mu, one.sigma).logpdf(y)

    def log_gamma(one: Gamma) -> np.ndarray:
        # Of y = log x, whose Jacobian is x.
        return stats.gamma(one.shape, scale=one.mean / one.shape).logpdf(np.exp(y)) + y

    def log_beta(one: Beta) -> np.ndarray:
        p = 1 / (1 + np.exp(-y))
        return stats.beta(*one.shapes).logpdf(p) + np.log(p) + np.log1p(-p)

    for prior_one, log_density in (
        (LogNormal(median=0.7, factor=4.0, why=WHY), log_normal),
        (Gamma(dist="gamma", mean=1.3, shape=2.0, why=WHY), log_gamma),
        (Beta(mean=0.8, size=10.0, why=WHY), log_beta),
    ):
        apart = log_density(powered(prior_one, power)) - power * log_density(prior_one)
        np.testing.assert_allclose(apart, apart[0], atol=1e-10)


def test_a_power_of_a_season_keeps_its_middle() -> None:
    spec, data = country_spec(), country()
    other, _ = with_prior(spec, data, "season", powered(prior_of(spec, data, "season"), 4.0))
    season = next(term for term in other.term if term.kind == "season")
    assert season.size == pytest.approx(np.sqrt(1.2))
    with pytest.raises(SpecError, match="median of 1"):
        with_prior(spec, data, "season", LogNormal(median=2.0, factor=2.0, why=WHY))


@pytest.mark.parametrize(
    "tag", ["effect.nothing", "reliability.high", "share.press", "baseline.x", "moon"]
)
def test_a_prior_that_the_model_does_not_have_is_named(tag: str) -> None:
    with pytest.raises(UnknownNameError, match=f"no prior '{tag}'"):
        prior_of(country_spec(), country(), tag)


def test_a_prior_of_another_kind_is_refused() -> None:
    with pytest.raises(SpecError, match="beta prior cannot stand there"):
        with_prior(country_spec(), country(), "frailty", Beta(mean=0.5, size=2.0, why=WHY))
    gamma = Gamma(dist="gamma", mean=1.0, shape=2.0, why=WHY)
    with pytest.raises(SpecError, match="exposure 'officials' is lognormal"):
        with_prior(country_spec(), country(), "exposure.officials", gamma)
    with pytest.raises(SpecError, match="power of 0"):
        powered(gamma, 0.0)


def test_parts_of_another_definition_and_grades_have_names() -> None:
    spec = make_spec(
        definition={
            "everyone": {}, "press": {"factor": prior(1.2, 2.0)},
            "inner": {"within": "press", "share": {"mean": 0.4, "size": 5.0, "why": WHY}},
        },
    )  # fmt: skip
    data = make_dataset(
        ("everyone", "2020", 100), ("press", "2020", 9), ("inner", "2020", 4),
        definitions={"press": ["elite"], "inner": ["elite"]},
    )  # fmt: skip
    assert tags(make_design(spec, data))[-2:] == ("factor.press", "share.inner")
    assert prior_of(spec, data, "share.inner").mean == 0.4
    other, _ = with_prior(spec, data, "share.inner", Beta(mean=0.5, size=2.0, why=WHY))
    assert other.definition["inner"].share.size == 2.0
