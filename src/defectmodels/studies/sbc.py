r"""Simulation-based calibration: whether posteriors cover what was put in, statements and all.

Parameters are drawn from the prior, persons and statements from the parameters
(`defectmodels.studies.simulation`), and the model is fitted to the statements. Among the posterior draws the
parameters, and every function of them that is quoted, then have uniform ranks (Talts et al. 2018, Validating
Bayesian inference algorithms with simulation-based calibration; Cook, Gelman and Rubin 2006). An event's
posterior probability is right as often as it says.

*Given the data*, parameters are drawn from the posterior and what is fitted are the data beside the simulated
statements, which are a second set about the same rates (Säilynoja, Schmitt, Bürkner and Vehtari 2025, Posterior
SBC: simulation-based calibration checking conditional on data). That looks where the posterior is.

Invariant: a simulation depends on its seed alone, and a fit that failed is counted and named, never left
out in silence. Shown by ``tests/test_sbc.py``, which finds seeded faults too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from defectmodels.errors import SpecError
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.core import core_digest
from defectmodels.inference.refits import Settings
from defectmodels.inference.running import Failure, Outcomes, run_tasks
from defectmodels.inference.store import recipe, used_by
from defectmodels.inference.workers import Workers
from defectmodels.model.design import make_design
from defectmodels.model.spec import ModelSpec
from defectmodels.studies.certificate import LEAST_ESS, MOST_DIVERGING
from defectmodels.studies.digests import digests_of
from defectmodels.studies.saved import Saved, load
from defectmodels.studies.sbc_run import POOL, RANKED, Plan, simulated
from defectmodels.studies.sbc_tables import (
    band,
    coverage_table,
    event_table,
    reliability,
    transformed,
)

KIND = "sbc"
NEAR = 3.0
"""Factor within which the published numbers of a world lie around the data's."""
_FITS = ("seed", "tries", "rows", "untrue", "diverging", "ess", "gradients")
_WHAT = ("share ratio", "count ratio", "total ratio", "part of the change in", "less what was")


@dataclass(frozen=True)
class Calibration:
    """Ranks of what was put in among what came out.

    Attributes
    ----------
    made : dict
        What made it: model, dataset, digests, settings, seed, versions, `given` (whether parameters came from
        the posterior given the data) and `near`.
    ranks : pd.DataFrame (simulation, quantity)
        Number of `RANKED` posterior draws below the true value; ties are broken at random, and what does not
        vary has none.
    chances : pd.DataFrame (simulation, event)
        Posterior probability of each event.
    events : pd.DataFrame (simulation, event)
        Whether it was so.
    fits : pd.DataFrame (simulation,)
        seed, tries (worlds drawn for one that was kept), rows, untrue, diverging, ess, gradients.
    failures : tuple of Failure
        Simulations without a fit, with their seeds.
    """

    made: dict[str, Any]
    ranks: pd.DataFrame = field(compare=False)
    chances: pd.DataFrame = field(compare=False)
    events: pd.DataFrame = field(compare=False)
    fits: pd.DataFrame = field(compare=False)
    failures: tuple[Failure, ...]

    @property
    def pit(self) -> pd.DataFrame:
        """Ranks as probabilities, each at random within its step."""
        seed = int(self.made["random_seed"])
        return pd.DataFrame(
            {name: transformed(one.to_numpy(float), seed) for name, one in self.ranks.items()},
            index=self.ranks.index,
        )

    @property
    def thin(self) -> pd.DataFrame:
        """Fits that diverged or have few effective draws: rows of `fits`. They are in all tables."""
        draws = self.made["settings"]["draws"] * self.made["settings"]["chains"]
        bad = (self.fits["ess"] < LEAST_ESS) | (self.fits["diverging"] > MOST_DIVERGING * draws)
        return self.fits[bad]

    @property
    def headline(self) -> tuple[str, ...]:
        """Ranked quantities of the headline: ratios, parts and contrasts of its first comparison."""
        chosen = [name for name in map(str, self.ranks) if any(one in name for one in _WHAT)]
        labels = [name.partition(", ")[2] for name in chosen if name.startswith("count ratio")]
        first = labels[0] if labels else ""
        return tuple(one for one in chosen if first in one or "less what was" in one)

    def table(self) -> pd.DataFrame:
        """Coverage of central intervals and the test of uniform ranks, a row for each quantity.

        Returns
        -------
        pd.DataFrame
            quantity, simulations, covered_50 ... covered_95, error_50 ... error_95 (Monte Carlo error under
            uniform ranks), p (probability of a rank ECDF as far out under uniform ranks).
        """
        return coverage_table(self.ranks, int(self.made["random_seed"]))

    def band(self, quantity: str) -> pd.DataFrame:
        """Rank ECDF of a quantity and its simultaneous 95% band: at, ecdf, low, high."""
        return band(self.pit[quantity].dropna().to_numpy())

    def event_table(self) -> pd.DataFrame:
        """Each event over all simulations: event, simulations, said, was, error, p."""
        return event_table(self.chances, self.events)

    def reliability(self) -> pd.DataFrame:
        """How often events were so, by their probability: event, low, high, said, was, error, n."""
        return reliability(self.chances, self.events)

    def tree(self) -> xr.DataTree:
        """Probability integral transforms as ArviZ plots them: `prior_sbc` or `posterior_sbc`.

        For ``arviz_plots.plot_ecdf_pit(tree, group=...)``; dims (chain, draw), a draw for each simulation.
        """
        group = "posterior_sbc" if self.made["given"] else "prior_sbc"
        values = {
            str(name): (("chain", "draw"), one.to_numpy()[None])
            for name, one in self.pit.dropna(axis=1).items()
        }
        coords = {"chain": [0], "draw": np.arange(len(self.ranks))}
        return xr.DataTree.from_dict({group: xr.Dataset(values, coords)})

    def worst(self) -> tuple[str, float, int]:
        """The quantity or event of the smallest p, that p (1 without any), and how many have one."""
        table, events = self.table(), self.event_table()
        p = dict(zip(table["quantity"], table["p"], strict=True))
        p |= dict(zip(events["event"], events["p"], strict=True))
        p = {name: float(one) for name, one in p.items() if one == one}
        name = min(p, key=lambda one: p[one], default="")
        return name, p.get(name, 1.0), len(p)

    def saved(self) -> Saved:
        """The study as one file holds it."""
        tables = {
            name: getattr(self, name).reset_index(drop=True)
            for name in ("ranks", "chances", "events", "fits")
        }
        failures = [
            {"key": one.key, "reason": one.reason, "seed": one.seed} for one in self.failures
        ]
        return Saved(KIND, self.made, tables, {"failures": failures})

    def save(self, path: str | Path) -> Path:
        """Write the study to one JSON file, whole or not at all; `load_sbc` reads it."""
        return self.saved().save(path)


def load_sbc(path: str | Path) -> Calibration:
    """Read a study from its file.

    Raises
    ------
    FitError
        When there is no such file, or it holds no study of calibration.
    """
    return calibration_of(load(path, KIND))


def calibration_of(saved: Saved) -> Calibration:
    """A study from what its file holds."""
    failures = tuple(Failure(**one) for one in saved.facts["failures"])
    return Calibration(saved.made, failures=failures, **saved.tables)


def sbc(
    spec: ModelSpec,
    dataset: Dataset,
    *,
    simulations: int = 100,
    random_seed: int,
    given: bool = False,
    near: float | None = NEAR,
    draws: int = 120,
    tune: int = 60,
    chains: int = 1,
    executor: Workers | None = None,
    folder: str | Path | None = None,
    progress: bool = False,
) -> Calibration:
    """Simulate statements from a model, fit it to them, and rank what was put in.

    Parameters
    ----------
    spec, dataset
        From `load_model` and `load_dataset`; the dataset lends the form of its statements and the series.
    simulations : int
    random_seed : int
        The same seed gives the same ranks, for any executor.
    given : bool
        Whether parameters are drawn from the posterior given the data, and the data are fitted beside the
        simulated statements; else they come from the prior.
    near : float or None
        Worlds are drawn again unless what is published of each definition is within this factor of the
        data's; None keeps all that can be counted.
    draws, tune, chains : int
        Of each fit; `RANKED` draws in all at least.
    executor : concurrent.futures.Executor, or 'serial', 'threads', 'processes'; optional
        See `defectmodels.inference.running.run_tasks`.
    folder : str or Path, optional
        Where each simulation is kept, so that an interrupted study goes on.
    progress : bool
        Whether to show on standard error how far it is.

    Returns
    -------
    Calibration

    Raises
    ------
    SpecError
        When a setting is not allowed.
    EvidenceError
        When model and dataset do not fit together.
    FitError
        When the folder holds something else.
    """
    settings = Settings(draws=draws, tune=tune, chains=chains)
    if simulations < 1 or min(draws, tune, chains) < 1 or draws * chains < RANKED:
        raise SpecError(
            f"{simulations} simulations, {draws} draws after {tune} in {chains} chains: "
            f"give 1 or more of each, and {RANKED} draws in all"
        )
    if near is not None and not near > 1.0:
        raise SpecError(f"near is {near}; it is a factor of more than 1, or None")
    # A model that does not fit the dataset says so before anything is simulated.
    make_design(spec, dataset)
    used = used_by(spec, dataset)
    made = recipe(spec, used, random_seed=random_seed, sampler="nutpie", **vars(settings))
    made |= {"given": given, "near": near, "core": core_digest()}
    made |= {"digests": digests_of(spec, dataset)}
    made |= {"pool": vars(POOL)} if given else {}
    seeds = np.random.SeedSequence(random_seed).generate_state(simulations)
    tasks = {f"simulation {at + 1}": int(seed) for at, seed in enumerate(seeds)}
    plan = Plan(spec, used, settings, random_seed if given else None, near)
    found = run_tasks(
        partial(simulated, plan), tasks, made=made, executor=executor, folder=folder,
        label="simulations", progress=progress,
    )  # fmt: skip
    return _gathered(made, found)


def _gathered(made: dict[str, Any], found: Outcomes) -> Calibration:
    results: Sequence[Mapping[str, Any]] = list(found.results.values())

    def pairs(at: int) -> pd.DataFrame:
        return pd.DataFrame(
            [{name: pair[at] for name, pair in one["chances"].items()} for one in results]
        )

    return Calibration(
        made,
        # What does not vary in one world may in another.
        pd.DataFrame([one["ranks"] for one in results]).astype(float),
        pairs(0),
        pairs(1),
        pd.DataFrame([{name: one[name] for name in _FITS} for one in results], columns=_FITS),
        found.failures,
    )
