"""One refit of a study of sensitivity, and the numbers that are read from every fit.

Invariant: what is given back depends on model, evidence, settings and seed alone, and no number comes from a
refit that failed its checks. Shown by ``tests/test_sensitivity.py``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from defectmodels import names
from defectmodels.estimands.checks import DIVERGING, ESS, RHAT
from defectmodels.estimands.decomposition import PART, decompose
from defectmodels.estimands.headline import Quantity, plain, quantities
from defectmodels.estimands.quoted import comparisons
from defectmodels.estimands.summary import effective, largest_rhat
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.files import digest
from defectmodels.inference.fit import Fit
from defectmodels.inference.refits import Kept, Refits, Refitted, Settings
from defectmodels.inference.sampling import constant_data
from defectmodels.model.design import Design
from defectmodels.model.spec import ModelSpec

WANTED = (names.EXPECTED, names.RATE, names.EFFECT, names.SEASON_EFFECT, names.TREND)
"""Variables that the numbers are made of."""
SHARE_PART, COUNT_PART = "part of share", "part of count"


def numbers_of(fit: Fit) -> tuple[Quantity, ...]:
    """The headline's numbers and the parts of each change.

    Returns
    -------
    tuple of Quantity
        Those of `headline.quantities`; ``part of share, GROUP`` and ``part of count, FACTOR``.
    """
    return (*quantities(fit), *_parts(fit))


def _parts(fit: Fit) -> Iterator[Quantity]:
    of, pairs = comparisons(fit)
    kinds = {COUNT_PART: ("count_part", PART)}
    if len(fit.spec.groups) > 1:
        kinds = {SHARE_PART: ("share_part", names.GROUP)} | kinds
    for before, after in pairs:
        change = decompose(fit, before, after, of=of)
        for what, (name, dim) in kinds.items():
            parts = change.path(name)
            for one in parts[dim].values:
                values = parts.sel({dim: one}, drop=True).reset_coords(drop=True)
                yield Quantity(before, after, f"{what}, {one}", values)


@dataclass(frozen=True)
class Task:
    """A refit: what it is made of, and nothing else."""

    spec: ModelSpec
    dataset: Dataset
    settings: Settings
    seed: int


_shops = Kept[Refits]()


def _shop(task: Task) -> Refits:
    """What this process keeps of a model: rows are exchanged, series and priors are not."""
    series = {name: task.dataset.one_series(name) for name in task.spec.series}
    content = {name: one.model_dump(mode="json") for name, one in series.items()}
    key = digest([task.spec.digest, content])
    return _shops.get(key, lambda: Refits(WANTED))


def checked(diverging: float, rhat: float, ess: float) -> str:
    """What the report's checks would say of these; what is not a number fails."""

    def beyond(at: int) -> bool:
        return not (diverging <= DIVERGING[at] and rhat <= RHAT[at] and ess >= ESS[at])

    return "fail" if beyond(1) else "warn" if beyond(0) else "pass"


def as_fit(task: Task, design: Design, posterior: xr.Dataset) -> Fit:
    """Draws of a refit as a fit, with what the estimands read."""
    chance = np.full(len(design.selection.joint), np.nan)
    groups = {"posterior": posterior, "constant_data": constant_data(design, chance)}
    return Fit(task.spec, task.dataset, xr.DataTree.from_dict(groups))


def refitted(task: Task) -> dict[str, Any]:
    """Fit and read the numbers; what fails its checks is fitted once more, with longer chains.

    Returns
    -------
    dict
        seed, rows, checks, rhat and ess (the worst of the numbers), diverging, gradients, seconds; numbers,
        a list of before, after, quantity, value, low, high and mcse, which is empty after failed checks.
    """
    shop = _shop(task)
    design = shop.design(task.spec, task.dataset)
    for settings in (task.settings, task.settings.longer):
        made = shop.fit(design, settings, task.seed)
        numbers = numbers_of(as_fit(task, design, made.posterior))
        record = _record(task, design, made, numbers)
        if record["checks"] != "fail":
            return record | {"numbers": [row(one) for one in numbers]}
    return record | {"numbers": []}


def _record(
    task: Task, design: Design, made: Refitted, numbers: tuple[Quantity, ...]
) -> dict[str, Any]:
    # Judged on what is quoted, as a fit is: of some hundred coordinates one is always the worst.
    chosen = [one.values for one in numbers if not one.event and np.ptp(one.draws) > 0]
    draws = math.prod(made.z.shape[:2])
    rhat, ess = 1.0, float(draws)
    if chosen:
        values = np.stack([one.transpose(*names.SAMPLE).values for one in chosen], axis=-1)
        rhat, ess = largest_rhat(values), min(map(effective, chosen))
    return {
        "seed": task.seed,
        "rows": len(design.selection.rows),
        "checks": checked(made.diverging / draws, rhat, ess),
        "rhat": rhat,
        "ess": ess,
        "diverging": made.diverging,
        "gradients": made.gradients,
        "seconds": round(made.seconds, 2),
    }


def row(one: Quantity) -> dict[str, Any]:
    """A number as JSON can hold it: NaN is None."""
    value = {
        name: None if math.isnan(number) else number
        for name, number in plain(one)._asdict().items()
    }
    return {"before": one.before, "after": one.after, "quantity": one.name} | value
