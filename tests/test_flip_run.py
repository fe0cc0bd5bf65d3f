from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from country import country, country_spec
from defectmodels import names
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.periods import parse_span
from defectmodels.inference.engine import make_engine
from defectmodels.inference.geometry import to_model
from defectmodels.inference.predict import Predictor, cut
from defectmodels.inference.refits import Settings
from defectmodels.model.design import make_design
from defectmodels.model.spec import ModelSpec
from defectmodels.studies.flip_cases import Assumption
from defectmodels.studies.flip_evidence import detected
from defectmodels.studies.flip_origins import densities, less_rows, weighed
from defectmodels.studies.flip_rounds import mixed
from defectmodels.studies.flip_run import Plan, Task, _workshop, chances, detecting, evaluated
from flipworld import flip_dataset, flip_spec

PAIR = ("2019", "2022")


def plan(spec: ModelSpec, data: Dataset, draws: int = 200) -> Plan:
    return Plan(spec, data, "elite", PAIR, (), Settings(draws=draws, tune=200, chains=2), 1)


def test_counting_a_share_of_those_who_come_is_having_so_many_fewer_at_risk() -> None:
    design = make_design(country_spec(), country())
    seen = detected(design.spec, "elite", parse_span("2022"), 0.3)
    seen *= detected(design.spec, "", parse_span("2019"), 0.6)
    engine = make_engine(design)
    changed, fewer = (
        detecting(engine, seen),
        make_engine(replace(design, exposure=design.exposure * seen)),
    )
    z = np.random.default_rng(1).normal(size=(5, len(engine.linear.layout.order)))
    own = engine.density.own
    found = densities(changed, own, z)
    np.testing.assert_allclose(found, densities(fewer, own, z), rtol=1e-10)
    assert np.abs(found - densities(engine, own, z)).min() > 0.1
    # Nobody is missed where all are detected.
    np.testing.assert_array_equal(
        densities(detecting(engine, np.ones_like(seen)), own, z), densities(engine, own, z)
    )


def test_what_two_densities_differ_by_is_the_rows_probability() -> None:
    shop = _workshop(plan(flip_spec(), flip_dataset()))
    engine, _ = shop.refits.engine(shop.design)
    z = np.random.default_rng(2).normal(0, 0.3, size=(20, len(engine.linear.layout.order)))
    own = engine.density.own
    expected = Predictor(shop.design, engine.model, (names.EXPECTED,)).run(
        cut(engine.model, to_model(engine.linear.layout, z, own)[0])
    )[0][names.EXPECTED][0]
    total, elite = expected.sum(names.GROUP), expected.sel({names.GROUP: "elite"})
    # S7 are 14 elites among the 190 of 2022, S6.
    share = (elite / total).sel({names.PERIOD: "2022"}).values
    logs = densities(engine, own, z) - densities(less_rows(shop, {"S7"}), own, z)
    np.testing.assert_allclose(logs, stats.binom.logpmf(14, 190, share), rtol=1e-8)
    # Without the total, the elites stand by themselves.
    logs = densities(engine, own, z) - densities(less_rows(shop, {"S6"}), own, z)
    both = stats.poisson.logpmf(190, total.sel({names.PERIOD: "2022"}).values)
    both += stats.binom.logpmf(14, 190, share)
    alone = stats.poisson.logpmf(14, elite.sel({names.PERIOD: "2022"}).values)
    np.testing.assert_allclose(logs, both - alone, rtol=1e-8)


def test_weights_give_the_posterior_without_rows_and_how_probable_they_are() -> None:
    rng, shape, rate, first, second = np.random.default_rng(3), 3.0, 0.5, 7, 12
    draws = rng.gamma(shape + first + second, 1 / (rate + 2), size=(2, 4000))
    event = xr.DataArray(draws > 6.0, dims=names.SAMPLE)
    found, (given, error) = weighed(
        {"count": event}, PAIR, stats.poisson.logpmf(second, draws.ravel())
    )
    value, mcse = found["found"]["count"]
    exact = stats.gamma(shape + first, scale=1 / (rate + 1)).sf(6.0)
    assert abs(value - exact) < 4 * mcse and found["k"] < 0.7
    # A gamma mixture of Poisson counts is negative binomial.
    predictive = stats.nbinom(shape + first, (rate + 1) / (rate + 2)).logpmf(second)
    assert abs(given - predictive) < 4 * error and error < 0.1


def graded(data: Dataset, name: str) -> Dataset:
    statements = tuple(
        one.model_copy(update={"grade": "high"}) if one.id == name else one
        for one in data.statements
    )
    return replace(data, statements=statements)


def test_a_reliability_is_that_of_fits_which_hold_it() -> None:
    """Brute force: the row is graded, and the model's reliability of the grade is all but fixed."""
    data = flip_dataset((6, None, None, 20))
    whole = evaluated(plan(flip_spec(), data, 500), Task())["pairs"][0]
    less = evaluated(plan(flip_spec(), data, 1000), Task(origin="S5"))
    assert whole["share"][0] > 0.95 > less["pairs"][0]["share"][0]
    for chance in (0.04, 0.4):
        found = mixed(whole, less["pairs"][0], chance, less["log_bayes"], less["log_bayes_error"])
        grade = {"mean": chance, "size": 1e5, "why": "a test"}
        brute = plan(flip_spec(reliability={"high": grade}), graded(data, "S5"), 1000)
        exact = evaluated(brute, Task())["pairs"][0]
        for question, (value, mcse) in found.items():
            other, error = exact[question]
            # The package takes a statement's prior probability from 300 draws: 6% of it, give or take.
            slope = 0.25 * abs(whole[question][0] - less["pairs"][0][question][0]) * 0.06
            assert abs(value - other) < 4 * math.hypot(mcse, error, slope), (chance, question)


def test_a_mixture_of_the_same_is_the_same() -> None:
    one = {"share": [0.9, 0.01]}
    for chance, bayes in ((0.5, 0.0), (0.01, 8.0), (0.99, -8.0), (1e-9, -800.0)):
        assert mixed(one, one, chance, bayes, 0.5)["share"][0] == pytest.approx(0.9)
    assert mixed(one, {"share": [0.1, 0.01]}, 0.5, 0.0, 0.0)["share"][0] == pytest.approx(0.5)
    # Four to one for the origin, and as probable as not beforehand.
    found = mixed(one, {"share": [0.1, 0.0]}, 0.5, math.log(4), 0.0)["share"][0]
    assert found == pytest.approx(0.8 * 0.9 + 0.2 * 0.1)


def test_a_task_gives_the_same_twice_and_moves_with_its_value() -> None:
    own = plan(flip_spec(), flip_dataset(), 80)
    moved = Assumption("m", "misclassified", tuple(map(float, range(9))), "2022", "elite")
    first = evaluated(own, Task(moved, 4.0))
    assert evaluated(own, Task(moved, 4.0)) == first
    assert evaluated(own, Task(moved, 8.0))["pairs"][0]["count"][0] < first["pairs"][0]["count"][0]
    assert first["draws"] == 160 and evaluated(own, Task(moved, 4.0, times=4))["draws"] == 640


def test_of_a_single_group_only_the_count_is_asked() -> None:
    expected = xr.DataArray(
        np.array([[[[3.0, 4.0]], [[5.0, 4.0]]]]),
        dims=(*names.SAMPLE, names.GROUP, names.PERIOD),
        coords={names.GROUP: ["everyone"], names.PERIOD: ["2019", "2020"]},
    )
    from smallworld import make_dataset, make_spec

    spec = make_spec("2019", "2020", "year", groups=("everyone",))
    data = make_dataset(("everyone", "2019", 3), groups=("everyone",))
    found = chances(
        spec, data, xr.Dataset({names.EXPECTED: expected}), "everyone", ("2019", "2020")
    )
    assert list(found) == ["count"] and found["count"].values.tolist() == [[True, False]]
