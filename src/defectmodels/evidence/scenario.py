"""Scenarios: other histories of series, past or future, as data.

A scenario is a list of changes. Each gives one series another level on some days; on all other days,
and for all other series, the scenario is what was. Levels of periods are means by days, as for the
series themselves (`defectmodels.evidence.paths`).

Invariant: no two changes of a scenario speak of one series on one day, and scenarios that are joined
change what each of them changes. Shown by ``tests/test_scenario.py``.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, ValidationError, model_validator

from defectmodels import catalog
from defectmodels.errors import SpecError
from defectmodels.evidence.files import FileModel, digest, explain, read_toml
from defectmodels.evidence.periods import DAYS_A_YEAR, Span

FACTUAL = "factual"
"""Name of the scenario that replaces nothing."""
_JOIN = "+"
AND = ", and "
"""Stands between the assumptions of scenarios that are joined."""
_Z90 = 1.6448536269514722
"""Standard deviations from the mean to the end of a central interval of 90%."""


class Uncertain(FileModel):
    """A number that is not known: drawn once for each posterior draw.

    dist is ``uniform`` from low to high, or ``normal`` with 90% of it between them.
    """

    low: float
    high: float
    dist: Literal["uniform", "normal"] = "uniform"
    why: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low {self.low} is more than high {self.high}; give them in order")
        return self

    def drawn(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """np.ndarray (size,), draws of the number."""
        if self.dist == "uniform":
            return rng.uniform(self.low, self.high, size)
        middle, spread = (self.low + self.high) / 2, (self.high - self.low) / (2 * _Z90)
        return rng.normal(middle, spread, size)


Number = float | Uncertain


Levels = Callable[[np.ndarray], np.ndarray]
"""Level of a series on days, np.ndarray (day,) of ordinals, where nothing is changed."""


class Change(FileModel):
    """Another level of one series, from a day to a day, both included.

    Without `from` it has held ever since, without `to` it goes on.
    """

    series: str
    from_: Annotated[date | None, Field(alias="from")] = None
    to: date | None = None
    why: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.from_ is not None and self.to is not None and self.to < self.from_:
            raise ValueError(
                f"the change of '{self.series}' ends on {self.to}, before it starts on {self.from_}; "
                "give the days in order"
            )
        return self

    @property
    def span(self) -> Span:
        """Days that it changes."""
        return Span(self.from_ or date.min, self.to or date.max)

    @property
    def number(self) -> Number:
        """The number that may not be known; 0 where there is none."""
        return 0.0

    @abstractmethod
    def level(self, days: np.ndarray, was: Levels, eve: float) -> tuple[np.ndarray, np.ndarray]:
        """Level on changed days, as fixed + slope * number.

        Parameters
        ----------
        days : np.ndarray (day,), ordinals of days
        was : callable
        eve : float
            The scenario's own level on the day before the change.

        Returns
        -------
        fixed, slope : np.ndarray (day,), in the series' unit
        """


class Level(Change):
    """A level in the series' unit."""

    kind: Literal["level"] = "level"
    value: Number

    @property
    def number(self) -> Number:
        """What the level is made with."""
        return self.value

    def level(self, days: np.ndarray, was: Levels, eve: float) -> tuple[np.ndarray, np.ndarray]:
        """Level on changed days, as fixed + slope * number."""
        return np.zeros(len(days)), np.ones(len(days))


class Hold(Change):
    """The level that the series had on a day."""

    kind: Literal["hold"] = "hold"
    on: date

    def level(self, days: np.ndarray, was: Levels, eve: float) -> tuple[np.ndarray, np.ndarray]:
        """Level on changed days, as fixed + slope * number."""
        level = was(np.array([self.on.toordinal()]))[0]
        return np.full(len(days), level), np.zeros(len(days))


class Shift(Change):
    """The level there was, and so much more."""

    kind: Literal["shift"] = "shift"
    by: Number

    @property
    def number(self) -> Number:
        """What the level is made with."""
        return self.by

    def level(self, days: np.ndarray, was: Levels, eve: float) -> tuple[np.ndarray, np.ndarray]:
        """Level on changed days, as fixed + slope * number."""
        return was(days), np.ones(len(days))


class Scale(Change):
    """The level there was, times a number."""

    kind: Literal["scale"] = "scale"
    by: Number

    @property
    def number(self) -> Number:
        """What the level is made with."""
        return self.by

    def level(self, days: np.ndarray, was: Levels, eve: float) -> tuple[np.ndarray, np.ndarray]:
        """Level on changed days, as fixed + slope * number."""
        return np.zeros(len(days)), was(days)


class Move(Change):
    """The level that the series had so many days later: the same history, earlier."""

    kind: Literal["move"] = "move"
    days: int

    def level(self, days: np.ndarray, was: Levels, eve: float) -> tuple[np.ndarray, np.ndarray]:
        """Level on changed days, as fixed + slope * number."""
        return was(days + self.days), np.zeros(len(days))


class Ramp(Change):
    """Straight from the level of the day before to another, which is reached on a day and then stays."""

    kind: Literal["ramp"] = "ramp"
    end: Number
    reached: date

    @model_validator(mode="after")
    def _has_start(self) -> Self:
        if self.from_ is None or self.reached < self.from_:
            raise ValueError(
                f"the ramp of '{self.series}' needs a from, no later than reached ({self.reached})"
            )
        return self

    @property
    def number(self) -> Number:
        """What the level is made with."""
        return self.end

    def level(self, days: np.ndarray, was: Levels, eve: float) -> tuple[np.ndarray, np.ndarray]:
        """Level on changed days, as fixed + slope * number."""
        before = self.span.start.toordinal() - 1
        done = np.minimum((days - before) / (self.reached.toordinal() - before), 1.0)
        return eve * (1 - done), done


class Grow(Change):
    """From the level of the day before, by so much a year: 0.01 is one percent."""

    kind: Literal["grow"] = "grow"
    by: Annotated[float, Field(gt=-1)]

    @model_validator(mode="after")
    def _has_start(self) -> Self:
        if self.from_ is None:
            raise ValueError(f"the growth of '{self.series}' needs a from to start at; add it")
        return self

    def level(self, days: np.ndarray, was: Levels, eve: float) -> tuple[np.ndarray, np.ndarray]:
        """Level on changed days, as fixed + slope * number."""
        years = (days - self.span.start.toordinal() + 1) / DAYS_A_YEAR
        return eve * (1 + self.by) ** years, np.zeros(len(days))


AnyChange = Annotated[
    Level | Hold | Shift | Scale | Move | Ramp | Grow, Field(discriminator="kind")
]


class Scenario(FileModel):
    """Another history: what changes, and what one has to assume to read a contrast as an effect.

    beyond says what a series without a change has after its last known day: ``missing``, or ``hold``,
    its last level.
    """

    name: Annotated[str, Field(pattern=r"^[^+\s]+(\+[^+\s]+)*$")]
    title: str
    description: str = ""
    assumption: str = ""
    beyond: Literal["missing", "hold"] = "missing"
    change: tuple[AnyChange, ...] = ()

    @model_validator(mode="after")
    def _no_overlap(self) -> Self:
        for one, other in combinations(self.change, 2):
            if one.series == other.series and one.span.overlaps(other.span):
                raise ValueError(
                    f"two changes of '{one.series}' overlap, {_days(one)} and {_days(other)}; "
                    "give each day one level"
                )
        if self.name == FACTUAL and self.change:
            raise ValueError(f"'{FACTUAL}' is what was and changes nothing; choose another name")
        return self

    @property
    def digest(self) -> str:
        """SHA-256 of what the scenario says."""
        return digest(self.model_dump(mode="json", by_alias=True))

    @property
    def series(self) -> tuple[str, ...]:
        """Series that it changes, each once."""
        return tuple(dict.fromkeys(change.series for change in self.change))

    def __add__(self, other: Scenario) -> Scenario:
        """Both at once; the same series on the same days is refused."""
        return combined((self, other))


def _days(change: Change) -> str:
    return f"{change.from_ or 'the beginning'}..{change.to or 'the end'}"


def joined(assumptions: Sequence[str]) -> str:
    """All of several assumptions, each of the form "that ...", as one."""
    bare = [" ".join(one.split()).rstrip(".") for one in dict.fromkeys(assumptions) if one.strip()]
    return f"{AND.join(bare)}." if bare else ""


def combined(scenarios: Sequence[Scenario]) -> Scenario:
    """All changes of several scenarios at once.

    Raises
    ------
    SpecError
        When two of them change the same series on the same day.
    """
    changes = dict.fromkeys(change for one in scenarios for change in one.change)
    told = [one.assumption for one in scenarios]
    try:
        return Scenario(
            name=_JOIN.join(one.name for one in scenarios),
            title="; ".join(one.title for one in scenarios),
            description=" ".join(one.description for one in scenarios if one.description),
            assumption=joined(told),
            beyond="hold" if any(one.beyond == "hold" for one in scenarios) else "missing",
            change=tuple(changes),
        )
    except ValidationError as error:
        said = "; ".join(text for _, text in explain(error))
        raise SpecError(f"scenarios {_JOIN.join(one.name for one in scenarios)}: {said}") from None


def factual() -> Scenario:
    """What was."""
    return Scenario(name=FACTUAL, title="As it was")


def load_scenario(name: str | Path) -> Scenario:
    """Load a scenario by name or from a file of your own.

    Parameters
    ----------
    name : str or Path
        A shipped name (``no_closure``), the path of a TOML file, ``factual``, or several of these
        joined by ``+``.

    Raises
    ------
    UnknownNameError
        When there is no such scenario.
    SpecError
        With the file, the key, what is wrong and what is allowed; or when two that are joined change
        the same series on the same day.
    """
    text = str(name)
    if _JOIN in text and not Path(text).exists():
        return combined([load_scenario(part.strip()) for part in text.split(_JOIN)])
    if text == FACTUAL:
        return factual()
    return read_toml(catalog.find(name, "scenario"), Scenario)
