"""One claim, answered: everything that is said of it anywhere is read off one frozen object.

The rule. A claim is a quantity, a region of it, and the sides of the region on which it is true; its
probability is that of those sides. It is *supported* when the probability is at least `SURE` by two
Monte Carlo errors, *not supported* when that of the contrary is, and else *cannot tell*. A region is
one of practical equivalence (Kruschke 2018, Rejecting or accepting parameter values in Bayesian
estimation), or the range that the claim names.

Invariant: a `Decision` whose verdict is not that of its probability cannot be made, and one without
a probability has no number at all. Shown by ``tests/test_decision.py``.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, Self

import xarray as xr
from pydantic import (
    BaseModel,
    ConfigDict,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from defectmodels.estimands.summary import INTERVAL, Probability, probability, summarise
from defectmodels.evidence.claims import Side, Sides
from defectmodels.wording import Message, said, say

SURE = 0.95
"""Probability from which a claim is supported, and of the contrary from which it is not."""
CLEAR = 2.0
"""Monte Carlo errors by which a probability has to be clear of a threshold."""
Verdict = Literal[
    "supported", "not supported", "cannot tell", "outside the data", "outside the model", "withheld"
]
ANSWERED: tuple[Verdict, ...] = ("supported", "not supported", "cannot tell")


def near_threshold() -> str:
    """Say that more draws would tell."""
    return say("claim-near")


def _kept(value: Any, check: ValidatorFunctionWrapHandler) -> str:
    checked: str = check(value)
    return value if isinstance(value, Message) else checked


Text = Annotated[str, WrapValidator(_kept)]
"""A text that remembers what it was made of, so that it can be said in another language."""


class Record(BaseModel):
    """A frozen record that JSON can hold."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        # Every key stands in the JSON.
        json_schema_serialization_defaults_required=True,
    )


class Chance(Record):
    """A posterior probability and its Monte Carlo standard error."""

    value: float
    mcse: float

    @classmethod
    def of(cls, found: Probability) -> Self:
        """Take it over from a `Probability`."""
        return cls(value=found.value, mcse=found.mcse)

    def clears(self, threshold: float) -> bool:
        """Whether it is at least the threshold by two Monte Carlo errors."""
        return self.value - CLEAR * self.mcse >= threshold

    def under(self, threshold: float) -> bool:
        """Whether it is at most the threshold by two Monte Carlo errors."""
        return self.value + CLEAR * self.mcse <= threshold


class Measured(Record):
    """Median and central interval of a quantity, and their Monte Carlo errors.

    An error is missing where there are too few draws to know it.
    """

    median: float
    low: float
    high: float
    mcse: float | None
    mcse_low: float | None
    mcse_high: float | None
    interval: float = INTERVAL


class Region(Record):
    """Values that count as no change, or that a claim names, and the probability of each side.

    low and high belong to the region; one that is missing is no end.
    """

    low: float | None
    high: float | None
    below: Chance
    inside: Chance
    above: Chance

    @property
    def side(self) -> Side | None:
        """The side on which the quantity surely lies; None when none is sure."""
        sides: tuple[tuple[Side, Chance], ...] = (
            ("below", self.below), ("inside", self.inside), ("above", self.above),
        )  # fmt: skip
        return next((side for side, chance in sides if chance.clears(SURE)), None)


class Confidence(Record):
    """How firmly the answer stands, which is no probability; see docs/claims.md for the rule."""

    level: Literal["low", "moderate", "high"]
    why: tuple[Text, ...]


def verdict_of(chance: Chance) -> Verdict:
    """Verdict of a claim with this probability."""
    if chance.clears(SURE):
        return "supported"
    return "not supported" if chance.under(1.0 - SURE) else "cannot tell"


_NUMBERS = ("probability", "estimate", "region", "confidence")
_SOUND: dict[str, Any] = {
    "if": {"properties": {"verdict": {"enum": list(ANSWERED)}}},
    "then": {"properties": {name: {"type": "object"} for name in _NUMBERS}},
    "else": {"properties": {name: {"type": "null"} for name in _NUMBERS}},
}
"""An answer has all its numbers, and what is no answer has none: the same for readers of JSON."""


def near(chance: Chance) -> bool:
    """Whether a threshold lies within two Monte Carlo errors of a probability."""
    return any(abs(chance.value - one) < CLEAR * chance.mcse for one in (SURE, 1.0 - SURE))


class Decision(Record):
    """A claim and its answer.

    Attributes
    ----------
    id, text, kind, source : str
        The claim, in the package's words, and the phrase of its source.
    model : str
        Name of the model that was asked.
    what, unit : str
        The quantity, and its unit: ratio, persons, or part of the change.
    spans : tuple of str
    scenario : str or None
        The scenarios compared, where the claim is about some.
    holds : tuple of str
        Sides of the region on which the claim is true.
    probability : Chance or None
        Of the claim.
    estimate : Measured or None
    region : Region or None
    verdict : str
    reason : str
        Why there is no answer, or what to know about the one there is.
    assumptions : tuple of str
        Each of the form "that ...".
    statements : tuple of str
        Ids of the rows that carry the answer.
    confidence : Confidence or None
    """

    model_config = ConfigDict(json_schema_extra=_SOUND)

    id: str
    text: Text
    kind: str
    source: str
    model: str
    what: Text = ""
    unit: str = ""
    spans: tuple[str, ...] = ()
    scenario: str | None = None
    holds: Sides = ()
    probability: Chance | None = None
    estimate: Measured | None = None
    region: Region | None = None
    verdict: Verdict
    reason: Text = ""
    assumptions: tuple[Text, ...] = ()
    statements: tuple[str, ...] = ()
    confidence: Confidence | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        numbers = (self.probability, self.estimate, self.region, self.confidence)
        if self.probability is None or self.verdict not in ANSWERED:
            if any(one is not None for one in numbers) or self.verdict in ANSWERED:
                raise ValueError(f"a decision that is '{self.verdict}' has all its numbers or none")
            if not self.reason:
                raise ValueError(f"a decision that is '{self.verdict}' needs a reason")
            return self
        if any(one is None for one in numbers):
            raise ValueError("a decision that is answered needs all its numbers")
        if self.verdict != (found := verdict_of(self.probability)):
            raise ValueError(f"the verdict is '{self.verdict}', and the rule gives '{found}'")
        return self

    @property
    def answered(self) -> bool:
        """Whether there is an answer with numbers."""
        return self.verdict in ANSWERED

    def spoken(self) -> Self:
        """The same decision with its texts in the language spoken now."""
        why = self.confidence
        return self.model_copy(
            update={
                "text": said(self.text),
                "what": said(self.what),
                "reason": said(self.reason),
                "assumptions": tuple(map(said, self.assumptions)),
                "confidence": why and why.model_copy(update={"why": tuple(map(said, why.why))}),
            }
        )


def measured(values: xr.DataArray) -> Measured:
    """Median, interval and Monte Carlo errors of a quantity, xr.DataArray (chain, draw)."""
    found = summarise(values)
    numbers = {name: float(found[name]) for name in Measured.model_fields if name in found}
    return Measured(**{n: v if math.isfinite(v) else None for n, v in numbers.items()})


def sides_of(
    values: xr.DataArray, low: float | None, high: float | None
) -> dict[Side, xr.DataArray]:
    """Whether each draw lies on each side of a region: xr.DataArray (chain, draw), bool."""
    never = xr.zeros_like(values, dtype=bool)
    below = never if low is None else values < low
    above = never if high is None else values > high
    return {"below": below, "inside": ~below & ~above, "above": above}


def judged(
    values: xr.DataArray, low: float | None, high: float | None, holds: Sides
) -> tuple[Region, Chance, Verdict]:
    """Hold draws against a region: the region with its probabilities, the claim's, and the verdict.

    Parameters
    ----------
    values : xr.DataArray (chain, draw)
    low, high : float or None
        Ends of the region, which belong to it; None for no end.
    holds : tuple of str
        Sides on which the claim is true.
    """
    sides = sides_of(values, low, high)
    chances = {side: Chance.of(probability(event)) for side, event in sides.items()}
    region = Region(low=low, high=high, **chances)
    true = sides[holds[0]]
    for side in holds[1:]:
        true = true | sides[side]
    chance = Chance.of(probability(true))
    return region, chance, verdict_of(chance)
