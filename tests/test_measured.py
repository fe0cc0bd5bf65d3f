"""Errors of what is published: the likelihood against enumeration of who came, and without errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from scipy import special, stats

from country import ROWS, country, country_spec, prior
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.engine import Engine, make_engine
from defectmodels.inference.geometry import to_model
from defectmodels.inference.predict import Predictor, prior_values
from defectmodels.inference.rows import kernel_draws
from defectmodels.model.build import build_design
from defectmodels.model.design import Design, make_design
from defectmodels.model.inputs import counting_inputs, weights
from defectmodels.model.joint import add_joint
from defectmodels.model.likelihood import add_rows
from defectmodels.model.measured import revised
from errorworld import called, came, mixed, overcount, revision, thinned, undercount, with_others
from jointworld import ranked
from smallworld import FAST, make_dataset, make_spec
from test_density import agrees

E, C, P, ADDED, MISSED, FALSE = 2.3, 4.1, 0.7, 0.15, 0.3, 0.05
YEARS = ("2020", "2021", "year")


class Evaluated:
    """Log probability of all rows of a design, given expected arrivals and the errors' parameters."""

    def __init__(self, design: Design, values: Sequence[float], frailty: float | None = None):
        assert design.measurement is not None
        log, cv = pt.dmatrix("log_expected"), None if frailty is None else pt.as_tensor(frailty)
        errors = pt.as_tensor(np.array(values))
        published = design.measurement.published(pt.exp(log), errors, pt)
        with pm.Model(coords=design.coords) as model:
            add_rows(design, published, None, cv)
            if design.joint.rows:
                ones = np.ones(len(design.joint.rows))
                add_joint(design, published, None, cv, weights(design, ones, None, pt))
        total = sum((one.sum() for one in model.logp(sum=False)), pt.as_tensor(0.0))
        self.run = pytensor.function([log], total, mode=FAST)

    def __call__(self, expected: np.ndarray) -> float:
        return float(np.exp(self.run(np.log(expected))))


def design(*errors: dict[str, Any], rows: tuple[tuple[Any, ...], ...], **more: Any) -> Design:
    return make_design(make_spec(*YEARS, error=errors, **more), make_dataset(*rows))


CHAINS: dict[str, tuple[Any, list[float], Any]] = {
    "undercount": (
        (undercount(),),
        [P],
        lambda e, c: thinned(came(e, c), P),
    ),
    "overcount": (
        (overcount(),),
        [ADDED],
        lambda e, c: with_others(came(e, c), (ADDED * e, ADDED * c)),
    ),
    "misclassification": (
        (mixed(),),
        [MISSED, FALSE],
        lambda e, c: called(came(e, c), MISSED, FALSE),
    ),
    "of one group": (
        (undercount(groups=["elite"]), overcount(groups=["commoner"])),
        [P, ADDED],
        lambda e, c: with_others(thinned(came(e, c), P, (0,)), (ADDED * c,), (1,)),
    ),
    "stacked": (
        (undercount(), overcount(), mixed()),
        [P, ADDED, MISSED, FALSE],
        lambda e, c: called(
            with_others(thinned(came(e, c), P), (ADDED * P * e, ADDED * P * c)), MISSED, FALSE
        ),
    ),
    "stacked the other way": (
        (mixed(), overcount(groups=["elite"]), undercount()),
        [MISSED, FALSE, ADDED, P],
        lambda e, c: thinned(
            with_others(
                called(came(e, c), MISSED, FALSE), (ADDED * ((1 - MISSED) * e + FALSE * c),), (0,)
            ),
            P,
        ),
    ),
}


@pytest.mark.parametrize("name", CHAINS)
def test_rows_have_the_probability_of_all_who_may_have_come(name: str) -> None:
    errors, values, chance = CHAINS[name]
    expected = np.array([[E, 1.0], [C, 1.0]])
    both = chance(E, C)
    n = np.arange(len(both))
    total, elite = n[:, None] + n[None, :], n[:, None] + 0 * n[None, :]
    rows: dict[tuple[tuple[Any, ...], ...], np.ndarray] = {
        (("everyone", "2020", 6),): total == 6,
        (("everyone", "2020", 4, 7),): (total >= 4) & (total <= 7),
        (("elite", "2020", 3, None),): elite >= 3,
        (("everyone", "2020", 6), ("elite", "2020", 2)): (total == 6) & (elite == 2),
        (("everyone", "2020", 6), ("elite", "2020", None, 2)): (total == 6) & (elite <= 2),
    }
    for said, true in rows.items():
        found = Evaluated(design(*errors, rows=said), values)(expected)
        assert found == pytest.approx(both[true].sum(), rel=1e-9), said


def test_comparisons_are_of_what_is_published() -> None:
    """The most elites since 2020: two years, counted one by one."""
    errors, values, chance = CHAINS["stacked"]
    dataset = make_dataset(("everyone", "2020", 6), ("everyone", "2021", 7), ("elite", "2021", 2))
    rows = list(dataset.statements)
    rows[2] = ranked(rows[2], "2020-01-01/2020-12-31")
    of = make_design(make_spec(*YEARS, error=errors), Dataset(dataset.header, tuple(rows), {}))
    assert [row.statement.id for row in of.joint.rows] == ["S2"]
    first, second = chance(E, C), chance(1.4, 5.2)
    want = sum(
        first[a, 6 - a] * second[b, 7 - b] for a in range(7) for b in range(8) if b >= a
    )  # fmt: skip
    found = Evaluated(of, values)(np.array([[E, 1.4], [C, 5.2]]))
    assert found == pytest.approx(want, rel=1e-9)


def test_frailty_is_common_to_persons_and_entries_of_no_person() -> None:
    errors, cv = (undercount(groups=["elite"]), overcount()), 0.4
    said = (("everyone", "2020", 6), ("elite", "2020", 2))
    found = Evaluated(design(*errors, rows=said), [P, ADDED], cv)(np.array([[E, 1.0], [C, 1.0]]))
    # Gauss-Legendre over quantiles' range of the gamma factor.
    node, weight = np.polynomial.legendre.leggauss(120)
    high = stats.gamma(1 / cv**2, scale=cv**2).ppf(1 - 1e-13)
    lift = (node + 1) / 2 * high
    density = stats.gamma(1 / cv**2, scale=cv**2).pdf(lift) * weight / 2 * high

    def given(w: float) -> float:
        kept = thinned(came(w * E, w * C), P, (0,))
        return float(with_others(kept, (ADDED * P * w * E, ADDED * w * C))[2, 4])

    want = sum(d * given(w) for w, d in zip(lift, density, strict=True))
    assert found == pytest.approx(want, rel=1e-7)


def test_a_span_without_the_error_is_as_it_was() -> None:
    rows = (("everyone", "2020", 6), ("everyone", "2021", 7), ("elite", "2021", 2))
    expected = np.array([[E, 1.4], [C, 5.2]])
    found = Evaluated(design(mixed(spans=["2020"]), rows=rows), [MISSED, FALSE])(expected)
    plain = Evaluated(design(undercount(), rows=rows), [1.0])(expected)
    assert found == pytest.approx(plain, rel=1e-12)


# --- errors that are 0 ------------------------------------------------------------------------

LIMITS = {
    "error_probability_logodds__": np.array([34.0, -40.0, -40.0]),
    "log_overcount": np.array([-40.0]),
    "log_revision_scale": np.array(-40.0),
}
"""Persons left out, called otherwise, added or revised by less than 1e-14 of them."""
EVERY = (undercount(), overcount(), mixed(), revision(spans=["2021", "2022"]))


def log_priors(at: dict[str, np.ndarray]) -> float:
    """Log prior density of the limits, where a probability near 1 leaves PyMC's few digits."""
    odds, total = at["error_probability_logodds__"], 0.0
    for x, (mean, size) in zip(odds, ((0.8, 20), (0.2, 20), (0.05, 20)), strict=True):
        a, b = mean * size, (1 - mean) * size
        total += a * special.log_expit(x) + b * special.log_expit(-x) - special.betaln(a, b)
    sizes = {"log_overcount": (0.1, 3), "log_revision_scale": (0.02, 4)}
    for name, (median, factor) in sizes.items():
        sigma = np.log(factor) / 1.6448536269514722
        total += stats.norm(np.log(median), sigma).logpdf(at[name]).sum()
    return float(total + stats.norm.logpdf(at["revision_deviation"]).sum())


def test_without_errors_the_density_is_that_of_the_base_model() -> None:
    """To 1e-10, by PyMC and by the engine, but for the priors of what is added."""
    data = country()
    base = make_engine(make_design(country_spec(), data))
    more = make_engine(make_design(country_spec(error=EVERY), data))
    plain, logp = (one.model.compile_logp(mode=FAST) for one in (base, more))
    added = [*(name.removesuffix("_logodds__") for name in LIMITS), "revision_deviation"]
    priors = more.model.compile_logp(vars=[more.model[name] for name in added], mode=FAST)
    for seed in range(5):
        rng = np.random.default_rng(seed)
        start = base.model.initial_point()
        at = {name: value + rng.normal(0, 0.3, value.shape) for name, value in start.items()}
        whole = at | LIMITS | {"revision_deviation": rng.normal(size=2)}
        want = float(plain(at))
        assert logp(whole) - priors(whole) == pytest.approx(want, abs=1e-10)
        assert by_engine(more, whole) - log_priors(whole) == pytest.approx(want, abs=1e-10)
        assert by_engine(base, at) == pytest.approx(want, abs=1e-10)


def by_engine(engine: Engine, at: dict[str, np.ndarray]) -> float:
    """The engine's log density at a point of the model, in its own coordinates."""
    x = np.concatenate([np.ravel(at[name]) for name in engine.model.initial_point()])
    layout, own = engine.linear.layout, engine.density.own
    # The own chart is the model's coordinates less their start.
    zero = to_model(layout, np.zeros(len(x)), own)[0]
    z = (x - zero)[layout.order]
    moved, jacobian = to_model(layout, z, own)
    np.testing.assert_allclose(moved, x, atol=1e-9)
    return engine.density.at(own)(z)[0] - jacobian


# --- graphs, draws and the engine agree ---------------------------------------------------------

DEFINED = {"everyone": {}, "elite": {}, "press": {"factor": prior(1.3, 2.0)}}
STACKS: dict[str, tuple[dict[str, Any], ...]] = {
    "all": EVERY,
    "one definition": (undercount(), mixed(definitions=["press"])),
    "the groups' own": (overcount(), mixed(definitions=["everyone", "elite"])),
}


@pytest.mark.parametrize("name", STACKS)
def test_the_engine_has_the_density_of_the_graph(name: str) -> None:
    spec = country_spec(error=STACKS[name], definition=DEFINED, term=[])
    rows = [("press", "2019", 30, 50), ("press", "2020H1", 9)]
    engine = make_engine(make_design(spec, country(*ROWS, *rows)))
    assert engine.design.worlds == (1 if name == "all" else 2)
    agrees(engine, engine.density.own, range(2), 0.3)
    agrees(engine, engine.chart(), range(1), 0.5)


@pytest.mark.parametrize("name", STACKS)
def test_draws_have_the_published_counts_of_the_graph(name: str) -> None:
    spec = country_spec(error=STACKS[name], definition=DEFINED, term=[])
    of = make_design(spec, country(*ROWS, ("press", "2020H1", 9)))
    model = build_design(of)
    wanted = ("expected", "error_parameter", "published", "definition_factor", "frailty_cv")
    predictor = Predictor(of, model)
    variables = predictor.run(prior_values(model, 20, 1))[0]
    graph = model.replace_rvs_by_values([model[name] for name in wanted])
    run = pytensor.function(model.value_vars, graph, mode=FAST, on_unused_input="ignore")
    values = prior_values(model, 20, 1)
    found = kernel_draws(of, variables, np.ones(len(of.joint.rows)))
    for at in range(20):
        expected, errors, published, factor, frailty = run(
            *(values[one.name][at] for one in model.value_vars)
        )
        np.testing.assert_allclose(of.measurement.published(expected, errors), published)  # type: ignore[union-attr]
        p, mean, size = counting_inputs(of, published, factor, frailty)
        np.testing.assert_allclose(found.p[at], p)
        np.testing.assert_allclose(found.mean[at], mean)
        np.testing.assert_allclose(found.size[at], size)


def test_an_error_of_one_definition_leaves_the_others() -> None:
    spec = country_spec(error=[mixed(definitions=["press"])], definition=DEFINED, term=[])
    of = make_design(spec, country(*ROWS, ("press", "2020H1", 9)))
    expected = np.random.default_rng(1).uniform(5, 50, (3, 2, 16))
    published = of.measurement.published(expected, np.tile([MISSED, FALSE], (3, 1)))  # type: ignore[union-attr]
    np.testing.assert_array_equal(published[:, :2], expected)
    elite = (1 - MISSED) * expected[:, 0] + FALSE * expected[:, 1]
    np.testing.assert_allclose(published[:, 2], elite)
    np.testing.assert_allclose(published[:, 2:].sum(axis=1), expected.sum(axis=1))


# --- vintages -----------------------------------------------------------------------------------


def with_vintages(*sizes: tuple[str, int, int]) -> Dataset:
    """Yearly totals as they stand, and as they were first published."""
    data = make_dataset(
        *(("everyone", year, now) for year, _, now in sizes),
        *(("everyone", year, first) for year, first, _ in sizes),
        ("everyone", "2021", 500),
    )
    old = range(len(sizes), 2 * len(sizes))
    rows = tuple(
        row.model_copy(update={"status": "superseded", "published": "2019"}) if at in old else row
        for at, row in enumerate(data.statements)
    )
    return replace(data, statements=rows)


SIZES = (("2015", 420, 400), ("2016", 390, 400), ("2017", 404, 400), ("2018", 50, 40))


def test_vintages_are_of_totals_as_long_as_the_spans_and_not_small() -> None:
    data = with_vintages(*SIZES)
    spec = make_spec("2015", "2021", "year", error=[revision(spans=["2021"])])
    assert [(old.low, now.low) for old, now in revised(spec, data)] == [
        (420, 400), (390, 400), (404, 400),
    ]  # fmt: skip
    assert revised(make_spec("2015", "2021", "year"), data) == []
    open_too = make_spec("2015", "2021", "year", error=[revision(spans=["2015", "2021"])])
    assert len(revised(open_too, data)) == 2
    halves = make_spec("2015Q1", "2021Q4", error=[revision(spans=["2021H2"])])
    assert revised(halves, data) == []


def test_the_scale_of_revisions_is_learned_from_vintages() -> None:
    """Its density is the prior's times that of the vintages, in the graph and in the engine."""
    spec = make_spec("2015", "2021", "year", error=[revision(spans=["2021"])])
    engine = make_engine(make_design(spec, with_vintages(*SIZES)))
    agrees(engine, engine.density.own, range(3))
    logs = np.log([420 / 400, 390 / 400, 404 / 400])
    start = engine.model.initial_point()

    def at(log_scale: float) -> float:
        return by_engine(engine, start | {"log_revision_scale": np.array(log_scale)})

    # The factor of 2021 is at 1, whatever the scale: only prior and vintages change.
    def want(log_scale: float) -> float:
        found = stats.norm(np.log(0.02), np.log(4) / 1.6448536269514722).logpdf(log_scale)
        return float(found + stats.norm(0, np.exp(log_scale)).logpdf(logs).sum())

    for log_scale in (-6.0, -4.0, -2.5):
        assert at(log_scale) - at(-3.0) == pytest.approx(want(log_scale) - want(-3.0), abs=1e-9)
