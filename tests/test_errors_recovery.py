"""Who came is found again under errors with informative priors, and not without them.

Parameters, persons and what is published of them are drawn one after the other, person by person, and the
model is fitted to what is published. Parameters come from the prior, so that intervals have to hold the
truth as often as they say. With DEFECTMODELS_REDUCED=1 there are few worlds.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest
from scipy import stats

from country import prior
from defectmodels.estimands.rates import share
from defectmodels.estimands.realised import realised
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.sampling import fit
from defectmodels.model.priors import Beta, LogNormal
from defectmodels.model.spec import ModelSpec
from errorworld import beta, mixed, overcount, revision, undercount
from smallworld import make_dataset, make_spec

REDUCED = os.environ.get("DEFECTMODELS_REDUCED") == "1"
WORLDS = 10 if REDUCED else 60
YEARS = 6
MEDIANS = {"elite": 30.0, "commoner": 600.0}
ERRORS = (
    undercount(included=beta(0.8, 60.0)),
    overcount(added=prior(0.05, 2.0), spans=["2020..2022"]),
    mixed(missed=beta(0.2, 40.0), false=beta(0.01, 400.0)),
)


def spec_of(*errors: dict[str, Any]) -> ModelSpec:
    rates = {g: {"rate": prior(m, 1.5) | {"dist": "lognormal"}} for g, m in MEDIANS.items()}
    return make_spec("2020", str(2019 + YEARS), "year", baseline=rates, error=errors)


def draw(one: Beta | LogNormal, rng: np.random.Generator) -> float:
    if isinstance(one, Beta):
        return float(rng.beta(*one.shapes))
    return float(rng.lognormal(one.mu, one.sigma))


def world(seed: int) -> tuple[dict[str, Any], Dataset]:
    """The truth, and what is published of it."""
    rng = np.random.default_rng([seed, 21])
    spec = spec_of(*ERRORS)
    under, over, mix = spec.error
    p, o = draw(under.included, rng), draw(over.added, rng)  # type: ignore[union-attr]
    missed, false = draw(mix.missed, rng), draw(mix.false, rng)  # type: ignore[union-attr, arg-type]
    rate = np.array([[draw(spec.baseline[g].rate, rng)] for g in spec.groups])  # type: ignore[arg-type]
    mean = rate * spec.periods.years
    came = rng.poisson(mean)
    counted = rng.binomial(came, p)
    first = np.arange(YEARS) < 3
    counted = counted + rng.poisson(o * p * mean * first)
    away, into = rng.binomial(counted[0], missed), rng.binomial(counted[1], false)
    elite, commoner = counted[0] - away + into, counted[1] - into + away
    rows = [("everyone", str(2020 + t), int(elite[t] + commoner[t])) for t in range(YEARS)]
    rows += [("elite", str(2020 + t), int(elite[t])) for t in range(YEARS)]
    truth = {
        "included": p, "added": o, "missed": missed, "false": false, "rate": rate[:, 0],
        "share": rate[0, 0] / rate.sum(), "came": came,
    }  # fmt: skip
    return truth, make_dataset(*rows)


def inside(draws: np.ndarray, truth: float, width: float) -> bool:
    low, high = np.quantile(draws, [0.5 - width / 2, 0.5 + width / 2])
    return bool(low <= truth <= high)


def found(spec: ModelSpec, data: Dataset, seed: int) -> tuple[dict[str, np.ndarray], int]:
    made = fit(spec, data, random_seed=seed, draws=250, tune=300, chains=2, cores=1, progress=False)
    own = {
        "elite rate": made.posterior["rate"].isel(group=0, period=0).values.ravel(),
        "commoner rate": made.posterior["rate"].isel(group=1, period=0).values.ravel(),
        "share": share(made, "elite", ["2021"]).values.ravel(),
    }
    counts = realised(made, random_seed=seed).isel(period=YEARS - 1)
    own |= {f"{g} came": counts.sel(group=g).values.ravel() for g in MEDIANS}
    if "error_parameter" in made.posterior:
        names = ("included", "added", "missed", "false")
        values = made.posterior["error_parameter"].transpose("error", ...).values
        own |= {name: values[at].ravel() for at, name in enumerate(names)}
    return own, int(made.group("sample_stats")["diverging"].sum())


def true_of(truth: dict[str, Any]) -> dict[str, float]:
    elite, commoner = truth["rate"]
    last = {f"{g} came": truth["came"][at, -1] for at, g in enumerate(MEDIANS)}
    return truth | {"elite rate": elite, "commoner rate": commoner} | last


@pytest.mark.slow
def test_who_came_is_found_again(capsys: pytest.CaptureFixture[str]) -> None:
    hits: dict[str, list[tuple[bool, bool]]] = {}
    diverging, control = 0, []
    for seed in range(WORLDS):
        truth, data = world(seed)
        values = true_of(truth)
        own, bad = found(spec_of(*ERRORS), data, seed)
        diverging += bad
        for name, draws in own.items():
            both = tuple(inside(draws, values[name], width) for width in (0.5, 0.9))
            hits.setdefault(name, []).append(both)  # type: ignore[arg-type]
        if seed < 10:
            plain, _ = found(spec_of(), data, seed)
            control.append(inside(plain["commoner rate"], values["commoner rate"], 0.9))
    rates = {name: np.mean(one, axis=0).round(2).tolist() for name, one in hits.items()}
    with capsys.disabled():
        print(f"\n{WORLDS} worlds, share of 50% and 90% intervals that hold the truth: {rates}")
        print(f"without errors in the model, 90%: {np.mean(control):.2f}; diverging {diverging}")
    for name, one in hits.items():
        for width, count in zip((0.5, 0.9), np.sum(one, axis=0), strict=True):
            # Nine quantities at two widths: one in 2,000 each keeps false alarms at one in 50.
            low, high = stats.binom(WORLDS, width).ppf([0.0005, 0.9995])
            assert low <= count <= high, (name, width, count)
    # The base model takes those who are published for those who came.
    assert np.mean(control) <= 0.5
    assert diverging == 0


@pytest.mark.slow
def test_a_revision_widens_the_year_that_is_open() -> None:
    """Vintages that were off by a tenth: the last year is known to about that."""
    rows = [("everyone", str(year), 5000) for year in range(2015, 2025)]
    rows += [("everyone", str(2015 + at), int(5000 * f)) for at, f in
             enumerate((1.1, 0.9, 1.12, 0.92, 1.08, 0.9, 1.1, 0.93, 1.1))]  # fmt: skip
    data = make_dataset(*rows, groups=("all",))
    old = [s.model_copy(update={"status": "superseded"}) for s in data.statements[10:]]
    data = Dataset(data.header, (*data.statements[:10], *old), {})
    rate = {"all": {"rate": prior(5000.0, 3.0) | {"dist": "lognormal"}}}
    walk = [{"kind": "trend", "scale": prior(0.5, 1.5)}]
    spec = make_spec(
        "2015", "2024", "year", groups=("all",), baseline=rate, term=walk,
        error=[revision(spans=["2024"], size=prior(0.05, 4.0))],
    )  # fmt: skip
    made = fit(spec, data, random_seed=1, draws=500, tune=500, chains=2, progress=False)
    scale = made.posterior["revision_scale"].values.ravel()
    assert np.quantile(scale, 0.05) < 0.1 < np.quantile(scale, 0.95)
    came = realised(made, random_seed=1).isel(group=0)
    # What came in earlier years is what is published; of the last one it is known to a tenth.
    assert float(came.isel(period=-2).std()) == 0.0
    assert float(np.log(came.isel(period=-1)).std()) == pytest.approx(0.1, rel=0.35)
