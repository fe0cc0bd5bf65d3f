"""An audit as text: what the command line and the report print of it.

Invariant: no number has more digits than its Monte Carlo error allows, and what is not known has no
number. Shown by ``tests/test_audit.py``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from defectmodels.estimands.audit import Audit
from defectmodels.estimands.summary import Probability

EVENT_WORDS = {
    "share_up": "share up",
    "count_up": "count up",
    "share_up & ~count_up": "share up, count not",
}
"""Events of the headline as they are printed."""


def _text(value: float, mcse: float, otherwise: str) -> str:
    return otherwise if math.isnan(value) else str(Probability(value, mcse))


def _fixed(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.2f}"


def _truth_text(one: Mapping[Any, Any]) -> str:
    return (
        "taken as true"
        if one["taken_as_true"]
        else str(Probability(one["truth"], one["truth_mcse"]))
    )


def printed_origins(audit: Audit) -> pd.DataFrame:
    """The table of origins as text, with no more digits than the Monte Carlo error allows.

    Returns
    -------
    pd.DataFrame
        origin, rows, influence, the probability of each event of the first pair without the
        origin, and how it was worked out.
    """
    return pd.DataFrame(
        [
            {
                "origin": one["origin"],
                "rows": one["rows"],
                "influence": _text(one["influence"], one["influence_mcse"], "not known"),
            }
            | {
                f"P({EVENT_WORDS[event]})": _text(one[event], one[f"{event} mcse"], "")
                for event in audit.events
            }
            | {"how": one["how"], "Pareto k": _fixed(one["pareto_k"])}
            for one in audit.origins.to_dict("records")
        ]
    )


def printed_statements(audit: Audit) -> pd.DataFrame:
    """The table of statements as text, with no more digits than the Monte Carlo error allows."""
    return pd.DataFrame(
        [
            {
                "id": one["id"],
                "origin": one["origin"],
                "says": one["says"],
                "chance": "" if math.isnan(one["chance"]) else f"{one['chance']:.2g}",
                "true": _truth_text(one),
                "influence": _text(one["influence"], one["influence_mcse"], one["how"]),
            }
            for one in audit.statements.to_dict("records")
        ]
    )


def remarks(audit: Audit) -> list[str]:
    """Lines on what is withheld and on what could not be worked out."""
    how = set(audit.origins["how"])
    lines = []
    if "withheld" in how:
        lines.append("headline withheld: checks failed; see defectmodels check")
    if "none" in how:
        lines.append("the model has no headline, so nothing can rest on an origin")
    told = audit.origins[audit.origins["how"].isin(["refit failed", "cannot be left out"])]
    return lines + [
        f"{one['origin']}: {one['how']}: {one['reason']}" for one in told.to_dict("records")
    ]
