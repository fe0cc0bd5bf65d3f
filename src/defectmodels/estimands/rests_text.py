"""What numbers rest on, in words: the check of a fit, and rows of tables.

Invariant: the check names the number of the verdict that priors supply most of. Shown by
``tests/test_rests.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from defectmodels.estimands.called import called
from defectmodels.estimands.judged import Check, Verdict
from defectmodels.estimands.rests import (
    PRIOR_SHARE,
    Identification,
    prior_called,
    verdict_identification,
)
from defectmodels.estimands.summary import digits
from defectmodels.inference.fit import Fit
from defectmodels.wording import joined, listed, say


class Told(NamedTuple):
    """What a number rests on, as text."""

    number: str
    contraction: str
    prior_share: str
    priors: str
    movers: str


def told(found: Identification, verdict: bool) -> Iterator[Told]:
    """Rows of a table of numbers, those of most prior first.

    Parameters
    ----------
    verdict : bool
        Whether those of the verdict, or the others.
    """
    table = found.numbers[found.numbers["verdict"] == verdict]
    for row in table.sort_values("prior_share", ascending=False, kind="stable").to_dict("records"):
        movers = [
            (one["origin"], size)
            for one in found.movers(row["name"]).to_dict("records")
            if (size := _pull(one["pull"], one["pull_error"]))
        ]
        yield Told(
            called(row["name"]),
            _share(row["contraction"], 0.0),
            _share(row["prior_share"], row["prior_error"]),
            joined([prior_called(one) for one in row["by"]], ", "),
            joined([say("rest-mover", origin=origin, pull=size) for origin, size in movers], ", "),
        )


def _share(value: float, error: float) -> str:
    """A share, with as many decimals as its error allows, two at most."""
    if not np.isfinite(value):
        return ""
    return f"{value:.{min(2, max(1, digits(error)))}f}"


def _pull(pull: float, error: float) -> str:
    """A pull with its sign; nothing where its error leaves no digit."""
    size = f"{abs(pull):.{min(2, max(1, digits(error)))}f}"
    return f"{'+' if pull > 0 else '\N{MINUS SIGN}'}{size}" if float(size) else ""


def rested(fit: Fit) -> list[Check]:
    """Judge whether priors supply most of what is known of a number of the verdict."""
    numbers = verdict_identification(fit).numbers
    table = numbers[numbers["verdict"] & numbers["prior_share"].notna()]
    if not len(table):
        return []
    table = table.sort_values("prior_share", ascending=False, kind="stable")
    row, limit = table.iloc[0], f"{PRIOR_SHARE:.0%}"
    much = int((table["prior_share"] > PRIOR_SHARE).sum())
    text = say(
        "check-rests",
        value=f"{row['prior_share']:.0%}",
        name=called(str(row["name"])),
        priors=listed([prior_called(one) for one in row["by"]]),
        limit=limit,
        driven="yes" if much else "no",
        others=max(much - 1, 0),
    )
    verdict: Verdict = "warn" if much else "pass"
    return [Check(say("check-name-rests"), verdict, text, say("check-do-rests"))]
