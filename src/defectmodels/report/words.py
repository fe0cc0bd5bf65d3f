"""Words and numbers: every figure and direction that the report prints goes through here.

Invariant: no number has more digits than its Monte Carlo error allows, and a direction word never
contradicts the probability and the medians printed beside it. Shown by
``tests/test_report.py::test_sentence_cannot_contradict_its_numbers``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import xarray as xr

from defectmodels import names
from defectmodels.errors import DefectModelsError
from defectmodels.estimands.identification import STATED
from defectmodels.estimands.summary import INTERVAL, Probability, central, digits
from defectmodels.wording import said, say

SURE = STATED
"""Probability from which a direction is stated; below it the question is called open."""
WIDTH = f"{INTERVAL:.0%}"
Direction = Literal["rose", "fell", "open", "hardly changed"]


class Estimate(NamedTuple):
    """Median and central interval, with the Monte Carlo standard error of each of the three."""

    median: float
    low: float
    high: float
    mcse: float = 0.0
    mcse_low: float = 0.0
    mcse_high: float = 0.0


def estimates(array: xr.DataArray) -> tuple[Estimate, ...]:
    """Estimates of every element.

    Parameters
    ----------
    array : xr.DataArray (chain, draw) or (chain, draw, x)

    Returns
    -------
    tuple of Estimate
        In the order of x; one when there is no x.
    """
    values = array.transpose(..., *names.SAMPLE).values.astype(float)
    found = central(values.reshape(-1, *values.shape[-2:]))
    return tuple(Estimate(*map(float, row)) for row in zip(*found, strict=True))


def estimate(array: xr.DataArray) -> Estimate:
    """Estimate of one quantity: xr.DataArray (chain, draw)."""
    return estimates(array)[0]


def _decimals(value: float, mcse: float) -> int:
    """Decimals worth printing; negative ones round to tens, hundreds and so on."""
    size = abs(value)
    # The exponent after rounding to two digits: 0.0999999 is 0.10, not 0.100.
    wanted = 1 - int(f"{size:.1e}".partition("e")[2]) if size > 0 else 1
    # Two significant digits, three from 100 on: an interval is never known to more.
    wanted = wanted + 1 if size >= 100 else wanted
    if not math.isfinite(mcse):
        return wanted - 1
    allowed = digits(mcse)
    if allowed == 0 and mcse > 0.5:
        allowed = math.floor(-math.log10(2 * mcse))
    return min(wanted, allowed)


def number(value: float, mcse: float = 0.0, scale: float = 1.0, unit: str = "") -> str:
    """Write a number with no more digits than its Monte Carlo error allows: ``0.8%``.

    Parameters
    ----------
    value : float
    mcse : float
        Monte Carlo standard error of `value`, in its unit; 0 for a number that is no estimate.
    scale : float
        What both are multiplied by, for example 100 for percent.
    unit : str
        What stands right behind the number: ``%``, or a message of `unit-after`.
    """
    if not math.isfinite(value):
        return say("word-unknown")
    value, mcse = value * scale, mcse * scale
    if mcse == 0 and value == round(value) and abs(value) < 1e7:
        return f"{_signed(value, 0)}{unit}"
    places = _decimals(value, mcse)
    rounded = round(value, places)
    if rounded == 0 and value > 0:
        return say("word-under", limit=f"{_signed(10.0**-places, max(places, 0))}{unit}")
    return f"{_signed(rounded, max(places, 0))}{unit}"


def _signed(value: float, places: int) -> str:
    text = f"{value:,.{places}f}"
    bare = text.lstrip("-")
    zero = not bare.strip("0.,")
    return bare if zero else f"\N{MINUS SIGN}{bare}" if value < 0 else text


def interval(one: Estimate, unit: str = "", scale: float = 1.0) -> str:
    """Write the ends of an interval: ``0.3 to 2.0%``."""
    low, high = number(one.low, one.mcse_low, scale), number(one.high, one.mcse_high, scale, unit)
    return between(low, high)


def between(low: str, high: str) -> str:
    """Write a range, or what lies between two spans: ``0.3 to 2.0``."""
    return say("word-range", low=low, high=high)


def middle(one: Estimate, unit: str = "", scale: float = 1.0) -> str:
    """Write the median: ``0.8%``."""
    return number(one.median, one.mcse, scale, unit)


def full(one: Estimate, unit: str = "", scale: float = 1.0, name_it: bool = False) -> str:
    """Write median and interval: ``0.8% (90% interval 0.3 to 2.0%)``, ``9 persons (4 to 21)``."""
    # A unit that is a word stands once.
    ends = interval(one, unit if unit == "%" else "", scale)
    if name_it:
        ends = say("word-interval", width=WIDTH, ends=ends)
    return beside(middle(one, unit, scale), ends)


def beside(value: str, more: str) -> str:
    """Write a number and what stands in brackets behind it: ``8 (2 to 15)``."""
    return say("word-beside", value=value, more=more)


def fixed(value: float, places: int) -> str:
    """Write a number of checks, which are no estimates, with so many decimals."""
    return _signed(value, places) if math.isfinite(value) else say("word-unknown")


def shown(probability: Probability) -> float:
    """Read a probability back from how it is printed, so that words follow what is seen."""
    text = str(probability)
    value = float(text.strip("<> "))
    # '> 0.99' and '< 0.01' are beyond the number printed.
    return value + 1e-9 if text[0] == ">" else value - 1e-9 if text[0] == "<" else value


def complement(probability: Probability) -> Probability:
    """Probability of the contrary."""
    return Probability(1.0 - probability.value, probability.mcse)


def prob(event: str, probability: Probability) -> str:
    """Write ``P(count up) = 0.35`` or ``P(count up) > 0.99``."""
    text = str(probability)
    return f"P({event}) {text}" if text[0] in "<>" else f"P({event}) = {text}"


def direction(up: Probability, before: Estimate, after: Estimate) -> Direction:
    """Which direction may be stated.

    A direction needs its probability, as printed, to be `SURE` or more, and medians in the same
    order; otherwise the question is open.
    """
    if shown(up) >= SURE and after.median > before.median:
        return "rose"
    if shown(complement(up)) >= SURE and after.median < before.median:
        return "fell"
    return "open"


@dataclass(frozen=True)
class Change:
    """A quantity in two spans, and the probability that the second is larger.

    Attributes
    ----------
    what : str
        With its article: ``the elite share of expected arrivals``.
    event : str
        Code of what is measured: ``share``, ``count``, ``total``.
    spans : pair of str
    before, after, ratio : Estimate
    up : Probability
    unit : str
        Printed right behind every number.
    scale : float
        What numbers are multiplied by before they are printed.
    """

    what: str
    event: str
    spans: tuple[str, str]
    before: Estimate
    after: Estimate
    ratio: Estimate
    up: Probability
    unit: str = ""
    scale: float = 1.0

    @property
    def direction(self) -> Direction:
        """Which direction may be stated: none where the printed medians are the same."""
        found = direction(self.up, self.before, self.after)
        before, after = (middle(e, self.unit, self.scale) for e in (self.before, self.after))
        # A leap year has one day more, which every draw agrees on.
        return "hardly changed" if found != "open" and before == after else found


def change_sentence(change: Change) -> str:
    """Say how a quantity changed; directions are stated nowhere else."""
    first, last = change.spans
    rose = change.direction == "open" or change.after.median > change.before.median
    values = {
        "what": change.what,
        "first": first,
        "last": last,
        "before": full(change.before, change.unit, change.scale, name_it=True),
        "after": full(change.after, change.unit, change.scale),
        "ratio": full(change.ratio),
        "chance": moved(change.event, change.up, rose),
    }
    return say(f"change-{change.direction.replace(' ', '-')}", **values)


def way(found: Direction) -> str:
    """Write a direction in a word, as it stands in a table."""
    return say("change-way", way=found.replace(" ", "-"))


def moved(event: str, up: Probability, rose: bool = True) -> str:
    """Write the probability that share, count or total went up, or down: ``P(share up) = 0.65``."""
    spoken = say("change-event", event=event, way="up" if rose else "down")
    return prob(spoken, up if rose else complement(up))


def truth(value: float) -> str:
    """Write whether a comparison is true, which draws say as 1 and 0."""
    return say("word-truth", truth="true" if value >= 0.5 else "false")


def why(error: DefectModelsError) -> str:
    """Give what an error says as a finding; one that is made of a message is said in any language."""
    return said(error.args[0]) if error.args else str(error)


def days(text: str) -> str:
    """Write spans as a reader would: ``2023-01-01 to 2023-06-30``."""
    first, apart, last = text.partition("..")
    return between(first, last) if apart else text
