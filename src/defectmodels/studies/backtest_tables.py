"""Tables of a backtest: rows of one origin, skill and coverage.

Invariant: a loss stands beside a win: skill is printed for every pair of methods that were scored at the
same origins, whatever its sign. Shown by ``tests/test_backtest_tables.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from defectmodels.errors import UnknownNameError, known
from defectmodels.estimands.scores import coverage
from defectmodels.estimands.summary import INTERVAL

RESAMPLES = 4000
"""Bootstrap resamples of the origins."""
SCORES = ("crps", "crps_log", "interval_score")
"""Scores of which skill is taken: those that are less the better, and 0 at best."""


@dataclass(frozen=True)
class Piece:
    """Rows of the tables of a backtest."""

    scores: list[dict[str, Any]] = field(default_factory=list)
    statements: list[dict[str, Any]] = field(default_factory=list)
    policy: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[dict[str, Any]] = field(default_factory=list)
    fits: list[dict[str, Any]] = field(default_factory=list)

    NAMES: ClassVar = ("scores", "statements", "policy", "skipped", "fits")
    COLUMNS: ClassVar = {
        "scores": "origin known horizon method span observed median low high log_score crps crps_log "
        "interval_score covered",
        "statements": "origin method id definition span low high log_score",
        "policy": "series,era,span,rows left out,observed,median,low,high,log_score,crps,crps_log,"
        "interval_score,covered",
        "skipped": "origin horizon method reason",
        "fits": "fit random_seed rows diverging draws rhat verdict gradients seconds",
    }

    def add(self, rows: Mapping[str, Any]) -> None:
        """Take the rows of another piece in, as it stands on disk."""
        for name in self.NAMES:
            getattr(self, name).extend(rows[name])

    def frame(self, name: str) -> pd.DataFrame:
        """One table."""
        said = self.COLUMNS[name]
        columns = said.split(",") if "," in said else said.split()
        return pd.DataFrame(getattr(self, name), columns=columns)


def skill_table(
    scores: pd.DataFrame, models: Sequence[str], score: str, random_seed: int
) -> pd.DataFrame:
    """Skill, 1 - mean score of the model / mean score of a baseline, over the origins that have both.

    Parameters
    ----------
    scores : pd.DataFrame
        See `Backtest`.
    models : sequence of str
        Methods that are compared with all others.
    score : {'crps', 'crps_log', 'interval_score'}
        `crps_log` is the CRPS of log(count + 1/2), in which years with few arrivals count as much as
        years with many.
    random_seed : int

    Returns
    -------
    pd.DataFrame
        horizon, method, baseline, origins, the mean score of both, skill, low, high (90%, bootstrap over
        origins; they are few and horizons overlap, so it is rough), better (origins at which the model's
        score was the better one). No interval with a single origin.
    """
    if score not in SCORES:
        raise UnknownNameError(f"no skill in '{score}'. {known(score, SCORES)}")
    wide = scores.pivot(index=["horizon", "origin"], columns="method", values=score)
    rng = np.random.default_rng(random_seed)
    rows = []
    for horizon, own in wide.groupby(level="horizon"):
        for method in (one for one in models if one in own):
            for other in (one for one in own.columns if one not in models):
                pair = own[[method, other]].dropna().to_numpy(dtype=float)
                if len(pair):
                    rows.append(
                        {"horizon": horizon, "method": method, "baseline": other}
                        | _skill(pair, rng)
                    )
    columns = "horizon method baseline origins model_score baseline_score skill low high better"
    return pd.DataFrame(rows, columns=columns.split())


def _skill(pair: np.ndarray, rng: np.random.Generator) -> dict[str, float]:
    """Skill of the first column over the second: np.ndarray (origin, 2)."""
    model, other = pair.mean(axis=0)
    drawn = pair[rng.integers(len(pair), size=(RESAMPLES, len(pair)))].mean(axis=1)
    tail = (1.0 - INTERVAL) / 2.0
    low, high = np.quantile(1.0 - drawn[:, 0] / drawn[:, 1], [tail, 1.0 - tail])
    single = len(pair) == 1
    return {
        "origins": len(pair),
        "model_score": float(model),
        "baseline_score": float(other),
        "skill": float(1.0 - model / other),
        "low": np.nan if single else float(low),
        "high": np.nan if single else float(high),
        "better": int((pair[:, 0] < pair[:, 1]).sum()),
    }


def coverage_table(scores: pd.DataFrame) -> pd.DataFrame:
    """How many of the 90% intervals covered what came, and how wide they were.

    Returns
    -------
    pd.DataFrame
        horizon, method, origins, covered (share), low, high (its 90% interval), above and below (how
        often what came lay above or below), width (median of upper over lower end), mean log_score.
    """
    rows = []
    for (horizon, method), one in scores.groupby(["horizon", "method"], sort=False):
        share, low, high = coverage(one["covered"].to_numpy(dtype=bool))
        rows.append(
            {
                "horizon": horizon,
                "method": method,
                "origins": len(one),
                "covered": share,
                "low": low,
                "high": high,
                "above": int((one["observed"] > one["high"]).sum()),
                "below": int((one["observed"] < one["low"]).sum()),
                "width": float(((one["high"] + 0.5) / (one["low"] + 0.5)).median()),
                "log_score": float(one["log_score"].mean()),
            }
        )
    table = pd.DataFrame(rows)
    return table.sort_values("horizon", kind="stable", ignore_index=True) if rows else table
