"""Policy periods as text: what the command line prints of them.

Invariant: no number has more digits than its Monte Carlo error allows, and the pooled numbers stand
beside those that they correct. Shown by ``tests/test_policy.py``.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from defectmodels import names
from defectmodels.estimands.more_than import MoreThan
from defectmodels.estimands.policy import ERA, PolicyPeriods
from defectmodels.estimands.summary import INTERVAL, Probability
from defectmodels.estimands.tables import rounded
from defectmodels.wording import joined, named, say, titled


def assumption() -> str:
    """Say what would have to hold for a pair of eras to say more than it does."""
    return say("policy-assumption")


def caveat(found: PolicyPeriods) -> str:
    """Say how many pairs are compared at once, and which numbers answer for that."""
    return say("policy-caveat", pairs=found.number_of_pairs, eras=len(found.spans))


def left_out_lines(found: PolicyPeriods) -> list[str]:
    """One line for each era that is not compared."""
    return [
        say("policy-left-out", era=titled(name), reason=why) for name, why in found.left_out.items()
    ]


def _plain(text: str) -> str:
    """A number without the sign of a zero."""
    return text.lstrip("-") if not text.strip("-0.,") else text


def _spread(median: str, low: str, high: str) -> str:
    return say("word-beside", value=median, more=say("word-range", low=low, high=high))


def _both(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Numbers as drawn and pooled beside each other, as text."""
    shown = rounded(table)
    shown["text"] = [
        _spread(*(_plain(one[name]) for name in ("median", "low", "high")))
        for one in shown.to_dict("records")
    ]
    columns = {"text": _heads("drawn", "pooled")}
    if "higher" in table:
        odds = zip(table["higher"], table["higher_mcse"], strict=True)
        shown["higher"] = [str(Probability(*one)) for one in odds]
        columns["higher"] = _heads("higher", "higher-pooled")
    halves = [shown[~table["pooled"]], shown[table["pooled"]]]
    found = halves[0][keys].reset_index(drop=True)
    for at, half in enumerate(halves):
        for column, titles in columns.items():
            found[titles[at]] = half[column].to_numpy()
    found["unit"] = halves[0]["units"].to_numpy()
    return found


def _heads(*columns: str) -> tuple[str, ...]:
    return tuple(say("policy-printed", column=one) for one in columns)


def printed_levels(table: pd.DataFrame) -> pd.DataFrame:
    """A table of levels as text: every era, as drawn and pooled."""
    return _both(table, ["quantity", names.GROUP, ERA])


def printed_pairs(table: pd.DataFrame) -> pd.DataFrame:
    """A table of all pairs as text: the second era against the first, as drawn and pooled."""
    return _both(table, ["quantity", names.GROUP, "first", "second"])


def readings(found: MoreThan, interval: float = INTERVAL) -> list[str]:
    """Lines with the probability of both readings, and the counts that they compare."""
    shown = rounded(found.table(interval)).to_dict("records")
    counts = joined(
        (f"{titled(r['span'])}: {_spread(r['median'], r['low'], r['high'])}" for r in shown), "; "
    )
    any_year = say("more-no-year")
    if found.any_year is not None:
        any_year = say("more-years", odds=_equals(found.any_year), years=joined(found.years, ", "))
    asked = {"span": found.span, "era": titled(found.era), "definition": named(found.definition)}
    return [
        say("more-head", **asked),
        say("more-first", found=any_year),
        say("more-second", found=say("more-chance", odds=_equals(found.all_together))),
        say("more-persons", width=f"{interval:.0%}", counts=counts),
    ]


def _equals(one: Probability) -> str:
    text = str(one)
    return text if text[0] in "<>" else f"= {text}"


def as_content(
    found: PolicyPeriods, more: MoreThan | None, interval: float = INTERVAL, *, withheld: bool
) -> dict[str, Any]:
    """What is said beside the tables, for machines; without a number where they are withheld."""
    content: dict[str, Any] = {
        "by": found.by,
        "eras": {name: str(span) for name, span in found.spans.items()},
        "left_out": found.left_out,
        "number_of_pairs": found.number_of_pairs,
        "caveat": [caveat(found), assumption()],
    }
    if more is not None and not withheld:
        content["more_than"] = {
            "span": more.span,
            "era": more.era,
            "definition": more.definition,
            "years": more.years,
            "persons": {
                one["span"]: {name: one[name] for name in ("median", "low", "high")}
                for one in more.table(interval).to_dict("records")
            },
            "any_year": more.any_year and more.any_year._asdict(),
            "all_together": more.all_together._asdict(),
        }
    return content
