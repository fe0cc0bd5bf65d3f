"""What the explorer's script works with: draws, levels and texts, as one block of JSON.

Invariant: the same fit gives the same bytes; the block cannot end its element early, whatever a title
holds; and it grows with no fit beyond `MOST_VALUES` draws of expected arrivals. Shown by
``tests/test_explorer.py``.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from defectmodels.estimands.explorer import ENDS, ROUNDING, movable, ranks
from defectmodels.estimands.parts import theme_of
from defectmodels.estimands.rates import resolve
from defectmodels.estimands.support import OUTSIDE
from defectmodels.estimands.thinning import Rounded, Thin
from defectmodels.evidence.periods import Span
from defectmodels.evidence.series import Series
from defectmodels.inference.fit import Fit
from defectmodels.model.terms import Covariates
from defectmodels.report import words
from defectmodels.wording import titled

MOST_VALUES = 120_000
"""Draws of expected arrivals that the block holds at most, four characters each."""
MOST_LEVELS = 80
"""Round levels that a slider offers, at most."""
MOST_PARTS = 8
"""Themes that are told apart when so many are moved: every set of them is evaluated, 256 at 8."""
BEYOND = 1e-9
"""A limit is not passed by a rounding error."""
_WAIT = 700
"""Milliseconds that a slider rests before the answer is spoken."""


@dataclass(frozen=True)
class Choice:
    """A span that a reader can choose.

    Attributes
    ----------
    name : str
    days : Span
    weights : np.ndarray (period,), 1 for its periods and 0 for others
    """

    name: str
    days: Span
    weights: np.ndarray


def choices(fit: Fit, spans: Sequence[str]) -> tuple[Choice, ...]:
    """Spans of whole periods, each once: within a period that is cut no level holds on all days."""
    found = []
    for name in dict.fromkeys(spans):
        days = resolve(fit, name)
        weights = fit.spec.periods.weights(days)
        if set(np.unique(weights)) <= {0.0, 1.0}:
            found.append(Choice(name, days, weights))
    return tuple(found)


def grid(low: float, high: float) -> tuple[np.ndarray, int]:
    """Round levels from low to high, and the decimals they are written with.

    Steps are 1, 2 or 5 times a power of ten: the smallest with which there are no more than
    `MOST_LEVELS` steps.
    """
    if not high > low:
        return np.array([low]), 0
    power = math.floor(math.log10((high - low) / MOST_LEVELS))
    choices = [(times, power + more) for more in (0, 1) for times in (1, 2, 5)]
    times, power = next(
        (t, p) for t, p in choices if (high - low) / (t * 10.0**p) <= MOST_LEVELS * (1 + BEYOND)
    )
    step = times * 10.0**power
    first, last = math.ceil(low / step - BEYOND), math.floor(high / step + BEYOND)
    # Read from decimals, so that a level is the number that is printed.
    levels = [float(f"{at * times}e{power}") for at in range(first, last + 1)]
    return np.array(levels), max(0, -power)


def _range(series: Series, seen: np.ndarray) -> tuple[float, float]:
    """Limits of a series; where it has none, what was seen of it."""
    low = float(seen.min()) if series.minimum is None else series.minimum
    return low, float(seen.max()) if series.maximum is None else series.maximum


def _standardised(series: Series, level: float) -> float:
    return float(series.standardise(np.array([level]))[0])


def levels(fit: Fit, name: str, spans: Sequence[Choice]) -> dict[str, Any]:
    """What a slider offers of a series: round levels, and its mean in every span.

    A level has its text, the covariate it makes (``x``) and the persons at risk it stands for
    (``risk``), each only where the model uses the series so.
    """
    series, spec = fit.dataset.one_series(name), fit.spec
    effects = {e.series: e for t in spec.term if isinstance(t, Covariates) for e in t.effect}
    exposes = [at for at, group in enumerate(spec.groups) if spec.exposure.get(group) == name]
    code = effects[name].code if name in effects else "value"
    round_levels, places = grid(*_range(series, series.levels(spec.periods, code)))
    if exposes or series.transform == "log":
        round_levels = round_levels[round_levels > 0]
    median = series.uncertainty.median if series.uncertainty else 1.0

    def offer(level: float) -> dict[str, Any]:
        made: dict[str, Any] = {"level": level, "text": words.fixed(level, places)}
        if name in effects:
            made["x"] = _standardised(series, level)
        return made | ({"risk": level * median} if exposes else {})

    was = []
    for span in spans:
        daily = series.daily(span.days, code)
        # Six digits: a mean of equal levels is that level.
        level = float(f"{daily.mean():.6g}")
        was.append(offer(level) | {"flat": bool(np.ptp(daily) == 0)})
    return {
        "label": titled(series.title),
        "unit": titled(series.unit),
        "covariate": spec.covariates.index(name) if name in effects else -1,
        "exposes": exposes,
        "levels": [offer(float(level)) for level in round_levels],
        "was": was,
    }


def held(thin: Thin, spans: Sequence[Choice], always: Sequence[str]) -> tuple[Choice, ...]:
    """Spans that the block has room for: those asked for always, and the last of the others."""
    most = MOST_VALUES // (thin.draws * len(thin.fit.spec.groups))
    by_name, chosen = {span.name: span for span in spans}, dict[str, Choice]()
    first = [by_name[name] for name in always if name in by_name]
    for span in [*first, *reversed(spans)]:
        periods = np.any([one.weights > 0 for one in (*chosen.values(), span)], axis=0).sum()
        if periods <= most or not chosen:
            chosen[span.name] = span
    return tuple(span for span in spans if span.name in chosen)


def _packed(rounded: Rounded, rows: np.ndarray) -> dict[str, Any]:
    """Rows of rounded draws, three bytes each, the highest first."""
    raw = rounded.codes[rows].astype(">u4").view(np.uint8).reshape(-1, 4)[:, 1:]
    return {
        "low": rounded.low[rows].tolist(),
        "step": rounded.step[rows].tolist(),
        "codes": base64.b64encode(raw.tobytes()).decode(),
    }


def themes_of(fit: Fit) -> dict[str, list[str]]:
    """Series that can be moved, by theme."""
    found: dict[str, list[str]] = {}
    for name in movable(fit):
        found.setdefault(theme_of(fit, name), []).append(name)
    return found


def _spans(spans: Sequence[Choice], said: Sequence[dict[str, str]]) -> tuple[list[Any], np.ndarray]:
    """Periods and rows of draws of every span, with what is said of it, and the periods with draws."""
    kept = np.flatnonzero(np.any([span.weights > 0 for span in spans], axis=0))
    found = []
    for span, texts in zip(spans, said, strict=True):
        periods = np.flatnonzero(span.weights)
        rows = np.searchsorted(kept, periods)
        found.append({**texts, "periods": periods.tolist(), "rows": rows.tolist()})
    return found, kept


def _acts(fit: Fit) -> list[list[bool]]:
    terms = [term for term in fit.spec.term if isinstance(term, Covariates)]
    found: list[list[bool]] = terms[0].acts(fit.spec.groups).tolist()
    return found


def block(
    thin: Thin,
    of: str,
    spans: Sequence[Choice],
    said: Sequence[dict[str, str]],
    texts: dict[str, Any],
) -> dict[str, Any]:
    """Everything the script needs.

    Parameters
    ----------
    thin : Thin
    of : str
        Group whose share is spoken of.
    spans : sequence of Choice
    said : sequence of dict
        What the script says of each of the spans.
    texts : dict
        What the script says, and the names of quantities, parts and themes.
    """
    fit, design = thin.fit, thin.fit.design
    by_theme = themes_of(fit)
    series = [
        levels(fit, name, spans) | {"theme": at}
        for at, names in enumerate(by_theme.values())
        for name in names
    ]
    laid, kept = _spans(spans, said)
    groups, periods = len(fit.spec.groups), len(fit.spec.periods)
    rows = np.concatenate([group * periods + kept for group in range(groups)])
    exposed = {group for one in series for group in one["exposes"]}
    return {
        "draws": thin.draws,
        "effective": thin.effective,
        "ends": list(ENDS),
        "ranks": [list(pair) for pair in ranks(thin.draws, thin.effective)],
        "rounding": ROUNDING,
        "outside": OUTSIDE,
        "beyond": BEYOND,
        "most": MOST_PARTS,
        "wait": _WAIT,
        "of": fit.spec.groups.index(of),
        "acts": _acts(fit),
        "names": [titled(fit.dataset.one_series(name).title) for name in fit.spec.covariates],
        "x": design.covariates.tolist(),
        "risk": [design.exposure[g].tolist() if g in exposed else [] for g in range(groups)],
        "spans": laid,
        "series": series,
        "expected": _packed(thin.log_expected, rows),
        "effect": _packed(thin.effect, np.arange(len(thin.effect.low))),
    } | texts


def as_script(content: dict[str, Any]) -> Markup:
    """JSON that may stand in an element: it has no sign that markup begins or ends with."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)
