"""One decision in words: sentence, table row and caption, each from the decision alone.

Invariant: no two renderings of a decision differ in verdict, direction, number or interval, in any
language, and likelihood and confidence never share a sentence. Shown by
``tests/test_decision_words.py``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from defectmodels.estimands.decision import SURE, Decision, Measured, Region
from defectmodels.estimands.summary import digits
from defectmodels.report import words
from defectmodels.report.estimative import beside, likelihood, printed, word
from defectmodels.wording import Message, joined, said, say

COLUMNS = (
    "claim", "verdict", "quantity", "estimate", "interval", "region", "below", "within", "above",
    "chance", "confidence", "statements",
)  # fmt: skip
_NONE = "\N{EN DASH}"
Bound = Literal["over", "under", "least", "most", "none"]
Place = Literal["median", "low", "high", "end"]


def heads(columns: Sequence[str] = COLUMNS) -> tuple[str, ...]:
    """Heads of columns."""
    return tuple(say("claim-column", column=one, width=words.WIDTH) for one in columns)


def rule() -> str:
    """Say how verdicts come about."""
    return say("claim-rule")


# --- numbers ---------------------------------------------------------------------------------


class _Size(NamedTuple):
    """A number as printed, and on which side of it the true one surely lies."""

    text: str
    bound: Bound = "none"


def _scale(unit: str) -> tuple[float, str]:
    """What numbers are multiplied by, and what stands behind each."""
    if unit == "part of the change":
        return 100.0, "percent"
    return 1.0, "persons" if unit == "persons" else "none"


def _size(text: str) -> float:
    """Read a printed number back, in any language."""
    found = re.search(r"\N{MINUS SIGN}?[\d,]*\.?\d+", text)
    assert found, text
    return float(found[0].replace(",", "").replace("\N{MINUS SIGN}", "-"))


def _places(error: float) -> int:
    """Decimals that a Monte Carlo error allows; negative ones round to tens and hundreds."""
    if not math.isfinite(error):
        return 0
    return digits(error) if error <= 0.5 else math.floor(-math.log10(2 * error))


def _all(one: Measured, scale: float) -> list[str]:
    """Median, low and high, in order as printed as they are in truth."""
    pairs = ((one.median, one.mcse), (one.low, one.mcse_low), (one.high, one.mcse_high))
    found = [words.number(v, math.inf if e is None else e, scale) for v, e in pairs]
    median, low, high = map(_size, found)
    if low <= median <= high:
        return found
    # Rounded alike, numbers keep their order.
    places = min(_places(math.inf if e is None else e * scale) for _, e in pairs)
    return [words.fixed(round(v * scale, places), max(places, 0)) for v, _ in pairs]


def _limits(region: Region) -> tuple[tuple[Bound, float | None], tuple[Bound, float | None]]:
    """What the central interval surely does not go below and above, with the words for it."""
    inside, contrary = region.inside.clears(SURE), 1.0 - SURE
    least: tuple[Bound, float | None] = ("least", None)
    most: tuple[Bound, float | None] = ("most", None)
    if region.above.clears(SURE):
        least = ("over", region.high)
    elif inside or region.below.under(contrary):
        least = ("least", region.low)
    if region.below.clears(SURE):
        most = ("under", region.low)
    elif inside or region.above.under(contrary):
        most = ("most", region.high)
    return least, most


def exact(decision: Decision) -> bool:
    """Whether the quantity has one value in every draw."""
    one = decision.estimate
    return one is not None and one.low == one.high and not one.mcse


def _sizes(one: Measured, region: Region, scale: float) -> list[_Size]:
    (over, least), (under, most) = _limits(region)
    held = []
    for text in _all(one, scale):
        size = _size(text) / scale
        if least is not None and size < least:
            held.append(_Size(edge(least, scale), over))
        elif most is not None and size > most:
            held.append(_Size(edge(most, scale), under))
        else:
            held.append(_bare(text))
    return held


def _bare(text: str) -> _Size:
    """Take the words off a number that would round to 0, which is less than its last digit."""
    if isinstance(text, Message) and "limit" in text.values:
        return _Size(text.values["limit"], "under")
    return _Size(text)


def numbers(decision: Decision, counted: bool = False) -> tuple[str, str, str]:
    """Median, low and high end as printed.

    No number is rounded across an end of the region that the interval surely does not cross.

    Parameters
    ----------
    counted : bool
        Whether persons have their counter.
    """
    one, region = decision.estimate, decision.region
    if one is None or region is None:
        return (_NONE, _NONE, _NONE)
    scale, unit = _scale(decision.unit)
    unit = "none" if unit == "persons" and not counted else unit
    found = [_Size(edge(one.median, scale))] * 3 if exact(decision) else _sizes(one, region, scale)
    places: tuple[Place, ...] = ("median", "low", "high")
    texts = [_sized(size, unit, place) for size, place in zip(found, places, strict=True)]
    return texts[0], texts[1], texts[2]


def _sized(size: _Size, unit: str, place: Place = "end") -> str:
    if size.bound == unit == "none":
        return size.text
    return say("claim-size", bound=size.bound, size=size.text, unit=unit, place=place)


def edge(value: float, scale: float = 1.0) -> str:
    """Write an end of a region, or a number without error: three digits."""
    return f"{Decimal(f'{value * scale:.3g}'):,f}".replace("-", "\N{MINUS SIGN}")


def _end(value: float | None, unit: str, place: Place = "end") -> str:
    """An end of a region with its unit."""
    scale, counter = _scale(unit)
    return "" if value is None else _sized(_Size(edge(value, scale)), counter, place)


def span_of(region: Region, unit: str) -> str:
    """Write a region: ``0.952 to 1.05``."""
    if region.low is None or region.high is None:
        side = "to" if region.low is None else "from"
        end = region.high if region.low is None else region.low
        return say("claim-region", side=side, end=_end(end, unit))
    if _end(region.low, unit) == _end(region.high, unit):
        return _end(region.low, unit)
    return words.between(edge(region.low, _scale(unit)[0]), _end(region.high, unit))


def condition(decision: Decision) -> str:
    """What has to hold of the quantity for the claim to be true: ``is above 1.05``."""
    region = decision.region
    if region is None:
        return ""
    low, high = (_end(one, decision.unit) for one in (region.low, region.high))
    sides = {
        ("above",): "above", ("below",): "below", ("below", "inside"): "most",
        ("inside", "above"): "least",
    }  # fmt: skip
    side = sides.get(decision.holds, "point" if low == high else "within")
    return say(
        "claim-condition", side=side, low=low, high=high, region=span_of(region, decision.unit)
    )


# --- texts of one decision -------------------------------------------------------------------


def verdict_word(decision: Decision) -> str:
    """The verdict with a capital, the same wherever it is printed."""
    return say("claim-verdict", verdict=decision.verdict.replace(" ", "-"))


def verdict_within(decision: Decision) -> str:
    """The verdict within a sentence."""
    return say("claim-verdict-within", verdict=decision.verdict.replace(" ", "-"))


def estimate(decision: Decision) -> str:
    """Median and interval, or that all draws agree."""
    median, low, high = numbers(decision, counted=True)
    if exact(decision):
        return say("claim-exact", median=median)
    ends = words.between(low, high)
    return say("claim-estimate", median=median, width=words.WIDTH, ends=ends)


def claimed(decision: Decision) -> str:
    """The claim itself: ``A1. Arrivals nearly tripled in 2023``."""
    return say("claim-named", id=decision.id, text=said(decision.text).rstrip("."))


def sentence(decision: Decision) -> str:
    """The claim, its verdict, the number and the likelihood; confidence and assumptions follow."""
    claim, verdict = claimed(decision), verdict_word(decision)
    if not decision.answered or decision.probability is None:
        return say("claim-unanswered", claim=claim, verdict=verdict, reason=decision.reason)
    told = say(
        "claim-sentence",
        claim=claim,
        verdict=verdict,
        what=decision.what,
        size=estimate(decision),
        condition=condition(decision),
        likelihood=likelihood(decision.probability),
    )
    note = say("claim-note", reason=decision.reason) if decision.reason else ""
    parts = (told, note, confidence(decision), assumptions(decision))
    return " ".join(part for part in parts if part)


def confidence(decision: Decision) -> str:
    """How firmly the answer stands, in a sentence of its own."""
    one = decision.confidence
    if one is None:
        return ""
    return say("claim-confidence", level=_level(decision), why=joined(one.why, "; "))


def _level(decision: Decision) -> str:
    one = decision.confidence
    return say("claim-level", level=one.level) if one else ""


def assumptions(decision: Decision) -> str:
    """What is assumed, in a sentence of its own."""
    if not decision.assumptions:
        return ""
    return say("claim-assumes", assumed=joined(decision.assumptions, "; "))


def row(decision: Decision) -> tuple[str, ...]:
    """Cells of the table, in the order of `COLUMNS`."""
    region, chance = decision.region, decision.probability
    if region is None or chance is None or decision.confidence is None:
        told = (claimed(decision), verdict_word(decision), said(decision.reason))
        return (*told, *[_NONE] * (len(COLUMNS) - len(told)))
    median, low, high = numbers(decision, counted=True)
    sides = (printed(one) for one in (region.below, region.inside, region.above))
    return (
        claimed(decision), verdict_word(decision), said(decision.what), median,
        words.between(low, high), span_of(region, decision.unit), *sides, beside(chance),
        _level(decision), say("claim-rows", rows=len(decision.statements)),
    )  # fmt: skip


def caption(decision: Decision) -> str:
    """Caption of a figure of the quantity."""
    claim, verdict = claimed(decision), verdict_within(decision)
    if not decision.answered or decision.region is None or decision.probability is None:
        return say("claim-caption-unanswered", claim=claim, verdict=verdict, reason=decision.reason)
    return say(
        "claim-caption",
        claim=claim,
        what=decision.what,
        size=estimate(decision),
        region=span_of(decision.region, decision.unit),
        condition=condition(decision),
        chance=beside(decision.probability),
        verdict=verdict,
    )


def texts(decision: Decision) -> dict[str, str]:
    """All texts of a decision in the language spoken, by name."""
    found = {"sentence": sentence(decision), "caption": caption(decision)}
    found["verdict"] = verdict_word(decision)
    if decision.answered and decision.probability is not None:
        median, low, high = numbers(decision)
        found |= {
            "median": median, "low": low, "high": high,
            "claim_holds_where_it": say("claim-holds", condition=condition(decision)),
            "probability": printed(decision.probability), "word": word(decision.probability),
        }  # fmt: skip
    return {key: str(text) for key, text in found.items()}
