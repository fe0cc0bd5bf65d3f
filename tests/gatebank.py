"""Fits that must not be quoted, each broken in one known way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from country import prior
from defectmodels import names
from defectmodels.inference.fit import Fit
from fabricate import with_group
from gateworld import CLOSED, FIRST, LAST, YEARS, Rows, persons, rate, rows, sampled, sound, world


@dataclass(frozen=True)
class Broken:
    """A broken fit: its kind, what is wrong, which checks may catch it, and how it is made."""

    kind: str
    wrong: str
    caught_by: tuple[str, ...]
    make: Callable[[], Fit]


# --- draws that went wrong --------------------------------------------------------------------


def _posterior(change: Callable[[xr.DataArray], xr.DataArray], *only: str) -> Fit:
    old = sound().posterior
    changed = {str(n): change(old[n]) for n in old.data_vars if not only or n in only}
    return with_group(sound(), "posterior", old.assign(changed))


def _draws(place: Callable[[int], np.ndarray]) -> Fit:
    """Every draw replaced by one at another place in its chain."""
    return _posterior(
        lambda one: one.isel(draw=place(one.sizes["draw"])).assign_coords(draw=one["draw"])
    )


def _apart(array: xr.DataArray) -> xr.DataArray:
    return array + 3.0 * array.std(names.SAMPLE) * (array["chain"] == 1)


def _still(array: xr.DataArray) -> xr.DataArray:
    return array.where(array["chain"] != 2, array.isel(draw=0, drop=True))


def _drifting(array: xr.DataArray) -> xr.DataArray:
    return array + 4.0 * array.std(names.SAMPLE) * array["draw"] / array.sizes["draw"]


def _not_a_number(array: xr.DataArray) -> xr.DataArray:
    return array.where((array["chain"] != 1) | (array["draw"] != 17))


def _slow(size: int) -> np.ndarray:
    walk = np.random.default_rng(4).choice([-1, 0, 1], size).cumsum()
    return np.abs(walk) % size


def _cut(**chosen: slice) -> Fit:
    """Only some chains or draws of every group that has them."""
    old = sound()
    for name in ("posterior", "sample_stats", "posterior_predictive", "log_likelihood"):
        old = with_group(old, name, old.group(name).isel(chosen))
    return old


def _stats(name: str, values: Callable[[np.ndarray], np.ndarray]) -> Fit:
    old = sound().group("sample_stats")
    changed = old[name].copy(data=values(old[name].values.copy()))
    return with_group(sound(), "sample_stats", old.assign({name: changed}))


def _diverging(where: tuple[Any, ...]) -> Fit:
    def change(values: np.ndarray) -> np.ndarray:
        values[where] = 1
        return values

    return _stats("diverging", change)


def _heavy(values: np.ndarray) -> np.ndarray:
    """An energy that hardly moves from draw to draw."""
    return 50.0 + np.random.default_rng(2).normal(0, 0.2, values.shape).cumsum(axis=1)


def _predicted(change: Callable[[xr.DataArray], xr.DataArray], *only: str) -> Fit:
    old = sound().group("posterior_predictive")
    changed = {str(n): change(old[n]) for n in old.data_vars if not only or n in only}
    return with_group(sound(), "posterior_predictive", old.assign(changed))


def _narrow(array: xr.DataArray) -> xr.DataArray:
    # Every row is off by a fifth and predicted within a hundredth.
    middle = 1.2 * array.median(names.SAMPLE)
    return (middle + 0.05 * (array - middle)).round().astype("int64")


def _one_row(array: xr.DataArray) -> xr.DataArray:
    values = array.values.copy()
    values[..., 3] = 9000
    return array.copy(data=values)


def _prior_for_posterior() -> Fit:
    old, prior_ = sound().posterior, sound().group("prior")
    chains, draws = old.sizes["chain"], prior_.sizes["draw"] // old.sizes["chain"]
    parts = [prior_.isel(chain=0, draw=slice(c * draws, (c + 1) * draws)) for c in range(chains)]
    parts = [part.assign_coords(draw=np.arange(draws)) for part in parts]
    posterior = xr.concat(parts, xr.DataArray(np.arange(chains), dims="chain", name="chain"))
    return with_group(_cut(draw=slice(0, draws)), "posterior", posterior)


MIXING = ("chains agree", "enough draws, centre", "enough draws, tails", "Monte Carlo error")
MISFIT = ("coverage", "calibration", "largest misfit")
SURPRISED = ("prior and evidence",)
DRIVEN = ("identification",)
TWICE = ("repeated rows",)
BARE = ("spans compared",)

DRAWS: tuple[Broken, ...] = (
    Broken("bad mixing", "one chain three deviations away", MIXING, lambda: _posterior(_apart)),
    Broken(
        "bad mixing",
        "one parameter apart in one chain",
        MIXING,
        lambda: _posterior(_apart, names.FRAILTY),
    ),
    Broken("bad mixing", "one chain does not move", MIXING, lambda: _posterior(_still)),
    Broken("bad mixing", "chains still drift", MIXING, lambda: _posterior(_drifting)),
    Broken(
        "bad mixing",
        "a step only every hundred draws",
        MIXING,
        lambda: _draws(lambda n: np.arange(n) // 100 * 100),
    ),
    Broken("bad mixing", "ten draws repeated", MIXING, lambda: _draws(lambda n: np.arange(n) % 10)),
    Broken("bad mixing", "neighbouring draws nearly the same", MIXING, lambda: _draws(_slow)),
    Broken("bad mixing", "a draw that is not a number", MIXING, lambda: _posterior(_not_a_number)),
    Broken("truncated chains", "one chain of four", MIXING, lambda: _cut(chain=slice(0, 1))),
    Broken(
        "truncated chains", "twenty draws of each chain", MIXING, lambda: _cut(draw=slice(0, 20))
    ),
    Broken("truncated chains", "five draws of each chain", MIXING, lambda: _cut(draw=slice(0, 5))),
    Broken(
        "divergences",
        "3% of the draws",
        ("divergences",),
        lambda: _diverging((slice(None), slice(0, 12))),
    ),
    Broken("divergences", "all of one chain", ("divergences",), lambda: _diverging((1,))),
    Broken(
        "divergences", "an energy that hardly moves", ("energy",), lambda: _stats("energy", _heavy)
    ),
    Broken(
        "wrong predictions",
        "off by a fifth and far too narrow",
        MISFIT,
        lambda: _predicted(_narrow),
    ),
    Broken(
        "wrong predictions",
        "twice as many as published",
        MISFIT,
        lambda: _predicted(lambda a: 2 * a),
    ),
    Broken(
        "wrong predictions",
        "one row impossible",
        MISFIT,
        lambda: _predicted(_one_row, names.DIRECT_COUNT),
    ),
    Broken("prior-driven", "prior draws in place of posterior ones", DRIVEN, _prior_for_posterior),
)
"""Broken after they were drawn: quick."""


# --- fits of the wrong model, or of wrong evidence ------------------------------------------------


def _of(counts: np.ndarray, **changes: Any) -> Fit:
    return sampled(world(**changes), rows(counts))


def _lifted(lift: Sequence[float] | np.ndarray, **changes: Any) -> Fit:
    return _of((persons(0.0) * np.asarray(lift)).astype(int), **({"frailty": None} | changes))


def _edited(change: Callable[[Rows], Rows], **changes: Any) -> Fit:
    return sampled(world(**changes), change(rows(persons())))


def _scaled(factor: float, only: Callable[[str, int], bool] = lambda word, year: True) -> Any:
    def change(found: Rows) -> Rows:
        return [
            (word, year, round(count * factor) if only(word, int(year)) else count)
            for word, year, count in found
        ]

    return change


def _moved(by: int) -> Callable[[Rows], Rows]:
    return lambda found: [
        (word, str(int(year) + by), count) for word, year, count in found if int(year) + by in YEARS
    ]


def _quarterly(change: Callable[[np.ndarray], np.ndarray]) -> Fit:
    """Five years of quarters; `change` alters persons, np.ndarray (group, quarter)."""
    spans = [f"{year}Q{quarter}" for year in range(2016, 2021) for quarter in range(1, 5)]
    rng = np.random.default_rng(6)
    counts = change(rng.poisson(np.array([np.full(20, 20.0), np.full(20, 200.0)])))
    found: Rows = []
    for span, (elite, commoner) in zip(spans, counts.T.astype(int), strict=True):
        found += [("everyone", span, int(elite + commoner)), ("elite", span, int(elite))]
    spec = world(
        "2016Q1", "2020Q4", "quarter",
        baseline={"elite": rate(80.0), "commoner": rate(800.0)}, term=None, frailty=None,
        headline={"of": "elite", "before": "2016", "after": "2020"},
    )  # fmt: skip
    return sampled(spec, found)


def _at(places: Sequence[int] | slice, factor: float) -> Callable[[np.ndarray], np.ndarray]:
    def change(counts: np.ndarray) -> np.ndarray:
        counts = counts.copy()
        counts[:, places] = counts[:, places] * factor
        return counts

    return change


def _transposed(since: int = FIRST, until: int = LAST) -> Fit:
    counts = persons()
    chosen = (np.array(YEARS) >= since) & (np.array(YEARS) <= until)
    counts[:, chosen] = counts[::-1, chosen]
    return _of(counts)


def _copied(*what: str, times: int = 1) -> Fit:
    return _edited(lambda found: found + [one for one in found if one[1] in what] * times)


def _onto(source: int, *targets: int) -> Fit:
    counts = persons(0.0)
    for target in targets:
        counts[:, target - FIRST] = counts[:, source - FIRST]
    return _of(counts, frailty=None)


def _kept(keep: Callable[[str, int], bool], **changes: Any) -> Fit:
    return _edited(lambda found: [one for one in found if keep(one[0], int(one[1]))], **changes)


def _bounded(low: int, high: int | None) -> Fit:
    """Totals, and of the elites a bound that says next to nothing."""

    def change(found: Rows) -> Rows:
        return [one if one[0] == "everyone" else (*one[:2], low, high) for one in found]

    return _edited(change)


def _effect(median: float, factor: float) -> list[dict[str, Any]]:
    effect = {"series": "closure", "ratio": prior(median, factor)}
    return [{"kind": "covariates", "effect": [effect], "spread": prior(0.02, 1.2)}]


def _drifted() -> np.ndarray:
    return np.exp(np.linspace(-0.7, 0.7, len(YEARS)))


def _cumulative() -> Fit:
    return _of(persons(0.0).cumsum(axis=1), frailty=None)


def _opened() -> Fit:
    """Four times as many at risk since 2016; the model takes the same number throughout."""
    return _lifted(np.where(np.array(YEARS) >= 2016, 4.0, 1.0))


def _reversed() -> Fit:
    return _of(persons(0.0)[:, ::-1], frailty=None)


def _half(word: str) -> Callable[[str, int], bool]:
    return lambda said, year: said == word and year % 2 == 0


FITS: tuple[Broken, ...] = (
    Broken(
        "bad mixing",
        "no tuning and few draws",
        MIXING,
        lambda: sampled(world(), rows(persons()), draws=20, tune=1),
    ),
    Broken(
        "truncated chains",
        "sampled with one chain",
        MIXING,
        lambda: sampled(world(), rows(persons()), chains=1),
    ),
    Broken(
        "truncated chains",
        "sampled with ten draws",
        MIXING,
        lambda: sampled(world(), rows(persons()), draws=10),
    ),
    Broken(
        "wrong likelihood",
        "years scatter by 40%, no frailty",
        MISFIT,
        lambda: _of(persons(0.4), frailty=None),
    ),
    Broken(
        "wrong likelihood",
        "years scatter by 25%, no frailty",
        MISFIT,
        lambda: _of(persons(0.25), frailty=None),
    ),
    Broken(
        "wrong likelihood",
        "two regimes, a constant rate",
        MISFIT,
        lambda: _of(persons(0.0), frailty=None, term=None),
    ),
    Broken(
        "wrong likelihood",
        "two regimes, frailty for a covariate",
        SURPRISED + MISFIT,
        lambda: _of(persons(0.0), frailty=prior(0.05, 1.5), term=None),
    ),
    Broken("wrong likelihood", "a fourfold drift, no trend", MISFIT, lambda: _lifted(_drifted())),
    Broken(
        "wrong likelihood",
        "one year five times as high",
        MISFIT,
        lambda: _lifted([5.0 if y == 2014 else 1.0 for y in YEARS]),
    ),
    Broken(
        "wrong likelihood",
        "every other year empty",
        MISFIT,
        lambda: _lifted([y % 2 for y in YEARS]),
    ),
    Broken(
        "wrong likelihood",
        "seasons, none in the model",
        MISFIT,
        lambda: _quarterly(_at(slice(0, 20, 4), 0.3)),
    ),
    Broken(
        "wrong likelihood",
        "a regime within the quarters, none in the model",
        MISFIT,
        lambda: _quarterly(_at(slice(10, 20), 0.5)),
    ),
    Broken(
        "misread units", "thousands throughout", SURPRISED + MISFIT, lambda: _edited(_scaled(0.001))
    ),
    Broken(
        "misread units",
        "a thousand times too many throughout",
        SURPRISED,
        lambda: _edited(_scaled(1000.0)),
    ),
    Broken(
        "misread units",
        "one total in tens",
        SURPRISED + MISFIT,
        lambda: _edited(_scaled(0.1, lambda w, y: w == "everyone" and y == 2014), frailty=None),
    ),
    Broken(
        "misread units",
        "one year in thousands",
        SURPRISED + MISFIT,
        lambda: _edited(_scaled(0.001, lambda w, y: y == 2014)),
    ),
    Broken(
        "misread units",
        "tens of elites for elites",
        SURPRISED + MISFIT,
        lambda: _edited(_scaled(10.0, lambda w, y: w == "elite" and y < CLOSED)),
    ),
    Broken(
        "misread units",
        "per cent for persons in every other year",
        MISFIT,
        lambda: _edited(_scaled(0.2, _half("elite"))),
    ),
    Broken(
        "misread units",
        "families for persons in every other year",
        SURPRISED + MISFIT,
        lambda: _edited(_scaled(0.35, lambda w, y: y % 2 == 0), frailty=None),
    ),
    Broken(
        "misread units",
        "months taken for quarters",
        MISFIT,
        lambda: _quarterly(_at(slice(1, 20, 3), 1 / 3)),
    ),
    Broken(
        "misread units", "a year taken for a quarter", MISFIT, lambda: _quarterly(_at([7], 4.0))
    ),
    Broken("misread units", "running totals taken for years", SURPRISED + MISFIT, _cumulative),
    Broken(
        "shifted dates",
        "all rows a year late",
        MISFIT,
        lambda: sampled(world(frailty=None), _moved(1)(rows(persons(0.0)))),
    ),
    Broken(
        "shifted dates",
        "all rows a year early",
        MISFIT,
        lambda: sampled(world(frailty=None), _moved(-1)(rows(persons(0.0)))),
    ),
    Broken(
        "shifted dates",
        "all rows a year late, with frailty",
        SURPRISED + MISFIT,
        lambda: sampled(world(), _moved(1)(rows(persons(elite=80.0)))),
    ),
    Broken(
        "shifted dates",
        "all rows a year early, with frailty",
        SURPRISED + MISFIT,
        lambda: _edited(_moved(-1)),
    ),
    Broken(
        "shifted dates", "all rows two years late", SURPRISED + MISFIT, lambda: _edited(_moved(2))
    ),
    Broken("shifted dates", "years in reverse", SURPRISED + MISFIT, _reversed),
    Broken("duplicated rows", "a total under another id", TWICE, lambda: _copied("2014")),
    Broken(
        "duplicated rows",
        "two years under other ids, twice",
        TWICE,
        lambda: _copied("2014", "2020", times=2),
    ),
    Broken(
        "duplicated rows", "every row under another id", TWICE, lambda: _copied(*map(str, YEARS))
    ),
    Broken(
        "duplicated rows",
        "the last open year again as the first closed one",
        MISFIT,
        lambda: _onto(2018, 2019),
    ),
    Broken(
        "duplicated rows",
        "an open year again as two closed ones",
        MISFIT,
        lambda: _onto(2015, 2019, 2020),
    ),
    Broken(
        "duplicated rows", "a closed year again as an open one", MISFIT, lambda: _onto(2020, 2013)
    ),
    Broken("transposed groups", "in all years", SURPRISED, _transposed),
    Broken("transposed groups", "in one year", MISFIT, lambda: _transposed(2014, 2014)),
    Broken("transposed groups", "in three years", MISFIT, lambda: _transposed(2012, 2014)),
    Broken("dropped exposure", "four times as many at risk since 2016", MISFIT, _opened),
    Broken(
        "dropped exposure",
        "persons at risk in thousands",
        SURPRISED,
        lambda: _edited(
            lambda r: r, exposure={"elite": "in_thousands", "commoner": "in_thousands"}
        ),
    ),
    Broken(
        "dropped exposure",
        "an exposure that never was",
        MISFIT,
        lambda: _lifted(np.ones(12), exposure={"elite": "at_risk", "commoner": "at_risk"}),
    ),
    Broken(
        "prior-driven",
        "no rows since the closure",
        DRIVEN + BARE,
        lambda: _kept(lambda w, y: y < CLOSED),
    ),
    Broken(
        "prior-driven",
        "no rows before the closure",
        DRIVEN + BARE,
        lambda: _kept(lambda w, y: y >= CLOSED),
    ),
    Broken(
        "prior-driven", "no rows of elites", DRIVEN, lambda: _kept(lambda w, y: w == "everyone")
    ),
    Broken(
        "prior-driven",
        "no rows of elites since the closure",
        DRIVEN,
        lambda: _kept(lambda w, y: w == "everyone" or y < CLOSED),
    ),
    Broken(
        "prior-driven", "of the elites only that there were some", DRIVEN, lambda: _bounded(1, None)
    ),
    Broken(
        "prior-driven",
        "of the elites only that they were fewer than 400",
        DRIVEN,
        lambda: _bounded(0, 400),
    ),
    Broken(
        "prior-driven",
        "one row in all",
        DRIVEN + BARE,
        lambda: _kept(lambda w, y: w == "everyone" and y == 2014),
    ),
    Broken(
        "prior-driven",
        "an effect fixed beforehand",
        DRIVEN + SURPRISED + MISFIT,
        lambda: _edited(lambda r: r, term=_effect(0.6, 1.05)),
    ),
    Broken(
        "prior against data",
        "a hundredth of the rate expected",
        SURPRISED + MISFIT,
        lambda: _edited(
            lambda r: r, baseline={"elite": rate(0.4, 2.0), "commoner": rate(5.0, 2.0)}
        ),
    ),
    Broken(
        "prior against data",
        "an effect of the other sign",
        SURPRISED + MISFIT,
        lambda: _edited(lambda r: r, term=_effect(3.0, 1.2)),
    ),
    Broken(
        "prior against data",
        "frailty said to be a hundredth",
        SURPRISED + MISFIT,
        lambda: _of(persons(0.4), frailty=prior(0.01, 1.3)),
    ),
)
"""Broken before they were drawn: real fits, slow."""

BANK = (*DRAWS, *FITS)
