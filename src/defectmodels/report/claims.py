"""Claims and their answers: sentence, table row, caption and JSON, each from the decision alone.

Invariant: no two renderings of a decision differ in verdict, direction, number or interval, and
likelihood and confidence never share a sentence. Shown by ``tests/test_decision_words.py``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from defectmodels import catalog
from defectmodels.estimands.decide import decide
from defectmodels.estimands.decision import SURE, Decision, Measured, Region
from defectmodels.estimands.summary import digits
from defectmodels.evidence.claims import load_claims
from defectmodels.report import words
from defectmodels.report.estimative import beside, likelihood, printed, word
from defectmodels.report.pieces import Cell, Listing, Paragraph, Piece, Section, Table
from defectmodels.report.view import View

TITLE = "Claims"
HEAD = (
    "claim", "verdict", "quantity", "estimate", f"{words.WIDTH} interval", "region", "below",
    "within", "above", "probability of the claim", "confidence", "statements",
)  # fmt: skip
_NONE = "\N{EN DASH}"
RULE = (
    "A claim is supported when its posterior probability is 0.95 or more by two Monte Carlo errors, not "
    "supported when that of the contrary is, and otherwise it cannot be told. The region holds what counts "
    "as no change, or the range that the claim names. Words for probabilities are those of ICD 203, with the "
    "number beside each; confidence says how firmly the answer stands and is no probability. An answer is "
    "arithmetic of the model under the assumptions named with it."
)


def _scale(unit: str) -> tuple[float, str]:
    return (100.0, "%") if unit == "part of the change" else (1.0, "")


def _size(text: str) -> float:
    """Read a printed number back."""
    return float(text.replace(",", "").replace("\N{MINUS SIGN}", "-").removeprefix("under "))


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


def _limits(region: Region) -> tuple[tuple[str, float | None], tuple[str, float | None]]:
    """What the central interval surely does not go below and above, with the words for it."""
    inside, contrary = region.inside.clears(SURE), 1.0 - SURE
    least: tuple[str, float | None] = ("at least", None)
    most: tuple[str, float | None] = ("at most", None)
    if region.above.clears(SURE):
        least = ("over", region.high)
    elif inside or region.below.under(contrary):
        least = ("at least", region.low)
    if region.below.clears(SURE):
        most = ("under", region.low)
    elif inside or region.above.under(contrary):
        most = ("at most", region.high)
    return least, most


def exact(decision: Decision) -> bool:
    """Whether the quantity has one value in every draw."""
    one = decision.estimate
    return one is not None and one.low == one.high and not one.mcse


def numbers(decision: Decision) -> tuple[str, str, str]:
    """Median, low and high end as printed.

    No number is rounded across an end of the region that the interval surely does not cross.
    """
    one, region = decision.estimate, decision.region
    if one is None or region is None:
        return (_NONE, _NONE, _NONE)
    scale, mark = _scale(decision.unit)
    if exact(decision):
        text = f"{edge(one.median, scale)}{mark}"
        return text, text, text
    (over, least), (under, most) = _limits(region)
    held = []
    for text in _all(one, scale):
        size, said = _size(text) / scale, text
        if least is not None and size < least:
            said = f"{over} {edge(least, scale)}"
        elif most is not None and size > most:
            said = f"{under} {edge(most, scale)}"
        held.append(f"{said}{mark}")
    return held[0], held[1], held[2]


def edge(value: float, scale: float = 1.0) -> str:
    """Write an end of a region, or a number without error: three digits."""
    return f"{Decimal(f'{value * scale:.3g}'):,f}".replace("-", "\N{MINUS SIGN}")


def span_of(region: Region, unit: str) -> str:
    """Write a region: ``0.952 to 1.05``."""
    scale, mark = _scale(unit)
    if region.low is None or region.high is None:
        ends = [edge(one, scale) for one in (region.low, region.high) if one is not None]
        return f"{'up to' if region.low is None else 'from'} {''.join(ends)}{mark}"
    low, high = edge(region.low, scale), edge(region.high, scale)
    return f"{low}{mark}" if low == high else f"{low} to {high}{mark}"


def condition(decision: Decision) -> str:
    """What has to hold of the quantity for the claim to be true: ``is above 1.05``."""
    region = decision.region
    if region is None:
        return ""
    scale, mark = _scale(decision.unit)
    low, high = (
        "" if one is None else f"{edge(one, scale)}{mark}" for one in (region.low, region.high)
    )
    said = {
        ("above",): f"is above {high}",
        ("below",): f"is below {low}",
        ("below", "inside"): f"is at most {high}",
        ("inside", "above"): f"is at least {low}",
    }
    inside = f"is {low}" if low == high else f"lies within {span_of(region, decision.unit)}"
    return said.get(decision.holds, inside)


def verdict_word(decision: Decision) -> str:
    """The verdict with a capital, the same wherever it is printed."""
    return decision.verdict.capitalize()


def _unit(decision: Decision) -> str:
    return " persons" if decision.unit == "persons" else ""


def estimate(decision: Decision) -> str:
    """Median and interval, or that all draws agree."""
    median, low, high = numbers(decision)
    if exact(decision):
        return f"{median}{_unit(decision)}, the same in every draw"
    return f"{median}{_unit(decision)} ({words.WIDTH} interval {low} to {high})"


def claimed(decision: Decision) -> str:
    """The claim itself: ``A1. Arrivals nearly tripled in 2023``."""
    return f"{decision.id}. {decision.text.rstrip('.')}"


def sentence(decision: Decision) -> str:
    """The claim, its verdict, the number and the likelihood; confidence and assumptions follow."""
    if not decision.answered or decision.probability is None:
        return f"{claimed(decision)}. {verdict_word(decision)}: {decision.reason}."
    size = estimate(decision)
    parts = [
        f"{claimed(decision)}.",
        f"{verdict_word(decision)}: {decision.what}: {size}; that it {condition(decision)} "
        f"{likelihood(decision.probability)}.",
    ]
    if decision.reason:
        parts.append(f"Note: {decision.reason}.")
    return " ".join([*parts, confidence(decision), assumptions(decision)]).strip()


def confidence(decision: Decision) -> str:
    """How firmly the answer stands, in a sentence of its own."""
    one = decision.confidence
    return f"Confidence is {one.level}: {'; '.join(one.why)}." if one else ""


def assumptions(decision: Decision) -> str:
    """What is assumed, in a sentence of its own."""
    said = "; ".join(decision.assumptions)
    return f"It assumes {said}." if said else ""


def row(decision: Decision) -> tuple[str, ...]:
    """Cells of the table, in the order of `HEAD`."""
    region, chance = decision.region, decision.probability
    if region is None or chance is None or decision.confidence is None:
        said = (claimed(decision), verdict_word(decision), decision.reason)
        return (*said, *[_NONE] * (len(HEAD) - len(said)))
    median, low, high = numbers(decision)
    sides = (printed(one) for one in (region.below, region.inside, region.above))
    return (
        claimed(decision), verdict_word(decision), decision.what, f"{median}{_unit(decision)}",
        f"{low} to {high}", span_of(region, decision.unit), *sides, beside(chance),
        decision.confidence.level, words.plural(len(decision.statements), "row"),
    )  # fmt: skip


def caption(decision: Decision) -> str:
    """Caption of a figure of the quantity."""
    if not decision.answered or decision.region is None or decision.probability is None:
        return f"{claimed(decision)}: {decision.verdict}, {decision.reason}."
    region = span_of(decision.region, decision.unit)
    return (
        f"{claimed(decision)}: {decision.what}, median {estimate(decision)}; region {region}; the "
        f"claim holds where it {condition(decision)}: {beside(decision.probability)}; "
        f"{decision.verdict}."
    )


def as_json(decision: Decision) -> dict[str, Any]:
    """The decision for machines, and under ``printed`` the very texts of the other renderings."""
    said: dict[str, Any] = {"sentence": sentence(decision), "caption": caption(decision)}
    if decision.answered and decision.probability is not None:
        median, low, high = numbers(decision)
        said |= {
            "median": median, "low": low, "high": high, "claim_holds_where_it": condition(decision),
            "probability": printed(decision.probability), "word": word(decision.probability),
        }  # fmt: skip
    return decision.model_dump(mode="json") | {"printed": said}


def table(decisions: Sequence[Decision], title: str) -> Table:
    """All decisions as a table."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(row(one) for one in decisions)
    return Table(title, HEAD, rows, (), "The answers in numbers")


_SHORT = ("claim", "verdict", "probability of the claim", "estimate", HEAD[4], "confidence")
"""Columns that a reader sees first; the others unfold."""


def short(decisions: Sequence[Decision], title: str) -> Table:
    """The columns of the table that say the answer."""
    places = [HEAD.index(name) for name in _SHORT]
    cells = [row(one) for one in decisions]
    rows: tuple[tuple[Cell, ...], ...] = tuple(tuple(one[at] for at in places) for one in cells)
    return Table(title, _SHORT, rows)


def _sources(decisions: Sequence[Decision]) -> Table:
    """Phrase and statements of every claim."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (one.id, one.source or _NONE, ", ".join(one.statements) or _NONE) for one in decisions
    )
    columns = ("claim", "phrase of the source", "statements that carry the answer")
    title = "Where each claim comes from, and what carries its answer"
    return Table(title, columns, rows, (), title)


def claims(view: View) -> Section:
    """Answer the shipped claims about the fit's dataset."""
    pieces: list[Piece] = []
    for name in catalog.claims():
        asked = load_claims(name)
        if asked.dataset and asked.dataset != view.fit.dataset.name:
            continue
        found = decide(view.fit, asked, strict=False)
        title = f"{asked.title} ({asked.source})" if asked.source else asked.title
        pieces.append(Paragraph(f"Claims of: {title}."))
        if view.withheld:
            pieces.append(Paragraph("Withheld: the fit failed its checks.", "warning"))
        pieces.append(short(found, "The answers"))
        pieces.append(Listing(tuple(map(sentence, found))))
        pieces.append(table(found, f"Claims of: {asked.title}"))
        pieces.append(_sources(found))
    if not pieces:
        text = f"No shipped claims speak of the dataset '{view.fit.dataset.name}'."
        return Section("claims", TITLE, (Paragraph(text),))
    return Section("claims", TITLE, (*pieces, Paragraph(RULE, "note")))
