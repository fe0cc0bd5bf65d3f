"""Scores of a run: effective draws by second and by gradient, of what is quoted and of everything."""

from __future__ import annotations

import resource
import time
from typing import Any

import numpy as np

from benchmarks.cases import Case, case
from benchmarks.samplers import TUNE, WAYS, Sampled, missing

MOST_RHAT, LEAST_ESS = 1.01, 400
"""Those of the package's own checks."""


def _scalars(parameters: dict[str, np.ndarray]) -> np.ndarray:
    """np.ndarray (scalar, chain, draw)"""
    flat = [one.reshape(*one.shape[:2], -1) for one in parameters.values()]
    return np.moveaxis(np.concatenate(flat, axis=-1), -1, 0)


def least(scalars: np.ndarray) -> dict[str, float]:
    """Worst R-hat, and smallest effective sample sizes of centre and tails."""
    from arviz_stats.base import array_stats

    moved = scalars[np.ptp(scalars.reshape(len(scalars), -1), axis=1) > 0]
    axes = {"chain_axis": -2, "draw_axis": -1}
    return {
        "rhat": float(np.max(array_stats.rhat(moved, **axes))),
        "bulk": float(np.min(array_stats.ess(moved, method="bulk", **axes))),
        "tail": float(np.min(array_stats.ess(moved, method="tail", prob=(0.05, 0.95), **axes))),
    }


def headline(one: Case, sampled: Sampled) -> np.ndarray | None:
    """Logs of the ratios of share and count between the headline's spans: (scalar, chain, draw)."""
    if one.spec.headline is None or sampled.expected is None:
        return None
    group = one.spec.groups.index(one.spec.headline.of)
    from defectmodels.evidence.periods import parse_span

    def count(span: str) -> np.ndarray:
        weights = one.spec.periods.weights(parse_span(span))
        return np.moveaxis((sampled.expected * weights).sum(axis=-1), -1, 0)

    before, after = count(one.spec.headline.before), count(one.spec.headline.after)
    share = np.log(after[group] / after.sum(axis=0)) - np.log(before[group] / before.sum(axis=0))
    return np.stack([np.log(after[group] / before[group]), share])


def score(one: Case, sampled: Sampled) -> dict[str, Any]:
    """Numbers of one run; `counts` says whether its checks hold."""
    every = least(_scalars(sampled.parameters))
    draws = next(iter(sampled.parameters.values())).shape
    found: dict[str, Any] = {
        "before_seconds": round(sampled.before, 2),
        "sample_seconds": round(sampled.seconds, 2),
        "gradients": sampled.gradients,
        "gradients_a_draw": round(sampled.gradients / (draws[0] * draws[1]), 1),
        "diverging": sampled.diverging,
        "rhat": round(every["rhat"], 4),
        "ess_bulk": round(every["bulk"]),
        "ess_tail": round(every["tail"]),
        "gradients_an_effective_draw": round(sampled.gradients / every["bulk"], 1),
        "ess_a_second": round(every["bulk"] / sampled.seconds, 1),
    }
    asked = headline(one, sampled)
    if asked is not None:
        quoted = least(asked)
        found |= {
            "headline_ess_bulk": round(quoted["bulk"]),
            "headline_ess_tail": round(quoted["tail"]),
            "headline_gradients_an_effective_draw": round(sampled.gradients / quoted["bulk"], 1),
            "headline_ess_a_second": round(quoted["bulk"] / sampled.seconds, 1),
        }
    counts = every["rhat"] <= MOST_RHAT and every["bulk"] >= LEAST_ESS and not sampled.diverging
    return found | {"counts": counts}


def run(name: str, way: str, draws: int, seed: int) -> dict[str, Any]:
    """Sample a case in this process, and score it."""
    reason = missing(way, name)
    if reason:
        return {"case": name, "way": way, "missing": reason}
    one = case(name)
    start = time.perf_counter()
    sampled = WAYS[way].run(one, draws, TUNE.get(way, draws), seed)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "case": name,
        "way": way,
        "seed": seed,
        "draws": draws,
        **score(one, sampled),
        "whole_seconds": round(time.perf_counter() - start, 1),
        "peak_mib": round(peak),
    }
