"""Worlds: the same for a seed, sound, and with parameters of which the posterior is right."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import defectmodels.studies.simulation as module
from defectmodels import names
from defectmodels.counting.problem import BudgetError
from defectmodels.counting.program import price
from defectmodels.errors import EvidenceError, SpecError
from defectmodels.evidence.dataset import Dataset, load_dataset
from defectmodels.evidence.statements import COLUMNS, Exact, Rank
from defectmodels.evidence.validation import validate
from defectmodels.inference.fit import Fit
from defectmodels.model.design import make_design
from defectmodels.model.spec import ModelSpec
from defectmodels.studies.simulation import Simulator, World, simulate
from jointworld import compared, content
from small import small_dataset, small_spec

GAMMA = {"dist": "gamma", "mean": 6.0, "shape": 2.0, "why": "a test"}
RANKS = stats.gamma(2.0, scale=3.0)
"""Prior of the rate a year in the world of ranks."""


@pytest.fixture(scope="module")
def small() -> Simulator:
    return Simulator(small_spec(), small_dataset())


@pytest.fixture(scope="module")
def reference(escape_rates: ModelSpec, shipped: Dataset) -> Simulator:
    return Simulator(escape_rates, shipped)


def same(one: World, other: World) -> bool:
    equal = one.variables.identical(other.variables)
    return equal and one == other and one.dataset.statements == other.dataset.statements


def test_a_seed_gives_one_world(small: Simulator) -> None:
    one = small.world(3)
    assert same(one, small.world(3))
    assert same(one, simulate(small_spec(), small_dataset(), random_seed=3))
    other = small.world(4)
    assert other.dataset.statements != one.dataset.statements
    assert not other.variables.equals(one.variables)


def test_a_world_has_the_variables_of_a_fit(small: Simulator, small_fit: Fit) -> None:
    found = small.world(1).variables
    assert set(found.data_vars) == set(small.variables) == set(small_fit.posterior.data_vars)
    for name in found.data_vars:
        assert found[name].sizes == small_fit.posterior[name].isel(chain=0, draw=0).sizes


def test_every_statement_that_is_used_is_said_and_no_other(reference: Simulator) -> None:
    world = reference.world(1)
    used = {one.id for row in reference.design.selection.rows for one in module._readings(row)}
    # A reading that would speak of fewer than nobody is not said.
    said = {one.id for one in world.dataset.statements}
    assert said <= used and used - said <= {"E004", "E058"}
    before = {one.id: one for one in reference.dataset.statements}
    for one in world.dataset.statements:
        old = before[one.id]
        for cell in ("definition", "start", "end", "grade", "status", "origin", "source"):
            assert getattr(one, cell) == getattr(old, cell)
    totals = [one for one in world.dataset.statements if isinstance(one, Exact) and not one.grade]
    assert totals and totals != [before[one.id] for one in totals]
    assert set(world.untrue) <= {row.statement.id for row in reference.design.selection.joint}


def test_what_is_said_can_be_written_read_and_used(reference: Simulator, tmp_path: Path) -> None:
    """The world's folder has no fault, and the model uses it as the world's design says."""
    shutil.copy(reference.dataset.folder / "dataset.toml", tmp_path)
    for seed in (5, 6):
        world = reference.world(seed)
        with (tmp_path / "statements.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(one.model_dump(mode="json") for one in world.dataset.statements)
        assert not [one for one in validate(tmp_path) if one.severity == "error"]
        read = load_dataset(tmp_path)
        assert read.statements == world.dataset.statements
        design = make_design(reference.spec, read)
        assert not design.selection.unused
        for kind in ("direct", "nested", "joint"):
            own, other = (getattr(one.selection, kind) for one in (design, world.design))
            assert [row.statement for row in own] == [row.statement for row in other]
        np.testing.assert_array_equal(design.joint.program.ints, world.design.joint.program.ints)


def test_parameters_can_be_given(small: Simulator, small_fit: Fit) -> None:
    posterior = small_fit.posterior
    expected = posterior[names.EXPECTED].stack(sample=names.SAMPLE).transpose("sample", ...)
    worlds = [small.world(seed, posterior) for seed in range(6)]
    places = {
        int(
            np.flatnonzero((expected.values == one.variables[names.EXPECTED].values).all((1, 2)))[0]
        )
        for one in worlds
    }
    assert len(places) > 3 and same(worlds[2], small.world(2, posterior))
    flat = posterior.isel(chain=0, drop=True)
    assert small.world(1, flat).variables.equals(
        small.world(1, flat.expand_dims("chain")).variables
    )
    with pytest.raises(SpecError, match=f"no {names.FRAILTY}; give draws of all of"):
        small.world(1, posterior.drop_vars(names.FRAILTY))


def test_what_could_never_have_been_published_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    spec, dataset = _ranks(against="2000-01-01/2019-12-31")
    simulator = Simulator(spec, dataset)
    monkeypatch.setattr(module, "MOST_TRIES", module.BATCH)
    # Not one of 256 is kept in which all statements could be used when nothing may be said.
    monkeypatch.setattr(module, "MOST_SAID", -1)
    with pytest.raises(EvidenceError, match="none of 256 worlds could be kept"):
        simulator.world(1)


def test_a_world_is_kept_for_what_is_said_alone(reference: Simulator) -> None:
    """The rule is a function of statements: it keeps the dataset, and none with a fault."""
    used = {one.id for row in reference.design.selection.rows for one in module._readings(row)}
    rows = tuple(one for one in reference.dataset.statements if one.id in used)
    own = replace(reference.dataset, statements=rows)
    assert reference._kept(own) is not None

    def changed(name: str, **cells: int) -> Dataset:
        said = tuple(one.model_copy(update=cells) if one.id == name else one for one in rows)
        return replace(own, statements=said)

    assert reference._kept(changed("T2005", low=10**7, high=10**7)) is None
    # A copy is no sound dataset, and the model would not use it.
    again = next(one for one in rows if one.id == "T2005").model_copy(update={"id": "again"})
    assert reference._kept(replace(own, statements=(*rows, again))) is None
    # Sixteen hundred protected persons cost too much to tell apart by year.
    assert reference._kept(changed("E032", low=1_600, high=1_600)) is None


def test_a_design_that_costs_too_much_is_refused_before_it_is_compiled() -> None:
    spec, dataset = _ranks()
    cost = price(make_design(spec, dataset).joint.problem)
    assert make_design(spec, dataset, cost).joint.rows
    with pytest.raises(BudgetError, match="S1: counting"):
        make_design(spec, dataset, 0.9 * cost)


# --- the posterior of a simulated world is right ----------------------------------------------


def _ranks(against: str = "2018-01-01/2019-12-31") -> tuple[ModelSpec, Dataset]:
    """One group at a constant rate, its number in 2020, and that it was the most of three years."""
    return content(
        ("elite", "2020", 5),
        ("elite", "2020", 1),
        axis=("2000" if against < "2018" else "2018", "2020", "year"),
        groups=("elite",),
        baseline={"elite": {"rate": GAMMA}},
        comparisons=compared(1, Rank, against),
    )


def _below(world: World) -> float:
    """Posterior probability of a lower rate than the world's, on a grid."""
    (number,) = (one.low for one in world.dataset.statements if isinstance(one, Exact))
    rate = np.linspace(1e-4, 60, 20_000)
    years = world.design.periods.years
    density = RANKS.pdf(rate) * stats.poisson.pmf(number, rate * years[2])
    density *= stats.poisson.cdf(number, rate * years[0]) * stats.poisson.cdf(
        number, rate * years[1]
    )
    true = float(np.exp(world.variables[names.LOG_BASELINE].values[0]))
    return float(density[rate < true].sum() / density.sum())


def test_among_worlds_that_are_kept_the_posterior_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """Probabilities of a lower rate are uniform, though worlds in which the rank failed are not there."""
    monkeypatch.setattr(module, "BATCH", 16)
    simulator = Simulator(*_ranks())
    worlds = [simulator.world(seed) for seed in range(1_000, 1_300)]
    assert sum(world.tries for world in worlds) > 600
    found = np.array([_below(world) for world in worlds])
    assert stats.kstest(found, "uniform").pvalue > 1e-3
    # A rule about parameters would show: the rates that it lets through would lie too low.
    rates = np.array([float(np.exp(one.variables[names.LOG_BASELINE].values[0])) for one in worlds])
    assert stats.kstest(found[rates < np.median(rates)], "uniform").pvalue < 1e-4
