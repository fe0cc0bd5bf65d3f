"""Simulation-based calibration: a right model passes, and seeded faults do not.

With DEFECTMODELS_REDUCED=1 the slow tests make fewer simulations.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from numpy.linalg import LinAlgError

from calibrated import calibrated_dataset, calibrated_spec
from defectmodels.errors import SpecError
from defectmodels.evidence.dataset import load_dataset
from defectmodels.evidence.intervals import Interval
from defectmodels.inference import engine as engine_module
from defectmodels.inference.engine import Engine
from defectmodels.inference.refits import Kept, Refitted, Settings
from defectmodels.model.design import Design
from defectmodels.model.spec import load_model
from defectmodels.studies import sbc_run
from defectmodels.studies.sbc import Calibration, load_sbc, sbc
from defectmodels.studies.sbc_run import (
    RANKED,
    Plan,
    Workshop,
    alike,
    numbers_of,
    with_truth,
    workshop,
)

REDUCED = os.environ.get("DEFECTMODELS_REDUCED") == "1"
SPEC, DATA = calibrated_spec(), calibrated_dataset()


def run(simulations: int, seed: int = 1, **more: Any) -> Calibration:
    settings = {"near": None, "draws": 150, "tune": 100, "executor": "serial"}
    return sbc(SPEC, DATA, simulations=simulations, random_seed=seed, **settings | more)


@pytest.fixture(scope="module")
def found() -> Calibration:
    return run(30)


def worst(result: Calibration) -> float:
    """Smallest p of all quantities, times their number."""
    p = [*result.table()["p"].dropna(), *result.event_table()["p"].dropna()]
    return float(min(p) * len(p))


# --- what a study holds -----------------------------------------------------------------------


def test_a_right_model_is_calibrated(found: Calibration) -> None:
    assert not found.failures and len(found.fits) == 30
    assert worst(found) > 0.01
    table = found.table()
    for level in (50, 80, 90, 95):
        away = (table[f"covered_{level}"] - level / 100).abs() / table[f"error_{level}"]
        assert away.max() < 4.5, level


def test_all_that_is_quoted_is_ranked(found: Calibration) -> None:
    names = [str(name) for name in found.ranks]
    for begin in (
        "log_baseline", "season_effect", "frailty_cv", "reliability", "effect[", "share of elite",
        "share ratio", "count ratio", "total ratio", "part of the change in share",
        "part of the change in count",
    ):  # fmt: skip
        assert any(name.startswith(begin) for name in names), begin
    assert {
        "P(share_up & ~count_up), elite 2018 -> 2020",
        "P(count_up), elite 2018 -> 2020",
    } <= set(found.chances)
    assert set(found.headline) <= set(names) and any("share ratio" in n for n in found.headline)
    ranks = found.ranks.to_numpy()
    assert np.nanmin(ranks) >= 0 and np.nanmax(ranks) <= RANKED
    np.testing.assert_array_equal(ranks, np.round(ranks))
    # Quadrants share out every world.
    quadrants = [name for name in found.chances if " & " in name]
    np.testing.assert_allclose(found.chances[quadrants].sum(axis=1), 1.0)
    assert (found.events[quadrants].sum(axis=1) == 1).all()
    # The truth is one of the draws that the probability is of.
    steps = found.chances * (RANKED + 1)
    np.testing.assert_allclose(steps, steps.round(), atol=1e-9)
    assert ((steps.round() >= 1) | ~found.events.astype(bool)).to_numpy().all()


def test_a_study_reads_back(found: Calibration, tmp_path: Path) -> None:
    again = load_sbc(found.save(tmp_path / "sbc.json"))
    assert again == found
    for name in ("ranks", "chances", "events", "fits"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(found, name))
    pd.testing.assert_frame_equal(again.table(), found.table())


def test_the_tree_has_the_form_that_arviz_plots(found: Calibration) -> None:
    tree = found.tree()
    assert list(tree.children) == ["prior_sbc"]
    group = tree["prior_sbc"].to_dataset()
    assert dict(group.sizes) == {"chain": 1, "draw": 30}
    values = group["frailty_cv"].values
    assert ((values > 0) & (values < 1)).all()


def test_ranks_are_those_of_the_truth_among_the_draws() -> None:
    shop = workshop(Plan(SPEC, DATA, Settings(150, 100, 1), None, None))
    world = shop.simulator.world(3)
    draws = xr.concat([world.variables] * 198, "draw").expand_dims("chain")
    grown = draws.copy(deep=True)
    # The truth's baseline lies above the first quarter of the draws.
    shift = np.where(np.arange(198) < 50, -0.5, 0.5)[None, :, None]
    grown["log_baseline"] = draws["log_baseline"].transpose("chain", "draw", ...) + shift
    both = with_truth(grown, world.variables)
    assert both.sizes["draw"] == RANKED + 1
    np.testing.assert_array_equal(
        both["log_baseline"].values[0, -1], world.variables["log_baseline"].values
    )
    ranks = sbc_run.ranked(shop, grown, world.variables, 1)["ranks"]
    assert ranks["log_baseline[elite]"] == ranks["log_baseline[commoner]"] == 25
    assert "frailty_cv" not in ranks, "what does not vary has no rank"


def test_results_are_those_of_any_executor_and_of_an_interrupted_run(tmp_path: Path) -> None:
    plain = run(4)
    folder = tmp_path / "kept"
    threads = run(4, executor="threads", folder=folder)
    pd.testing.assert_frame_equal(threads.ranks, plain.ranks)
    files = sorted(folder.glob("*.json"))
    assert len(files) == 4
    files[1].unlink()
    resumed = run(4, folder=folder)
    pd.testing.assert_frame_equal(resumed.ranks, plain.ranks)
    pd.testing.assert_frame_equal(resumed.chances, plain.chances)
    # The first simulations of a longer study are those of a shorter one.
    pd.testing.assert_frame_equal(run(2).ranks, plain.ranks.iloc[:2])


def test_a_fit_that_fails_is_named_and_the_others_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, fit = run(3), Workshop.fit
    bad = int(whole.fits["seed"][1])

    def failing(self: Workshop, design: Design, seed: int) -> Refitted:
        if seed == bad:
            raise LinAlgError("no chart")
        return fit(self, design, seed)

    monkeypatch.setattr(Workshop, "fit", failing)
    found = run(3)
    (failure,) = found.failures
    assert failure.seed == bad and "no chart" in failure.reason
    assert found.fits["seed"].tolist() == [one for one in whole.fits["seed"] if one != bad]


def test_a_thin_fit_is_told_and_kept(found: Calibration) -> None:
    fits = found.fits.copy()
    fits.loc[3, "ess"], fits.loc[5, "diverging"] = 3.0, 150
    bad = replace(found, fits=fits)
    assert {3, 5} <= set(bad.thin.index) and len(bad.ranks) == 30


def test_each_plan_has_its_own_settings() -> None:
    for draws in (150, 60):
        plan = Plan(SPEC, DATA, Settings(draws, 100, 1), None, None)
        assert workshop(plan).plan == plan and workshop(plan) is workshop(plan)


def test_worlds_near_the_data() -> None:
    shop = workshop(Plan(SPEC, DATA, Settings(150, 100, 1), None, 1.5))
    said = numbers_of(DATA, shop.simulator.design)
    assert said == {"everyone": 1440.0, "elite": 240.0}
    for seed in range(2):
        world = shop.simulator.world(seed)
        assert alike(numbers_of(world.dataset, world.design), said, 1.5)
    assert alike({"a": 100.0}, {"a": 200.0}, 2.0) and not alike({"a": 100.0}, {"a": 250.0}, 2.0)
    assert not alike({"a": 250.0}, {"a": 100.0}, 2.0) and alike({}, {"a": 15.0}, 2.0)


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"simulations": 0}, "0 simulations"),
        ({"simulations": 3, "draws": 98}, "99 draws in all"),
        ({"simulations": 3, "near": 1.0}, "near is 1.0"),
    ],
)
def test_settings_that_cannot_be(wrong: dict[str, Any], text: str) -> None:
    with pytest.raises(SpecError, match=text):
        run(**wrong)


# --- seeded faults, on the side of the fit alone -------------------------------------------------


def jacobian(made: Engine) -> Engine:
    """Reliability, beta, is sampled as log odds: without the Jacobian both shapes are one less."""
    return replace(made, linear=replace(made.linear, shapes=made.linear.shapes - 1.0))


def of_design(change: Callable[[Design], Design]) -> Callable[..., Engine]:
    return lambda design, *rest: engine_module.make_engine(change(design), *rest)


def unexposed(design: Design) -> Design:
    return replace(design, exposure=np.ones_like(design.exposure))


class _Turned:
    """The periods, of which the second and the third quarter change places."""

    def __init__(self, periods: Any) -> None:
        self._periods = periods

    def __getattr__(self, name: str) -> Any:
        return getattr(self._periods, name)

    def __len__(self) -> int:
        return len(self._periods)

    @property
    def season(self) -> np.ndarray:
        return np.array([0, 2, 1, 3])[self._periods.season]


def turned(design: Design) -> Design:
    return replace(design, periods=_Turned(design.periods))


def misread(self: Workshop, design: Design) -> tuple[Design, np.ndarray]:
    """'About 20', 14 to 26, is read as 20 to 26."""

    def read(interval: Interval) -> Interval:
        assert interval.high is not None
        return Interval((interval.low + interval.high) // 2, interval.high)

    rows = tuple(replace(row, interval=read(row.interval)) for row in design.selection.nested)
    changed = replace(design, selection=replace(design.selection, nested=rows))
    return changed, self.chances.of(design)


FAULTS: dict[str, tuple[object, str, Any, int]] = {
    "jacobian": (
        sbc_run,
        "make_engine",
        lambda d: jacobian(engine_module.make_engine(d)),
        120,
    ),
    "exposure": (sbc_run, "make_engine", of_design(unexposed), 30),
    "season": (sbc_run, "make_engine", of_design(turned), 60),
    "rounding": (Workshop, "evidence", misread, 60),
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_seeded_fault_is_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, name, wrong, simulations = FAULTS[fault]
    monkeypatch.setattr(sbc_run, "_workshops", Kept())
    monkeypatch.setattr(place, name, wrong)
    assert worst(run(simulations)) < 1e-3


@pytest.mark.slow
def test_many_simulations_are_calibrated() -> None:
    result = run(80 if REDUCED else 400, seed=2, draws=300)
    assert not result.failures and worst(result) > 0.01


@pytest.mark.slow
def test_calibrated_given_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranks among draws given data and statements; among draws given the statements alone they are not."""
    monkeypatch.setattr(sbc_run, "POOL", Settings(1000, 200, 2))
    monkeypatch.setattr(sbc_run, "_workshops", Kept())
    simulations = 60 if REDUCED else 200
    result = run(simulations, given=True, draws=300)
    assert list(result.tree().children) == ["posterior_sbc"]
    assert not result.failures and worst(result) > 0.01
    monkeypatch.setattr(
        Workshop, "evidence", lambda self, design: (design, self.chances.of(design))
    )
    assert worst(run(60, given=True)) < 1e-3


@pytest.mark.slow
def test_the_reference_model_is_calibrated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given the data, where its worlds are like them; few worlds find gross faults alone."""
    worlds = 10
    if REDUCED:
        monkeypatch.setattr(sbc_run, "POOL", Settings(500, 300, 2))
    else:
        worlds = 200
    monkeypatch.setattr(sbc_run, "_workshops", Kept())
    found = sbc(
        load_model("escape_rates"), load_dataset("arrivals"), simulations=worlds, random_seed=5,
        given=True, executor="serial",
    )  # fmt: skip
    assert not found.failures and len(found.fits) == worlds
    names = [str(name) for name in found.ranks]
    for begin in ("trend[", "definition_factor[", "elite, no_closure less what was", "share ratio"):
        assert any(name.startswith(begin) for name in names), begin
    assert worst(found) > 0.01
