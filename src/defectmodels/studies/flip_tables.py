"""Tables of a search for tipping points.

Invariant: every number of a tipping point stands in the path that led to it. Shown by ``tests/test_flip.py``.
"""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from defectmodels.studies.flip_cases import Assumption
from defectmodels.studies.flip_rounds import Look, Search
from defectmodels.studies.flip_run import QUESTIONS
from defectmodels.studies.flip_search import tipping
from defectmodels.studies.flip_text import means
from defectmodels.wording import LANGUAGES, speaking

POINTS = (
    "key", "kind", "question", "span", "group", "name", "unit", "assumed", "tried", "holds", "flips",
    "answer", "becomes", "p_holds", "mcse_holds", "p_flips", "mcse_flips", "monotone", "near", "how",
    "refits", "means",
)  # fmt: skip
PATH = (
    "key", "kind", "place", "value", *(f"{q}{end}" for q in QUESTIONS for end in ("", "_mcse")), "how",
    "draws", "diverging", "rhat",
)  # fmt: skip


def told(one: Assumption, at: int) -> str:
    """A value as text: the span that is moved, or the number."""
    if not one.spans:
        return f"{one.values[at]:g}"
    return one.spans[at][0] if one.kind == "before" else one.spans[at][1]


def _point(search: Search, one: Assumption, question: str) -> dict[str, Any]:
    line = search.line(one, question)
    looks = search.looks[one.key]
    found = tipping(line)
    holds, flips = line[found.holds], None if found.flips is None else line[found.flips]
    last = max(line)
    return {
        "key": one.key,
        "kind": one.kind,
        "question": question,
        "span": one.span,
        "group": one.group,
        "name": one.name,
        "unit": one.unit,
        "assumed": told(one, 0),
        "tried": told(one, last),
        "holds": told(one, found.holds),
        "flips": "" if found.flips is None else told(one, found.flips),
        "answer": line[0].answer,
        "becomes": "" if flips is None else flips.answer,
        "p_holds": holds.value,
        "mcse_holds": holds.mcse,
        "p_flips": math.nan if flips is None else flips.value,
        "mcse_flips": math.nan if flips is None else flips.mcse,
        "monotone": found.monotone,
        "near": holds.near or (flips is not None and flips.near),
        "how": looks[last if found.flips is None else found.flips].how,
        "refits": sum(look.how == "refit" for look in looks.values()),
    }


def _step(one: Assumption, at: int, look: Look) -> dict[str, Any]:
    row: dict[str, Any] = {"key": one.key, "kind": one.kind, "place": at, "value": told(one, at)}
    for question, (value, mcse) in look.found.items():
        row |= {question: value, f"{question}_mcse": mcse}
    more = {name: look.record.get(name, math.nan) for name in ("draws", "diverging", "rhat")}
    return row | {"how": look.how} | more


def tables(search: Search) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Tipping points, every value looked at, and what could not be moved."""
    moved = [one for one in search.assumptions if one.key not in search.skipped]
    with speaking(LANGUAGES[0]):
        points = [
            row | {"means": str(means(row))}
            for one in moved
            for name in search.questions(one)
            for row in (_point(search, one, name),)
        ]
    steps = [
        _step(one, at, look) for one in moved for at, look in sorted(search.looks[one.key].items())
    ]
    skipped = [{"key": key, "reason": reason} for key, reason in search.skipped.items()]
    return (
        pd.DataFrame(points, columns=list(POINTS)),
        pd.DataFrame(steps, columns=list(PATH)),
        pd.DataFrame(skipped, columns=["key", "reason"]),
    )
