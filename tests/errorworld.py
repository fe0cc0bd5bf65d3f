"""Errors of what is published in small worlds, and what they come to when every count is gone through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import stats

from country import prior

MOST = 30
"""Counts that are gone through."""


def beta(mean: float = 0.8, size: float = 20.0) -> dict[str, Any]:
    return {"dist": "beta", "mean": mean, "size": size, "why": "a test"}


def undercount(**more: Any) -> dict[str, Any]:
    return {"kind": "undercount", "included": beta()} | more


def overcount(**more: Any) -> dict[str, Any]:
    return {"kind": "overcount", "added": prior(0.1, 3.0)} | more


def mixed(**more: Any) -> dict[str, Any]:
    groups = ["elite", "commoner"]
    rates = {"missed": beta(0.2), "false": beta(0.05)}
    return {"kind": "misclassification", "groups": groups} | rates | more


def revision(**more: Any) -> dict[str, Any]:
    found = {
        "kind": "revision",
        "spans": ["2020"],
        "definition": "everyone",
        "size": prior(0.02, 4),
    }
    return found | more


# --- counts gone through one by one: np.ndarray (elite, commoner), probabilities ---------------


def came(elite: float, commoner: float) -> np.ndarray:
    n = np.arange(MOST)
    return np.outer(stats.poisson.pmf(n, elite), stats.poisson.pmf(n, commoner))


def thinned(chance: np.ndarray, included: float, axis: Sequence[int] = (0, 1)) -> np.ndarray:
    """Each person is published with a probability."""
    n = np.arange(MOST)
    kept = stats.binom.pmf(n[:, None], n[None, :], included)
    for at in axis:
        chance = np.moveaxis(np.tensordot(kept, chance, (1, at)), 0, at)
    return chance


def with_others(
    chance: np.ndarray, means: Sequence[float], axis: Sequence[int] = (0, 1)
) -> np.ndarray:
    """Entries of no person are added; `means` of them by group."""
    n = np.arange(MOST)
    for at, mean in zip(axis, means, strict=True):
        more = stats.poisson.pmf(n[:, None] - n[None, :], mean)
        chance = np.moveaxis(np.tensordot(more, chance, (1, at)), 0, at)
    return chance


def called(chance: np.ndarray, missed: float, false: float) -> np.ndarray:
    """Each elite is published as a commoner with a probability, and the other way round."""
    found = np.zeros((2 * MOST, 2 * MOST))
    n = np.arange(MOST)
    for elite in n:
        for commoner in n[: MOST - elite]:
            p = chance[elite, commoner]
            if p < 1e-14:
                continue
            away = stats.binom.pmf(np.arange(elite + 1), elite, missed)
            into = stats.binom.pmf(np.arange(commoner + 1), commoner, false)
            both = p * np.outer(away, into)
            for a in range(elite + 1):
                for b in range(commoner + 1):
                    found[elite - a + b, commoner - b + a] += both[a, b]
    return found[:MOST, :MOST]
