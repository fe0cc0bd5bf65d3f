"""Sentences of a multiverse, for the command line and the report.

Invariant: no number has more digits than its Monte Carlo error allows, and every variant that is missing or
failed is named. Shown by ``tests/test_multiverse.py``.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from defectmodels.estimands.checks import PARETO_K
from defectmodels.estimands.summary import INTERVAL, Probability, digits
from defectmodels.inference.refits import AGAIN
from defectmodels.studies.multiverse_result import Multiverse, records
from defectmodels.studies.variants import APART, AXES, NEVER, SHIPPED, Choice
from defectmodels.wording import joined, named, say

WIDTH = f"{INTERVAL:.0%}"
MOST = 8
"""Variants that are named in a sentence."""
PLACES = 2
"""Decimals of a weight, and of a ratio at most."""


def claim(found: Multiverse) -> str:
    """What the headline says."""
    of, before, after = (str(found.made[key]) for key in ("of", "before", "after"))
    return say("multiverse-claim", what=found.what, group=named(of), before=before, after=after)


def verdict(found: str) -> str:
    """A verdict within a sentence."""
    return say("claim-verdict-within", verdict=found.replace(" ", "-"))


def lead(found: Multiverse) -> str:
    """How many variants support the headline."""
    counts = {"variants": len(found.table), "passed": len(found.passed)}
    if found.headline == "withheld":
        return say("multiverse-withheld", claim=claim(found), **counts)
    supporting = len(found.supporting)
    return say(
        "multiverse-lead",
        claim=claim(found),
        verdict=verdict(found.headline),
        supporting=supporting,
        part=f"{supporting / len(found.table):.0%}",
        failed=len(found.table) - len(found.passed),
        **counts,
    )


def sentences(found: Multiverse) -> list[str]:
    """What stands below the lead: answers, ranges, weights, what was tried and what its use is."""
    told: list[str] = []
    for what in quantities(found) if len(found.passed) else ():
        told += [_answers(found, what), _range(found, what)]
    all_ = int(found.made["combinations"])
    tried = len(found.table) + len(found.combinations) + len(found.failures)
    apart = all(len(found.axes[axis]) > 1 for axis in APART)
    way = "all" if all_ == tried else "apart" if apart else "some"
    return [
        *told,
        *_weight(found),
        say("multiverse-tried", way=way, variants=tried, all=all_),
        say("multiverse-rule", times=AGAIN),
        *_checks(found),
        *_settled(found),
        *_rough(found),
    ]


def quantities(found: Multiverse) -> tuple[str, ...]:
    """What variants say: share and count, or count alone."""
    return ("share", "count") if found.what == "share" else ("count",)


def _answers(found: Multiverse, what: str) -> str:
    passed = found.passed
    number = Counter(passed[f"{what}_up_verdict"])
    return say(
        "multiverse-answers",
        what=what,
        passed=len(passed),
        supported=number["supported"],
        against=number["not supported"],
        open=number["cannot tell"],
    )


def _range(found: Multiverse, what: str) -> str:
    passed, key = found.passed, f"{what}_ratio"

    def end(column: str, error: str, largest: bool) -> str:
        values, errors = (passed[name].to_numpy(float) for name in (column, error))
        place = np.argmax(values) if largest else np.argmin(values)
        return number(float(values[place]), float(errors[place]))

    return say(
        "multiverse-range",
        what=what,
        least=end(key, f"{key}_mcse", False),
        most=end(key, f"{key}_mcse", True),
        width=WIDTH,
        low=end(f"{key}_low", f"{key}_mcse_low", False),
        high=end(f"{key}_high", f"{key}_mcse_high", True),
    )


def _weight(found: Multiverse) -> list[str]:
    weights = found.groups()["weight"].dropna()
    if not len(weights) or found.headline == "withheld":
        return []
    least, most = f"{weights.min():.{PLACES}f}", f"{weights.max():.{PLACES}f}"
    return [
        say(
            "multiverse-weight",
            sets=len(weights),
            even="yes" if least == most else "no",
            least=least,
            most=most,
            mean=f"{found.weight:.{PLACES}f}",
        )
    ]


def _checks(found: Multiverse) -> list[str]:
    number = Counter(code for codes in found.table["failed"] for code in codes.split(", ") if code)
    told = [
        say("multiverse-check", check=check(code), number=n) for code, n in number.most_common()
    ]
    return [say("multiverse-checks", checks=joined(told, ", "))] if told else []


def _settled(found: Multiverse) -> list[str]:
    """Name the variants whose answer does not come from the evidence."""
    own = [variant(str(name)) for name in found.settled["variant"]]
    if not own:
        return []
    shown = joined((*own[:MOST], *(("...",) if own[MOST:] else ())), "; ")
    weight = f"{found.settled['weight'].max():.{PLACES}f}"
    return [say("multiverse-settled", number=len(own), variants=shown, weight=weight)]


def _rough(found: Multiverse) -> list[str]:
    rows = found.passed["high_k"].median()
    if math.isnan(rows) or rows < 1:
        return []
    return [say("multiverse-high-k", rows=f"{rows:.0f}", limit=f"{PARETO_K}")]


def check(code: str) -> str:
    """Name of a check by its code."""
    name, _, part = code.partition(".")
    return say(f"check-name-{name}", part=part)


def checks(codes: str) -> str:
    """Names of the checks that a variant failed."""
    return joined((check(code) for code in codes.split(", ") if code), ", ")


def choice_of(axis: str, name: str) -> Choice:
    """A choice by its names."""
    return next(one for one in (*AXES[axis], *NEVER) if (one.axis, one.name) == (axis, name))


def axis_name(axis: str) -> str:
    """Name of an axis."""
    return say("variant-axis", axis=axis)


def variant(name: str) -> str:
    """The choices by which `Multiverse` names a variant, in words."""
    return joined((say("variant-label", choice=one) for one in name.split(", ")), ", ")


def listed_choices(found: Multiverse) -> Iterator[str]:
    """What each choice does, then choices, combinations and fits that came to nothing."""
    for axis, names in found.axes.items():
        for one in (choice_of(axis, name) for name in names if name != SHIPPED):
            yield say(
                "multiverse-choice", axis=axis_name(axis), choice=one.label, sentence=one.sentence
            )
    yield from missing(found)


def missing(found: Multiverse) -> Iterator[str]:
    """Choices and combinations that cannot be made, and fits that ended with an error."""
    for row in records(found.impossible):
        one = choice_of(str(row["axis"]), str(row["choice"]))
        why = say("variant-impossible", reason=str(row["reason"]))
        yield say("multiverse-cannot", axis=axis_name(one.axis), choice=one.label, reason=why)
    for row in records(found.combinations):
        name = variant(str(row["variant"]))
        yield say("multiverse-cannot-both", variant=name, reason=str(row["text"]))
    for row in records(found.failures):
        name = variant(str(row["variant"]))
        yield say(
            "multiverse-failed", variant=name, seed=str(row["seed"]), reason=str(row["reason"])
        )


def number(value: float, error: float) -> str:
    """A number with at most two decimals, fewer where the Monte Carlo error is large."""
    return f"{value:,.{min(PLACES, digits(error))}f}"


def ratio(row: Mapping[str, Any], what: str) -> str:
    """Median and interval of a ratio."""
    key = f"{what}_ratio"
    middle = number(row[key], row[f"{key}_mcse"])
    low, high = (number(row[f"{key}_{end}"], row[f"{key}_mcse_{end}"]) for end in ("low", "high"))
    return say("word-beside", value=middle, more=say("word-range", low=low, high=high))


def chance(row: Mapping[str, Any], what: str) -> str:
    """Probability of a rise."""
    return str(Probability(row[f"{what}_up"], row[f"{what}_up_mcse"]))


def column(name: str) -> str:
    """Head of a column."""
    return say("multiverse-column", column=name)
