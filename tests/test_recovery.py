"""Evidence drawn from known rates: do the model's intervals hold them?

Twenty countries are drawn from the reference model, each with its own effects, trend and frailty,
described by statements of the same form as the shipped ones. With DEFECTMODELS_REDUCED=1 there are
two, with few draws.
"""

from __future__ import annotations

import os
import time

import numpy as np
import pytest
import xarray as xr

from defectmodels.estimands.decomposition import decompose
from defectmodels.estimands.rates import annual, share
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.fit import Fit
from defectmodels.inference.sampling import fit
from defectmodels.model.design import Design, make_design
from defectmodels.model.spec import ModelSpec
from fabricate import centre, fabricate, redraw

REDUCED = os.environ.get("DEFECTMODELS_REDUCED") == "1"
COUNTRIES = 2 if REDUCED else 20
SETTINGS = (
    {"draws": 150, "tune": 300, "chains": 2}
    if REDUCED
    else {"draws": 500, "tune": 500, "chains": 2}
)
YEARS = [str(year) for year in range(1998, 2026)]
SPANS = ("2019", "2023")


def known(design: Design, seed: int) -> dict[str, np.ndarray]:
    """Parameters of one country: baselines near the shipped ones, the rest from the priors."""
    rng = np.random.default_rng([seed, 9])
    spec = design.spec
    around = {name: value for name, (_, value) in centre(design, seed).items()}
    at_risk = (design.exposure * design.periods.years).mean(axis=1)
    term = spec.term[0]
    acts = term.acts(design.groups)  # type: ignore[union-attr]
    mu = np.array([effect.ratio.mu for effect in term.effect])  # type: ignore[union-attr]
    sigma = np.array([effect.ratio.sigma for effect in term.effect])  # type: ignore[union-attr]
    pooled = mu + sigma * rng.normal(size=len(mu))
    shared = acts.sum(axis=0) > 1
    effect = acts * (pooled + 0.25 * shared * rng.normal(size=acts.shape))
    # A fifth in a year, as a walk by quarters.
    trend = rng.normal(0.0, 0.2 * 0.5, around["trend"].shape).cumsum(axis=1)
    lift = effect @ design.covariates.T
    # Some ten elites and 250 others a quarter, in the mean over the periods.
    level = np.log(np.array([10.0, 250.0]) * rng.lognormal(0.0, 0.3, 2))
    return {
        "effect": effect,
        "trend": trend - trend.mean(axis=1, keepdims=True),
        "log_baseline": level - np.log(at_risk) - lift.mean(axis=1),
    }


def country(spec: ModelSpec, shipped: Dataset, seed: int) -> tuple[Fit, Dataset]:
    """The truth, as a fit of one draw repeated, and the evidence that follows from it."""
    design = make_design(spec, shipped)
    truth = fabricate(
        spec, shipped, chains=1, draws=4, spread=0.0, seed=seed, changed=known(design, seed)
    )
    expected = truth.posterior["expected"].values[0, 0]
    factors = {name: spec.definition[name].factor.median for name in design.scaled}  # type: ignore[union-attr]
    return truth, redraw(design, shipped, expected, frailty=0.15, factors=factors, seed=seed)


def inside(draws: xr.DataArray, truth: xr.DataArray) -> np.ndarray:
    """Whether each truth lies in the central 90% interval of its draws."""
    low, high = draws.quantile([0.05, 0.95], ("chain", "draw")).values
    value = (
        truth.isel(chain=0, draw=0)
        .transpose(*[d for d in draws.dims if d not in ("chain", "draw")])
        .values
    )
    return (low <= value) & (value <= high)


@pytest.mark.slow
def test_known_rates_are_recovered(
    escape_rates: ModelSpec, shipped: Dataset, capsys: pytest.CaptureFixture[str]
) -> None:
    found: dict[str, list[np.ndarray]] = {"totals": [], "elite": [], "share": [], "share ratio": []}
    odds: list[tuple[float, bool]] = []
    seconds = []
    start = time.perf_counter()
    for seed in range(COUNTRIES):
        truth, evidence = country(escape_rates, shipped, seed)
        fitted = fit(escape_rates, evidence, random_seed=seed, progress=False, **SETTINGS)  # type: ignore[arg-type]
        seconds.append(fitted.made["seconds"]["sample"])
        ours, theirs = annual(fitted, YEARS), annual(truth, YEARS)
        found["totals"].append(inside(ours.sum("group"), theirs.sum("group")))
        found["elite"].append(inside(ours.sel(group="elite"), theirs.sel(group="elite")))
        found["share"].append(inside(share(fitted, "elite", YEARS), share(truth, "elite", YEARS)))
        change, real = (decompose(one, *SPANS, of="elite") for one in (fitted, truth))
        found["share ratio"].append(inside(change.ratio("share"), real.ratio("share")))
        odds.append((change.prob("share_up").value, real.prob("share_up").value == 1.0))
    rates = {name: float(np.mean([one.mean() for one in hits])) for name, hits in found.items()}
    brier = float(np.mean([(p - up) ** 2 for p, up in odds]))
    with capsys.disabled():
        print(
            f"\nrecovery: {COUNTRIES} countries in {time.perf_counter() - start:.0f} s, "
            f"sampling {np.mean(seconds):.0f} s each"
        )
        print(
            "share of 90% intervals that hold the truth:",
            {k: round(v, 2) for k, v in rates.items()},
        )
        print(
            f"P(share up, 2019 to 2023) and whether it did: {[(round(p, 2), up) for p, up in odds]}, Brier {brier:.2f}"
        )
    # Years of one country err together: two countries may miss more than twenty.
    least = (
        {"totals": 0.65, "elite": 0.5, "share": 0.5}
        if REDUCED
        else {"totals": 0.82, "elite": 0.78, "share": 0.78}
    )
    for name, rate in least.items():
        assert rates[name] >= rate, (name, rates)
        if not REDUCED:
            assert rates[name] <= 0.985, (name, rates)
    if not REDUCED:
        # 20 at 90%: 14 or fewer has a probability of 1%.
        assert int(np.sum(found["share ratio"])) >= 15
    # Always saying one half scores 0.25.
    assert brier < (0.6 if REDUCED else 0.25)
    for p, up in odds:
        assert p > 0.01 if up else p < 0.99


def test_the_evidence_follows_from_the_truth(escape_rates: ModelSpec, shipped: Dataset) -> None:
    """Without sampling: the same rows are used, totals add up, and scatter as they should."""
    counts, means = [], []
    for seed in range(4):
        truth, evidence = country(escape_rates, shipped, seed)
        before, after = truth.design, make_design(escape_rates, evidence)
        assert {r.statement.id for r in after.selection.direct} == {
            r.statement.id for r in before.selection.direct
        }
        assert {r.statement.id for r in after.selection.nested} == {
            r.statement.id for r in before.selection.nested
        }
        expected = truth.posterior["expected"].values[0, 0]
        for row in after.selection.direct:
            counts.append(row.interval.low)
            means.append((expected * after.cell_weights(row)).sum())
        elite = expected[0].sum() / expected.sum()
        assert 0.01 < elite < 0.2
    counts_, means_ = np.array(counts), np.array(means)
    # Frailty of 15% a quarter, less over longer rows; 226 rows.
    error = counts_ / means_ - 1
    assert abs(error.mean()) < 0.05 and 0.05 < error.std() < 0.25
