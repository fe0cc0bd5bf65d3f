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

MOST_DECIMALS = 3


class Band(NamedTuple):
    """A word and the probabilities that it stands for; `article` makes it fit a sentence."""

    low: float
    high: float
    word: str
    phrase: str


BANDS = (
    Band(0.01, 0.05, "almost no chance", "has almost no chance"),
    Band(0.05, 0.20, "very unlikely", "is very unlikely"),
    Band(0.20, 0.45, "unlikely", "is unlikely"),
    Band(0.45, 0.55, "roughly even chance", "has a roughly even chance"),
    Band(0.55, 0.80, "likely", "is likely"),
    Band(0.80, 0.95, "very likely", "is very likely"),
    Band(0.95, 0.99, "almost certain", "is almost certain"),
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


def printed(chance: Chance) -> str:
    """Write a probability: ``0.72``, ``> 0.99``; never 0 or 1.

    Decimals are as many as twice the Monte Carlo error allows, at most three. Where these would round
    it to 0 or 1 it is a bound that it clears by two Monte Carlo errors.
    """
    places = min(digits(chance.mcse), MOST_DECIMALS)
    if places < 1:
        return "not known to one digit"
    above = _bounded(chance.value, chance.mcse, places)
    if above is not None:
        return f"> {above:g}"
    below = _bounded(1.0 - chance.value, chance.mcse, places)
    if below is not None:
        return f"< {1.0 - below:.3g}"
    return f"{chance.value:.{places}f}"


def likelihood(chance: Chance) -> str:
    """Say a probability, the number beside the word: ``is likely (probability 0.72)``."""
    found, number = band(chance), printed(chance)
    if number[0] == "n":
        return f"has a probability that is {number}"
    return f"{found.phrase} (probability {number})" if found else f"has probability {number}"


def beside(chance: Chance) -> str:
    """Number and word for a cell: ``0.72, likely``."""
    found = word(chance)
    return f"{printed(chance)}, {found}" if found else printed(chance)
