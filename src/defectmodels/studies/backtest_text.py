"""A backtest in words and printed tables.

Invariant: every sentence's numbers are those of the tables. Shown by ``tests/test_backtest.py``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from defectmodels.estimands.checks import RHAT
from defectmodels.estimands.summary import INTERVAL
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.running import missing
from defectmodels.model.spec import ModelSpec
from defectmodels.studies.backtest import Backtest
from defectmodels.studies.backtest_run import CAME, HELD, MODELS

_YEAR = 4
"""Horizon at which an origin is told in words: a year."""


def two(value: float) -> str:
    """A number with the two digits that some thousand draws allow: 1,700, 92, 0."""
    if not np.isfinite(value) or value == 0:
        return f"{value:.0f}"
    places = 1 - int(np.floor(np.log10(abs(value))))
    return f"{round(value, places):,.0f}"


def hardest(scores: pd.DataFrame, horizon: int = _YEAR) -> str | None:
    """The origin from which it matters most whether the later covariates are known; None if none."""
    own = scores[(scores["horizon"] == horizon) & scores["method"].isin(MODELS)]
    if own.empty:
        return None
    wide = own.pivot(index="origin", columns="method", values="median") + 0.5
    return str((wide[HELD] / wide[CAME]).map(np.log).abs().idxmax())


def _one(row: pd.Series) -> str:
    inside = row["low"] <= row["observed"] <= row["high"]
    side = "above" if row["observed"] < row["low"] else "below"
    place = "what came lies inside" if inside else f"all of it {side} what came"
    return f"{two(row['median'])} ({two(row['low'])} to {two(row['high'])}, {place})"


def told(scores: pd.DataFrame, origin: str, horizon: int = _YEAR) -> str:
    """One origin in words: what came, and what each method had said."""
    own = scores[(scores["origin"] == origin) & (scores["horizon"] == horizon)]
    if own.empty:
        return f"No target of {horizon} quarters could be scored from the end of {origin}."
    by = own.set_index("method")
    first = own.iloc[0]
    known = f", with what was known by {first['known']}" if first["known"] else ""
    text = f"From the end of {origin}{known}, for {first['span']}, when {first['observed']:,} came"
    said = [
        f"{name} said {_one(by.loc[name])}" for name in (*MODELS, *by.index) if name in by.index
    ]
    parts = list(dict.fromkeys(said))
    return f"{text}: {'; '.join(parts)}. Medians with {INTERVAL:.0%} intervals, in persons."


def remarks(result: Backtest, spec: ModelSpec, dataset: Dataset) -> list[str]:
    """How the tables are to be read, one line each."""
    rows = "a month after each origin" if result.vintage == "known" else "today, up to each origin"
    hand = [name for name in spec.series if dataset.one_series(name).judgement]
    lines = [
        f"{result.scores['origin'].nunique()} origins; rows as known {rows}; series as they are today.",
        f"'{HELD}': covariates and exposures stay as they were at the origin. '{CAME}': they move as "
        "they did, which nobody knew; it measures the model, not foresight.",
    ]
    if hand:
        lines.append(
            f"Coded by hand, with later years in view: {', '.join(hand)}. So '{CAME}' flatters the model, "
            "and the choice of covariates does too."
        )
    return [*lines, *_faults(result.fits), *missing(result.failures)]


def _faults(fits: pd.DataFrame) -> list[str]:
    """Fits that diverged or failed, with their seeds; of the others how many have a high R-hat."""
    named = fits[(fits["diverging"] > 0) | (fits["verdict"] == "fail")]
    others = fits[fits["verdict"] == "warn"].drop(named.index, errors="ignore")
    lines = []
    if len(named):
        listed = "; ".join(
            f"{one['fit']}: seed {one['random_seed']}, {one['diverging']} of {one['draws']} draws "
            f"diverged, R-hat {one['rhat']:.2f}, {one['verdict']}"
            for _, one in named.iterrows()
        )
        lines.append(
            f"{len(named)} of {len(fits)} fits diverged or failed, none is left out: {listed}."
        )
    if len(others):
        lines.append(
            f"{len(others)} more have an R-hat above {RHAT[0]}, {others['rhat'].max():.2f} at most, over all "
            "coordinates of the sampler; more draws lower it."
        )
    return lines


def printed_skill(table: pd.DataFrame) -> pd.DataFrame:
    """Skill as text."""
    shown = table[["horizon", "method", "baseline", "origins"]].copy()
    digits = 2 if len(table) and table["model_score"].max() < 10 else 0
    for name in ("model_score", "baseline_score"):
        shown[name] = [f"{value:,.{digits}f}" for value in table[name]]
    shown["skill"] = [f"{value:+.2f}" for value in table["skill"]]
    shown["90%"] = _ends(table["low"], table["high"], "{:+.2f}")
    shown["better"] = [
        f"{b} of {n}" for b, n in zip(table["better"], table["origins"], strict=True)
    ]
    return shown


def printed_coverage(table: pd.DataFrame) -> pd.DataFrame:
    """Coverage as text."""
    shown = table[["horizon", "method", "origins"]].copy()
    shown["covered"] = [f"{value:.0%}" for value in table["covered"]]
    shown["90%"] = _ends(table["low"], table["high"], "{:.0%}")
    shown[["above", "below"]] = table[["above", "below"]]
    shown["high / low"] = [f"{value:,.1f}" for value in table["width"]]
    shown["mean log score"] = [f"{value:.1f}" for value in table["log_score"]]
    return shown


def printed_policy(table: pd.DataFrame) -> pd.DataFrame:
    """Eras left out as text."""
    shown = table[["series", "era", "span", "rows left out"]].copy()
    for name in ("observed", "median", "low", "high"):
        shown[name] = [f"{v:,.0f}" if name == "observed" else two(v) for v in table[name]]
    shown["covered"] = ["yes" if one else "no" for one in table["covered"]]
    shown["log score"] = [f"{value:.1f}" for value in table["log_score"]]
    return shown


def printed_statements(table: pd.DataFrame) -> pd.DataFrame:
    """Statements on the headline group as text."""
    shown = table[["origin", "method", "id", "span"]].copy()
    pairs = zip(table["low"], table["high"], strict=True)
    shown["said"] = [f"{a} or more" if b < 0 else f"{a} to {b}" for a, b in pairs]
    shown["probability"] = [f"{np.exp(value):.2f}" for value in table["log_score"]]
    return shown


def _ends(low: pd.Series, high: pd.Series, form: str) -> list[str]:
    return [
        "" if np.isnan(a) else f"{form.format(a)} to {form.format(b)}"
        for a, b in zip(low, high, strict=True)
    ]
