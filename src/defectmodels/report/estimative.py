"""Words of estimative probability: the seven bands of ICD 203, and how a probability is printed.

Intelligence Community Directive 203, Analytic Standards (2015), D.6.e.(2)(a). A word stands only where
the probability is clear of its band's edges by two Monte Carlo errors, and never without the number.
Beyond 99% and below 1% there is no word. Confidence is no likelihood and has a sentence of its own.

Invariant: a number has no more decimals than its Monte Carlo error allows and is never 0 or 1, and a
word's band holds the number printed beside it. Shown by ``tests/test_decision_words.py``.
"""

from __future__ import annotations

from typing import NamedTuple

from defectmodels.estimands.decision import CLEAR, Chance
from defectmodels.estimands.summary import digits
from defectmodels.wording import say

MOST_DECIMALS = 3


class Band(NamedTuple):
    """Probabilities that a word stands for."""

    low: float
    high: float
    key: str

    @property
    def word(self) -> str:
        """The word in the language spoken."""
        return say("likely-word", band=self.key)


BANDS = (
    Band(0.01, 0.05, "almost-none"),
    Band(0.05, 0.20, "very-unlikely"),
    Band(0.20, 0.45, "unlikely"),
    Band(0.45, 0.55, "even"),
    Band(0.55, 0.80, "likely"),
    Band(0.80, 0.95, "very-likely"),
    Band(0.95, 0.99, "almost-certain"),
)
_BOUNDS = (0.999, 0.99, 0.95, 0.9, 0.8)
"""What may be said of a probability that its decimals would round to 1."""


def band(chance: Chance) -> Band | None:
    """The band whose edges a probability is clear of; None where there is none."""
    error = CLEAR * chance.mcse
    if digits(chance.mcse) < 1:
        return None  # a word never stands without its number
    return next(
        (
            one
            for one in BANDS
            if one.low <= chance.value - error and chance.value + error <= one.high
        ),
        None,
    )


def word(chance: Chance) -> str:
    """The word for a probability, or nothing."""
    found = band(chance)
    return found.word if found else ""


def _bounded(value: float, mcse: float, places: int) -> float | None:
    """Bound to print of a probability that would be rounded to 1 or near it; None for none."""
    if value <= 1.0 - 10.0**-places:
        return None
    return next((bound for bound in _BOUNDS if value - CLEAR * mcse >= bound), None)


def _number(chance: Chance) -> tuple[str, str]:
    """Sign of a bound, or `none`, and digits; no digits where not one of them is known."""
    places = min(digits(chance.mcse), MOST_DECIMALS)
    if places < 1:
        return "none", ""
    above = _bounded(chance.value, chance.mcse, places)
    if above is not None:
        return "over", f"{above:g}"
    below = _bounded(1.0 - chance.value, chance.mcse, places)
    if below is not None:
        return "under", f"{1.0 - below:.3g}"
    return "none", f"{chance.value:.{places}f}"


def printed(chance: Chance) -> str:
    """Write a probability: ``0.72``, ``> 0.99``; never 0 or 1.

    Decimals are as many as twice the Monte Carlo error allows, at most three. Where these would round
    it to 0 or 1 it is a bound that it clears by two Monte Carlo errors.
    """
    sign, number = _number(chance)
    if not number:
        return say("likely-unknown")
    return f"{_SIGNS[sign]}{number}"


_SIGNS = {"over": "> ", "under": "< ", "none": ""}


def likelihood(chance: Chance) -> str:
    """Say a probability, the number beside the word: ``is likely (probability 0.72)``."""
    found, (sign, number) = band(chance), _number(chance)
    if not number:
        return say("likely-vague")
    if found:
        return say("likely-said", band=found.key, number=printed(chance))
    return say("likely-number", sign=sign, number=number)


def beside(chance: Chance) -> str:
    """Number and word for a cell: ``0.72, likely``."""
    found = word(chance)
    return say("likely-beside", number=printed(chance), word=found) if found else printed(chance)
