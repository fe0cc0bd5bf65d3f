"""The headline without the rows of one origin: by importance weights, or by a refit.

Invariant: no number comes from weights with a Pareto k above `PARETO_K` or from a refit that failed
its checks. Shown by ``tests/test_audit.py``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np

from defectmodels.errors import EvidenceError
from defectmodels.estimands.checks import PARETO_K, psis
from defectmodels.estimands.headline import Quantity, Value, moved, plain, quantities, weighted
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.fit import Fit
from defectmodels.inference.progress import shown
from defectmodels.inference.running import run_tasks
from defectmodels.inference.store import recipe
from defectmodels.inference.without import Counted, count_all, dataset_without, removal
from defectmodels.inference.workers import Workers
from defectmodels.model.spec import ModelSpec
from defectmodels.wording import Message, joined, say

How = Literal[
    "weights", "refit", "refit needed", "refit failed", "cannot be left out", "withheld", "none"
]
"""How the headline without an origin was worked out, or why it was not: 'withheld' of a fit that
failed its checks, 'none' where the model has no headline."""


@dataclass(frozen=True)
class Left:
    """What leaving one origin out does.

    `suggested` is the influence by weights, reliable or not: an order for refits, never quoted.
    """

    origin: str
    ids: tuple[str, ...]
    how: How
    reason: str = ""
    pareto_k: float = math.nan
    influence: float = math.nan
    mcse: float = math.nan
    suggested: float = math.inf
    values: tuple[Value, ...] = ()

    @property
    def place(self) -> tuple[float, bool, str]:
        """Sorts the most influential first, among equals those not known."""
        known = not math.isnan(self.influence)
        return -(self.influence if known else self.suggested), known, self.origin


def _first(numbers: Sequence[Quantity]) -> list[int]:
    """Places of the events of the first pair."""
    pair = numbers[0].pair
    return [at for at, one in enumerate(numbers) if one.event and one.pair == pair]


def _largest(changes: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Size and Monte Carlo error of the largest change."""
    change, error = max(changes, key=lambda one: abs(one[0]))
    return abs(change), error


def weigh_all(
    fit: Fit, numbers: Sequence[Quantity], groups: Mapping[str, tuple[str, ...]], progress: bool
) -> list[Left]:
    """Leave each origin out by importance weights; `groups` are the ids of its rows."""
    counted, found = count_all(fit), []
    # The kernel runs without Python's lock: one origin is counted while others are prepared.
    with (
        ThreadPoolExecutor(1) as counting,
        shown("origins", len(groups), progress) as step,
    ):
        logs = [_logs(fit, counted, ids, counting) for ids in groups.values()]
        for (origin, ids), one in zip(groups.items(), logs, strict=True):
            if isinstance(one, EvidenceError):
                found.append(_needs_refit(fit, Left(origin, ids, "refit needed", str(one))))
            else:
                found.append(weigh(fit, numbers, origin, ids, one.result()))
            step("")
    return found


def _logs(
    fit: Fit, counted: Counted, ids: tuple[str, ...], counting: ThreadPoolExecutor
) -> Future[np.ndarray] | EvidenceError:
    """Log probability of some rows given all others, to come; or why it cannot be had."""
    try:
        return counting.submit(removal(fit, counted, frozenset(ids)).log_probability)
    except EvidenceError as error:
        return error


def weigh(
    fit: Fit, numbers: Sequence[Quantity], origin: str, ids: tuple[str, ...], logs: np.ndarray
) -> Left:
    """Leave an origin out by importance weights.

    Parameters
    ----------
    logs : np.ndarray (sample,)
        Log probability of its rows given all others.
    """
    log_weights, k = psis(logs[:, None])
    weights = np.exp(log_weights[:, 0])
    size, spread = _largest([moved(numbers[at], weights) for at in _first(numbers)])
    found = Left(origin, ids, "weights", "", float(k[0]), suggested=size)
    if not k[0] <= PARETO_K:
        text = say("leaving-pareto-k", k=f"{k[0]:.2f}", limit=f"{PARETO_K:g}")
        return _needs_refit(fit, replace(found, how="refit needed", reason=text))
    values = tuple(weighted(one, weights) for one in numbers)
    return replace(found, influence=size, mcse=spread, values=values)


def _needs_refit(fit: Fit, left: Left) -> Left:
    """Say it where a refit could not answer the question either."""
    try:
        dataset_without(fit, frozenset(left.ids))
    except EvidenceError as error:
        return replace(left, how="cannot be left out", reason=" ".join(str(error).split()))
    return left


def _from_refit(left: Left, numbers: Sequence[Quantity], found: Mapping[str, Any]) -> Left:
    """Read what `refitted` found."""
    if "failed" in found:
        failed = joined((_again(one) for one in found["failed"]), ", ")
        return replace(left, how="refit failed", reason=say("leaving-failed", checks=failed))
    values = tuple(Value(*one) for one in found["values"])
    before = [plain(numbers[at]) for at in _first(numbers)]
    after = [values[at] for at in _first(numbers)]
    size, error = _largest(
        [
            (b.value - a.value, math.hypot(a.mcse, b.mcse))
            for a, b in zip(before, after, strict=True)
        ]
    )
    return replace(left, how="refit", influence=size, mcse=error, values=values)


def refitted(made: Mapping[str, Any], spec: ModelSpec, dataset: Dataset) -> dict[str, Any]:
    """Fit a model as another fit was made, and read the headline; in any process.

    Parameters
    ----------
    made : mapping
        Of `Fit.made`: sampler, settings and random_seed.
    dataset : Dataset
        From `dataset_without`.

    Returns
    -------
    dict
        failed, the names of the checks that the refit failed; or else values, those of the headline.
    """
    # Leaving rows out by weights samples nothing, and need not wait for what samples.
    from defectmodels.inference.sampling import fit as sample

    settings = {name: made["settings"][name] for name in ("draws", "tune", "chains")}
    seed, sampler = made["random_seed"], made["sampler"]
    new = sample(
        spec, dataset, random_seed=seed, sampler=sampler, progress=False, **settings
    )  # fmt: skip
    if new.checks.verdict == "fail":
        return {"failed": [_kept(item.name) for item in new.checks.failed]}
    return {"values": [list(plain(one)) for one in quantities(new)]}


def _kept(text: str) -> Any:
    """A text as JSON keeps it: a message by its name, since it is said again in any language."""
    return [text.name, text.values] if isinstance(text, Message) else text


def _again(kept: Any) -> str:
    return Message(*kept) if isinstance(kept, list) else str(kept)


def refit_all(
    fit: Fit,
    found: list[Left],
    numbers: Sequence[Quantity],
    folder: Path,
    most: int | None,
    random_seed: int,
    executor: Workers | None,
    progress: bool,
) -> list[Left]:
    """Refit without the origins that need it, the most important first; earlier refits are used."""
    need = sorted((one for one in found if one.how == "refit needed"), key=lambda one: one.place)
    chosen = {one.origin: one for one in need[:most]}
    tasks = {name: dataset_without(fit, frozenset(one.ids)) for name, one in chosen.items()}
    settings = {name: fit.made["settings"][name] for name in ("draws", "tune", "chains")}
    made = recipe(
        fit.spec, fit.dataset, random_seed=random_seed, sampler=fit.made["sampler"], **settings
    )
    # Which rows a fit uses is its choice where they can be counted apart.
    rows = [row.statement.id for row in fit.design.selection.rows]
    done = run_tasks(
        partial(refitted, made, fit.spec),
        tasks,
        made=made | {"rows": rows},
        executor=executor,
        folder=folder,
        seeds=dict.fromkeys(tasks, random_seed),
        label="refits",
        progress=progress,
    )
    new = {name: _from_refit(chosen[name], numbers, one) for name, one in done.results.items()}
    for one in done.failures:
        reason = say("leaving-lost", seed=str(one.seed), reason=one.reason)
        new[one.key] = replace(chosen[one.key], how="refit failed", reason=reason)
    return [new.get(one.origin, one) for one in found]
