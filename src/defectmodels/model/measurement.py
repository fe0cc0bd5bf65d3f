"""Data models: how what is published differs from who came, one error after the other.

An error turns the expected arrivals of the groups in a period into other ones, linearly in each of its
parameters. With Poisson counts that is exact, and with a frailty common to the groups, too: persons who are
left out, or called by another group's name, each by themselves leave Poisson counts, and so do entries of no
person that come as often as persons do. What the errors make of the persons, one after the other, is what
statements count.

Invariant: a group's persons go somewhere or are left out, with probabilities that add to 1, and an error that is
0 changes nothing. Shown by ``tests/test_measurement.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from defectmodels.errors import SpanError, known
from defectmodels.evidence.files import FileModel
from defectmodels.evidence.periods import Periods, parse_span
from defectmodels.model.priors import Beta, LogNormal

_ALIKE = 1.05
"""Spans are as long as each other where none is longer by more than this factor: years are, and quarters."""


@dataclass(frozen=True)
class Step:
    """What an error makes of expected arrivals: (fixed + sum of parameters times slopes) times them.

    Attributes
    ----------
    fixed : np.ndarray (to group, from group, period)
    slopes : tuple of (int, np.ndarray (to group, from group, period))
        For each parameter its place among all.
    """

    fixed: np.ndarray
    slopes: tuple[tuple[int, np.ndarray], ...]


def _periods(spans: Iterable[str], periods: Periods) -> np.ndarray:
    """np.ndarray (period,), 1 within the spans; everywhere where none is named."""
    weights = [periods.weights(parse_span(span)) for span in spans]
    return np.max(weights, axis=0) if weights else np.ones(len(periods))


def _diagonal(cells: np.ndarray) -> np.ndarray:
    """np.ndarray (group, group, period) that keeps persons in their group, from (group, period)."""
    found: np.ndarray = np.eye(len(cells))[:, :, None] * cells[None]
    return found


def _stay(groups: Sequence[str], periods: Periods) -> np.ndarray:
    return _diagonal(np.ones((len(groups), len(periods))))


def _acts(
    groups: Sequence[str], spans: Sequence[str], every: Sequence[str], periods: Periods
) -> np.ndarray:
    """np.ndarray (group, period), 1 where an error acts."""
    mask = np.array([float(not groups or group in groups) for group in every])
    return np.outer(mask, _periods(spans, periods))


class Undercount(FileModel):
    """Persons who are left out of what is published.

    included is the probability that a person is not.
    """

    kind: Literal["undercount"]
    groups: tuple[str, ...] = ()
    spans: tuple[str, ...] = ()
    included: Beta

    @property
    def parameters(self) -> dict[str, Beta | LogNormal | None]:
        """Priors of the parameters by name."""
        return {"included": self.included}

    def step(self, first: int, groups: Sequence[str], periods: Periods) -> Step:
        """What it does; its parameters stand from `first` on."""
        on = _diagonal(_acts(self.groups, self.spans, groups, periods))
        return Step(_stay(groups, periods) - on, ((first, on),))


class Overcount(FileModel):
    """Entries of no person: a name that stands twice, a person of another country.

    added is how many there are for each person who is counted, in the mean.
    """

    kind: Literal["overcount"]
    groups: tuple[str, ...] = ()
    spans: tuple[str, ...] = ()
    added: LogNormal

    @property
    def parameters(self) -> dict[str, Beta | LogNormal | None]:
        """Priors of the parameters by name."""
        return {"added": self.added}

    def step(self, first: int, groups: Sequence[str], periods: Periods) -> Step:
        """What it does; its parameters stand from `first` on."""
        on = _diagonal(_acts(self.groups, self.spans, groups, periods))
        return Step(_stay(groups, periods), ((first, on),))


class Misclassification(FileModel):
    """Persons of one group who are published as of another.

    missed is the probability that a person of the first group is published as one of the second (1 less the
    sensitivity), false that one of the second is published as one of the first (1 less the specificity).
    With definitions, only what is published under these is concerned.
    """

    kind: Literal["misclassification"]
    groups: tuple[str, str]
    spans: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    missed: Beta | None = None
    false: Beta | None = None

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.missed is None and self.false is None:
            raise ValueError("missed and false are both missing; give one of them or both")
        if self.groups[0] == self.groups[1]:
            raise ValueError("groups: a name stands twice; name two groups")
        return self

    @property
    def parameters(self) -> dict[str, Beta | LogNormal | None]:
        """Priors of the parameters by name."""
        named = {"missed": self.missed, "false": self.false}
        return {name: prior for name, prior in named.items() if prior is not None}

    def step(self, first: int, groups: Sequence[str], periods: Periods) -> Step:
        """What it does; its parameters stand from `first` on."""
        one, other = (groups.index(group) for group in self.groups)
        ways = {"missed": (one, other), "false": (other, one)}
        slopes = []
        for at, name in enumerate(self.parameters):
            left, to = ways[name]
            moved = np.zeros((len(groups), len(groups), len(periods)))
            moved[to, left] = _periods(self.spans, periods)
            moved[left, left] = -moved[to, left]
            slopes.append((first + at, moved))
        return Step(_stay(groups, periods), tuple(slopes))


class Revision(FileModel):
    """Totals of recent spans that are still to be revised, each by a factor of its own.

    size is the standard deviation of the logarithm of what is published over what will be. It is learned from
    the vintages of earlier totals of a definition, as long as these spans.
    """

    kind: Literal["revision"]
    spans: Annotated[tuple[str, ...], Field(min_length=1)]
    definition: str
    size: LogNormal

    @model_validator(mode="after")
    def _spans_alike(self) -> Self:
        found = self.days
        if max(found) > _ALIKE * min(found):
            raise ValueError(
                "spans: are not as long as each other, and short spans are revised by more; name "
                "only years, only half-years, only quarters or only months"
            )
        return self

    @property
    def days(self) -> tuple[int, ...]:
        """Days of each span."""
        try:
            return tuple(parse_span(span).days for span in self.spans)
        except SpanError as error:
            raise ValueError(str(error)) from None

    def as_long(self, days: int) -> bool:
        """Whether a total of so many days is as long as the spans."""
        return max(self.days) <= _ALIKE * days and days <= _ALIKE * min(self.days)

    @property
    def parameters(self) -> dict[str, Beta | LogNormal | None]:
        """The factor of each span, which has no prior but the one that `size` gives it."""
        return dict.fromkeys(self.spans)

    def step(self, first: int, groups: Sequence[str], periods: Periods) -> Step:
        """What it does; its parameters stand from `first` on."""
        every = [_diagonal(_acts((), (span,), groups, periods)) for span in self.spans]
        fixed = _stay(groups, periods) - sum(every, np.zeros(every[0].shape))
        return Step(fixed, tuple((first + at, on) for at, on in enumerate(every)))


Error = Annotated[
    Undercount | Overcount | Misclassification | Revision, Field(discriminator="kind")
]


def called(errors: Sequence[Error]) -> tuple[str, ...]:
    """Names of errors: their kinds, from the second of a kind on with its number."""
    kinds = [error.kind for error in errors]
    numbers = [kinds[: at + 1].count(kind) for at, kind in enumerate(kinds)]
    return tuple(
        kind if number == 1 else f"{kind} {number}"
        for kind, number in zip(kinds, numbers, strict=True)
    )


def priors(errors: Sequence[Error]) -> dict[str, tuple[int, str]]:
    """Priors of errors by name, such as ``undercount included``: place of the error, and key."""
    return {
        f"{name} {key}": (at, key)
        for at, (name, error) in enumerate(zip(called(errors), errors, strict=True))
        for key in type(error).model_fields
        if isinstance(getattr(error, key), Beta | LogNormal)
    }


# --- what an error may not be -----------------------------------------------------------------


def check_errors(
    errors: Sequence[Error],
    groups: Sequence[str],
    periods: Periods,
    families: Mapping[str, str],
) -> None:
    """Refuse errors that do not fit the rest of a model file.

    Parameters
    ----------
    families : mapping
        For each definition of the model the one whose persons it counts, '' for the groups' own.

    Raises
    ------
    ValueError
        With the key, what is wrong and what is allowed.
    """
    if sum(isinstance(one, Revision) for one in errors) > 1:
        raise ValueError("error: revision stands twice; name all spans in one")
    named: str | None = None
    for index, one in enumerate(errors):
        place = f"error[{index}]"
        for group in () if isinstance(one, Revision) else one.groups:
            if group not in groups:
                raise ValueError(f"{place}.groups: unknown group '{group}'. {known(group, groups)}")
        _check_spans(f"{place}.spans", one, periods)
        if isinstance(one, Misclassification) and one.definitions:
            _check_definitions(f"{place}.definitions", one.definitions, families)
            named = named or place
        elif named is not None and not isinstance(one, Misclassification):
            raise ValueError(
                f"{named}.definitions: {one.kind} stands after it, and persons whom two definitions call "
                "by different groups would then be left out or added differently; put misclassification "
                "of some definitions last"
            )


def _check_spans(place: str, error: Error, periods: Periods) -> None:
    seen = np.zeros(len(periods))
    for span in error.spans:
        try:
            weights = periods.weights(parse_span(span))
        except SpanError as reason:
            raise ValueError(f"{place}: {reason}") from None
        if ((weights > 0) & (weights < 1)).any():
            raise ValueError(
                f"{place}: '{span}' cuts a {periods.every}, of which the model knows no part; name "
                f"whole {periods.every}s"
            )
        seen += weights
    if isinstance(error, Revision) and seen.max() > 1:
        raise ValueError(f"{place}: two spans share days; a total is revised by one factor")


def _check_definitions(place: str, named: Sequence[str], families: Mapping[str, str]) -> None:
    for name in named:
        if name not in families:
            raise ValueError(
                f"{place}: '{name}' is not a definition of this model. {known(name, families)}"
            )
    of = {families[name] for name in named}
    missing = [name for name, family in families.items() if family in of and name not in named]
    if missing:
        raise ValueError(
            f"{place}: {', '.join(missing)} count the same persons as those named, who cannot be of two "
            "groups at once; name all of them, or leave definitions out"
        )
