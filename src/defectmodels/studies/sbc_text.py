"""Sentences and printed tables of a study of calibration, for the command line and the report.

Invariant: every number is one of the study's, and worlds that could not be fitted are named. Shown by
``tests/test_sbc_report.py``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from defectmodels.estimands.called import called
from defectmodels.studies.certificate import (
    COVERAGE,
    ENOUGH,
    LEAST_ESS,
    MOST_DIVERGING,
    Certificate,
    Stale,
)
from defectmodels.wording import listed, named, say

if TYPE_CHECKING:
    from defectmodels.studies.sbc import Calibration

_NAMED = 3
_LEAST = 1e-9
_CONTRAST = r"(?P<what>share of )?(?P<group>\S+), (?P<scenario>\S+) less what was, (?P<span>\S+)"
_EVENT = r"P\((?P<event>[^)]+)\), (?P<group>\S+) (?P<before>\S+) -> (?P<after>\S+)"
_EVENTS = {
    "share_up": "share", "count_up": "count", "total_up": "total", "share_up & count_up": "both",
    "share_up & ~count_up": "share-only", "~share_up & count_up": "count-only",
    "~share_up & ~count_up": "neither",
}  # fmt: skip


def quantity(name: str) -> str:
    """What a ranked quantity or an event is called."""
    if found := re.fullmatch(_CONTRAST, name):
        group = found["group"]
        what = "share" if found["what"] else "all" if group == "all" else "group"
        return say(
            "calibration-contrast",
            what=what,
            group=named(group),
            scenario=named(found["scenario"]),
            span=found["span"],
        )
    if found := re.fullmatch(_EVENT, name):
        return say(
            "calibration-event",
            event=_EVENTS[found["event"]],
            group=named(found["group"]),
            before=found["before"],
            after=found["after"],
        )
    return called(name)


def small(p: float) -> str:
    """A probability with as many digits as a test of some thousand simulated ECDFs allows."""
    if p >= 0.001:
        return f"{p:.2f}" if p >= 0.1 else f"{p:.3f}"
    return f"{p:.0e}" if p >= _LEAST else f"<{_LEAST:.0e}"


def sentences(found: Calibration) -> list[str]:
    """What a study found, what was left out, and what its numbers are."""
    name, p, number = found.worst()
    given = "yes" if found.made["given"] else "no"
    told: list[str] = [
        say("calibration-worlds", worlds=len(found.fits), given=given),
        say(
            "calibration-uniform",
            fine="yes" if p * number >= ENOUGH else "no",
            quantity=quantity(name),
            p=small(p),
            number=number,
            chance=small(min(1.0, p * number)),
        ),
        *_covered(found),
    ]
    if found.failures:
        told.append(_failed(found))
    if len(found.thin):
        told.append(
            say(
                "calibration-thin",
                fits=len(found.thin),
                limit=f"{MOST_DIVERGING:.0%}",
                draws=f"{LEAST_ESS:.0f}",
            )
        )
    near, tries = found.made["near"], int(found.fits["tries"].sum()) if len(found.fits) else 0
    told.append(
        say("calibration-any", tries=tries)
        if near is None
        else say("calibration-near", factor=f"{near:g}", tries=tries)
    )
    return told


def _covered(found: Calibration) -> list[str]:
    table = found.table()
    own = table[table["quantity"].isin(found.headline)]
    if not len(own):
        return []
    return [
        say(
            "calibration-covered",
            number=len(own),
            least=f"{own['covered_90'].min():.0%}",
            most=f"{own['covered_90'].max():.0%}",
            error=f"{own['error_90'].max():.1%}",
        )
    ]


def _failed(found: Calibration) -> str:
    named_ones = [
        say("calibration-seed", key=one.key, seed=str(one.seed), reason=one.reason)
        for one in found.failures[:_NAMED]
    ]
    return say("calibration-failed", worlds=len(found.failures), first=listed(named_ones))


def printed(table: pd.DataFrame) -> pd.DataFrame:
    """Coverage and p as text."""
    digits = 1 if len(table) and table["simulations"].max() >= 400 else 0
    shown: dict[str, list[str]] = {
        say("column-quantity"): [quantity(one) for one in table["quantity"]]
    }
    for level in COVERAGE:
        cells = table[f"covered_{100 * level:.0f}"]
        shown[f"{level:.0%}"] = [f"{one:.{digits}%}" for one in cells]
    shown[say("calibration-column", column="worlds")] = [f"{one}" for one in table["simulations"]]
    shown["p"] = [small(one) if one == one else "" for one in table["p"]]
    return pd.DataFrame(shown)


def printed_events(table: pd.DataFrame) -> pd.DataFrame:
    """Events as text: mean probability, how often it was so, Monte Carlo error, p.

    Those of which every world is sure are left out.
    """
    table = table[table["error"] > 0]
    return pd.DataFrame(
        {
            say("calibration-column", column="event"): [quantity(one) for one in table["event"]],
            say("calibration-column", column="said"): [f"{one:.2f}" for one in table["said"]],
            say("calibration-column", column="was"): [f"{one:.2f}" for one in table["was"]],
            say("calibration-column", column="error"): [f"{one:.3f}" for one in table["error"]],
            "p": [small(one) for one in table["p"]],
        }
    )


def certified(found: Certificate | None, stale: tuple[Stale, ...]) -> str:
    """What a report says of its model's certificate."""
    if found is None:
        return say("calibration-no-certificate")
    level = [row["covered_90"] for row in found.coverage]
    told = say(
        "calibration-certificate",
        worlds=found.simulations,
        day=found.date,
        given="yes" if found.given else "no",
        least=f"{min(level, default=0.0):.0%}",
        most=f"{max(level, default=0.0):.0%}",
        covered="yes" if level else "no",
        fine="yes" if found.calibrated else "no",
        quantity=quantity(found.worst),
        p=small(found.p),
        number=found.quantities,
        lost=found.failures,
    )
    if not stale:
        return told
    moved = listed(say("calibration-moved", what=one) for one in stale)
    return say("calibration-stale", told=told, moved=moved)
