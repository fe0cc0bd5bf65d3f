"""Intervals of whole numbers, and how rounded words are read as one.

Invariant: a reading is exactly what the dataset's written table says, whatever floats do, and no
interval reaches below 0. Shown by ``tests/test_statements.py``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from defectmodels.errors import SpecError
from defectmodels.evidence.files import FileModel
from defectmodels.wording import say


class Interval(NamedTuple):
    """Whole numbers from `low` to `high`, both included; `high` None has no upper end.

    The interval without a number is always `NOTHING`.
    """

    low: int
    high: int | None

    def __str__(self) -> str:
        """Write the interval as a reader would."""
        if self.high is None:
            return say("evidence-at-least", low=str(self.low))
        if self.low == self.high:
            return str(self.low)
        return say("evidence-between", low=str(self.low), high=str(self.high))


NOTHING = Interval(1, 0)
"""The interval that no number satisfies."""


def between(low: float, high: float | None) -> Interval:
    """Whole numbers of 0 or more between two bounds."""
    # The guard keeps 1.1 * 50 = 55.00000000000001 from becoming 56, and 1.15 * 100 from 114.
    first = max(math.ceil(low - 1e-9), 0)
    last = None if high is None else math.floor(high + 1e-9)
    return NOTHING if last is not None and last < first else Interval(first, last)


class Reading(FileModel):
    """How a rounded number N is read.

    As the interval [ceil(low_times N + low_plus), floor(high_times N + high_plus)].
    """

    name: str
    words: tuple[str, ...] = ()
    low_times: float
    low_plus: float
    high_times: float
    high_plus: float
    reason: str = ""

    @property
    def scales(self) -> bool:
        """Whether the words round a number said, as 'about' does and 'several' does not."""
        return self.low_times != 0 or self.high_times != 0

    def interval(self, stated: int) -> Interval:
        """Whole numbers that the words allow when `stated` is the number said."""
        return between(
            self.low_times * stated + self.low_plus, self.high_times * stated + self.high_plus
        )


def read_words(readings: Sequence[Reading], words: str) -> Interval:
    """Whole numbers that rounded words allow.

    Parameters
    ----------
    readings : sequence of Reading
        From the dataset's header.
    words : str
        A number, a word that rounds one (``about 10``), or one that says a number (``several``).

    Raises
    ------
    SpecError
        When the words are none of these.
    """
    text = words.strip()
    numbers = re.findall(r"\d+", text)
    if text.isdecimal():
        return Interval(int(text), int(text))
    for reading in readings:
        # "10-odd" and "about 10" are told by what is left of them without the number.
        said = _bare(text) in {_bare(one) for one in (reading.name, *reading.words)}
        if said and len(numbers) == int(reading.scales):
            return reading.interval(int(numbers[0]) if numbers else 0)
    choices = ["'10'", *(f"'{one.name} 10'" if one.scales else f"'{one.name}'" for one in readings)]
    raise SpecError(
        f"'{words}' is no number and no reading; write for example {', '.join(choices)}"
    )


def _bare(text: str) -> str:
    return re.sub(r"\d+", "", text).strip(" -")
