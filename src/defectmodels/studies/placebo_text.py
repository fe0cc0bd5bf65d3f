"""Placebos as text: what the command line prints of them.

Invariant: no number has more digits than its Monte Carlo error allows, and no sentence reads an effect
as one of the event without the assumption that carries it. Shown by ``tests/test_placebo.py``.
"""

from __future__ import annotations

from typing import Any, get_args

import pandas as pd

from defectmodels import names
from defectmodels.estimands.summary import INTERVAL, digits
from defectmodels.inference.running import missing
from defectmodels.studies.placebo import Placebos
from defectmodels.studies.placebo_place import LEVEL, Place, Sides, Statistic


def _fixed(value: float, mcse: float) -> str:
    """A number with at most two decimals, fewer where the Monte Carlo error is large."""
    text = f"{value:.{min(2, max(1, digits(mcse)))}f}"
    return text.lstrip("-") if not text.strip("-0.") else text


def _effect(row: pd.Series) -> str:
    parts = [_fixed(row[name], row["mcse"]) for name in ("median", "low", "high")]
    return "{} ({} to {})".format(*parts)


def printed(found: Placebos) -> pd.DataFrame:
    """The table of effects as text.

    Returns
    -------
    pd.DataFrame
        The true event first: date, end, group, log effect with its interval, over its standard
        deviation, its standard deviation over the prior's, whether it has a place, checks.
    """
    rows = []
    for _, row in found.table.iterrows():
        placed = row["told"] and row["checks"] != "fail"
        rows.append(
            {
                "date": f"{row['date']}{'' if row['placebo'] else ' (event)'}",
                "end": row["end"],
                "group": row[names.GROUP],
                f"log effect, {INTERVAL:.0%}": _effect(row),
                "over sd": f"{row['standardised']:.1f}",
                "sd over prior's": f"{row['sd_over_prior']:.2f}",
                "has a place": "yes" if placed else "no",
                "checks": row["checks"],
            }
        )
    return pd.DataFrame(rows)


def places(found: Placebos) -> pd.DataFrame:
    """Places of the event for each group, statistic and number of sides, with all digits."""
    rows = []
    for group in found.groups:
        for statistic in get_args(Statistic):
            for sides in get_args(Sides):
                one = found.place(group, statistic, sides)
                numbers = {name: getattr(one, name) for name in ("p", "p_all", "smallest")}
                rows.append({"statistic": statistic, "sides": sides} | vars(one) | numbers)
    return pd.DataFrame(rows)


def printed_places(table: pd.DataFrame) -> pd.DataFrame:
    """The table of places as text."""
    shown = {"statistic": "statistic", "sides": "sides", "windows": "placebos"}
    shown |= {"disjoint": "sharing no day", "larger": "as extreme"}
    found = table[["group", *shown]].rename(columns=shown)
    for column, title in {"p": "p", "p_all": "p, overlap ignored", "smallest": "least p"}.items():
        found[title] = [f"{value:.2g}" for value in table[column]]
    return found.assign(verdict=table["verdict"])


def _nth(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number % 100 not in (11, 12, 13) else 0)
    return f"{number}{ending or 'th'}"


def _placed(place: Place) -> str:
    if not place.windows:
        return "no placebo has a place"
    return (
        f"{_nth(place.larger + 1)} of {place.windows + 1} by size, the event and {place.windows} placebo "
        f"dates of which {place.disjoint} share no day; p = {place.p:.2g}"
    )


def sentence(found: Placebos, group: str) -> str:
    """What is found of one group: the event's effect, its place and the verdict."""
    place, row = found.place(group), found.true(group)
    verdict = f"{place.verdict}: {place.why}" if place.why else place.verdict
    if row["checks"] == "fail":
        return f"{group}: {verdict}"
    return f"{group}: log effect {_effect(row)} on {found.event.span}; {_placed(place)}; {verdict}"


def _unplaced(found: Placebos) -> list[str]:
    """One line for each group that has placebos without a place."""
    lines = []
    for group in found.groups:
        own = found.table[found.table["placebo"] & (found.table[names.GROUP] == group)]
        failed, untold = own["checks"] == "fail", ~own["told"].astype(bool)
        for those, why in (
            (failed, "failed their checks (another seed may help)"),
            (untold & ~failed, "say less of the effect than its prior"),
        ):
            if those.any():
                days = ", ".join(str(day) for day in own["date"][those])
                lines.append(f"{group}: {those.sum()} fits {why} and have no place: {days}")
    return lines


def assumption(found: Placebos) -> str:
    """What carries a reading of the event's effect as its doing."""
    told = " ".join(found.event.scenario.assumption.split()).rstrip(".")
    return (
        "A place says how unusual the event's days are under the model, not why. To read the difference "
        "as one that the event made, one assumes that nothing else happened on its days, that a date "
        "at which it did not happen was as likely to be drawn as its own"
        f"{f', and {told}' if told else ''}."
    )


def remarks(found: Placebos) -> list[str]:
    """Sentences beside the tables: places, what has none, what is left out, the assumption."""
    lines = [sentence(found, group) for group in found.groups]
    lines += [*_unplaced(found), *missing(found.failures)]
    if any(found.place(group).disjoint < found.place(group).windows for group in found.groups):
        lines.append(
            "windows that share days are no separate chances: p counts as many as share no day "
            f"(level {LEVEL:g})"
        )
    return [*lines, assumption(found)]


def content(found: Placebos) -> dict[str, Any]:
    """What is said beside the table of effects, for machines."""
    return {
        "event": found.event.scenario.name,
        "span": str(found.event.span),
        "rules": vars(found.rules),
        "settings": vars(found.settings) | {"random_seed": found.random_seed},
        "seconds": found.seconds,
        "left_out": [{"span": str(one.span), "reason": one.reason} for one in found.left_out],
        "failures": [vars(one) for one in found.failures],
        "remarks": remarks(found),
    }
