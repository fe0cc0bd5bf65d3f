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
from defectmodels.wording import said, say

_BOTH = "share_up & ~count_up"
_MOST_IDS = 4


def event_text(event: str) -> str:
    """Write the probability of an event of the headline: ``P(share up)``."""
    return f"P({say('audit-event', event='both' if event == _BOTH else event)})"


def how_text(how: str) -> str:
    """Write how the headline without an origin was worked out."""
    return say("audit-how", how=how.replace(" ", "-"))


def column(name: str) -> str:
    """Head of a column of the printed tables."""
    return say("audit-column", column=name)


def _text(value: float, mcse: float, otherwise: str) -> str:
    return otherwise if math.isnan(value) else str(Probability(value, mcse))


def _fixed(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.2f}"


def _truth_text(one: Mapping[Any, Any]) -> str:
    if one["taken_as_true"]:
        return say("audit-taken")
    return str(Probability(one["truth"], one["truth_mcse"]))


def _few(ids: str) -> str:
    """The ids of an origin's rows, of many the first and how many more."""
    names = ids.split(", ")
    if len(names) <= _MOST_IDS:
        return ids
    first = names[: _MOST_IDS - 1]
    return say("audit-more", first=", ".join(first), more=len(names) - len(first))


def printed_origins(audit: Audit, few: bool = False) -> pd.DataFrame:
    """The table of origins as text, with no more digits than the Monte Carlo error allows.

    Parameters
    ----------
    audit : Audit
    few : bool
        Whether to name only the first of an origin's rows where there are many.

    Returns
    -------
    pd.DataFrame
        origin, rows, influence, the probability of each event of the first pair without the
        origin, and how it was worked out; heads and cells in the language spoken.
    """
    return pd.DataFrame(
        [
            {
                column("origin"): one["origin"],
                column("rows"): _few(one["rows"]) if few else one["rows"],
                column("influence"): _text(
                    one["influence"], one["influence_mcse"], say("audit-not-known")
                ),
            }
            | {
                event_text(event): _text(one[event], one[f"{event} mcse"], "")
                for event in audit.events
            }
            | {column("how"): how_text(one["how"]), column("k"): _fixed(one["pareto_k"])}
            for one in audit.origins.to_dict("records")
        ]
    )


def printed_statements(audit: Audit) -> pd.DataFrame:
    """The table of statements as text, in the language spoken.

    No number has more digits than the Monte Carlo error allows.
    """
    return pd.DataFrame(
        [
            {
                column("id"): one["id"],
                column("origin"): one["origin"],
                column("says"): said(one["says"]),
                column("chance"): "" if math.isnan(one["chance"]) else f"{one['chance']:.2g}",
                column("true"): _truth_text(one),
                column("influence"): _text(
                    one["influence"], one["influence_mcse"], how_text(one["how"])
                ),
            }
            for one in audit.statements.to_dict("records")
        ]
    )


def remarks(audit: Audit) -> list[str]:
    """Lines on what is withheld and on what could not be worked out."""
    how = set(audit.origins["how"])
    lines: list[str] = []
    if "withheld" in how:
        lines.append(say("audit-remark-withheld"))
    if "none" in how:
        lines.append(say("audit-remark-none"))
    told = audit.origins[audit.origins["how"].isin(["refit failed", "cannot be left out"])]
    return lines + [
        say("audit-remark", origin=one["origin"], how=how_text(one["how"]), reason=one["reason"])
        for one in told.to_dict("records")
    ]
