"""Claims: what somebody said of the arrivals, as data, each to be answered by a fit.

A claim is one block of a TOML file. What it says becomes one quantity, a region of that quantity in
which nothing worth naming has changed (or the range that the claim names), and the sides of the region
on which the claim would be true.

Invariant: a claim's region has its lower end no higher than its upper one, and a file names no claim
twice. A new kind is one class, named in the union at the foot. Shown by ``tests/test_claims.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from defectmodels import catalog
from defectmodels.evidence.files import FileModel, read_toml

Side = Literal["below", "inside", "above"]
Sides = tuple[Side, ...]
Positive = Annotated[float, Field(gt=0)]
ROPE = 0.05
"""Ratios from 1 / 1.05 to 1.05 are no change worth naming, unless a claim says otherwise."""
_SIDES: dict[str, Sides] = {
    "up": ("above",),
    "down": ("below",),
    "same": ("inside",),
    "between": ("inside",),
    "not up": ("below", "inside"),
    "not down": ("inside", "above"),
}


class Claim(FileModel):
    """What every claim has, whatever its kind."""

    id: Annotated[str, Field(pattern=r"^\S+$")]
    text: Annotated[str, Field(min_length=1)]
    source: str = ""
    assumption: str = ""

    @property
    def named(self) -> dict[str, tuple[str, ...]]:
        """Names that the fit's dataset has to know: spans, definitions, series, groups."""
        return {}


class RatioClaim(Claim):
    """A claim about a ratio: up, down, the same, or in a range."""

    says: Literal["up", "down", "same", "not up", "not down", "between"]
    low: Positive | None = None
    high: Positive | None = None
    rope: Annotated[float, Field(ge=0)] = ROPE

    @model_validator(mode="after")
    def _range(self) -> Self:
        if self.says != "between" and (self.low is not None or self.high is not None):
            raise ValueError(f"low and high belong to says = 'between', not to '{self.says}'")
        if self.says == "between" and self.low is None and self.high is None:
            raise ValueError("says = 'between' needs low, high or both; add one")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low {self.low:g} is more than high {self.high:g}; swap them")
        return self

    @property
    def region(self) -> tuple[float | None, float | None]:
        """Ends of the region; None where it has none."""
        if self.says == "between":
            return self.low, self.high
        return 1.0 / (1.0 + self.rope), 1.0 + self.rope

    @property
    def holds(self) -> Sides:
        """Sides of the region on which the claim is true."""
        return _SIDES[self.says]


class ChangeClaim(RatioClaim):
    """A share, a count or the total, one span over another."""

    kind: Literal["change"] = "change"
    what: Literal["share", "count", "total"]
    before: str
    after: str
    of: str | None = None
    measure: Literal["expected", "realised"] = "expected"

    @property
    def named(self) -> dict[str, tuple[str, ...]]:
        """Both spans, and the group where one is named."""
        return {"span": (self.before, self.after), "group": (self.of,) if self.of else ()}


class NumberClaim(Claim):
    """So many persons came in a span."""

    kind: Literal["number"] = "number"
    definition: str
    span: str
    low: Annotated[int, Field(ge=0)]
    high: Annotated[int, Field(ge=0)]
    holds: ClassVar[Sides] = ("inside",)

    @model_validator(mode="after")
    def _range(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low {self.low} is more than high {self.high}; swap them")
        return self

    @property
    def region(self) -> tuple[float, float]:
        """Both ends, persons."""
        return float(self.low), float(self.high)

    @property
    def named(self) -> dict[str, tuple[str, ...]]:
        """The span and the definition."""
        return {"span": (self.span,), "definition": (self.definition,)}


class CountsClaim(Claim):
    """More, fewer, as many or the most: whole persons of a span against those of another.

    `against` is compared as a whole, or each of its whole years.
    """

    kind: Literal["counts"] = "counts"
    definition: str
    span: str
    against: str
    says: Literal["more", "fewer", "as many", "most"]
    reading: Literal["each year", "all together"] = "all together"
    within: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _reading(self) -> Self:
        wanted = {"most": "each year", "as many": "all together"}.get(self.says, self.reading)
        if wanted != self.reading:
            raise ValueError(f"says = '{self.says}' is read as '{wanted}'; set reading to that")
        return self

    @property
    def region(self) -> tuple[float, float]:
        """Differences that count as none, persons."""
        return 0.0 - self.within, float(self.within)

    @property
    def holds(self) -> Sides:
        """Sides of the region; the most may be tied."""
        says: dict[str, Sides] = {
            "more": ("above",), "fewer": ("below",), "as many": ("inside",),
            "most": ("inside", "above"),
        }  # fmt: skip
        return says[self.says]

    @property
    def named(self) -> dict[str, tuple[str, ...]]:
        """Both spans and the definition."""
        return {"span": (self.span, self.against), "definition": (self.definition,)}


class PartClaim(Claim):
    """More than a fraction of a rise or a fall goes with a theme, or with one group's count."""

    kind: Literal["part"] = "part"
    what: Literal["share", "count", "total"]
    before: str
    after: str
    change: Literal["up", "down"]
    of: str | None = None
    theme: str = ""
    group: str = ""
    fraction: Positive = 0.5
    holds: ClassVar[Sides] = ("above",)

    @model_validator(mode="after")
    def _one_part(self) -> Self:
        if bool(self.theme) == bool(self.group):
            raise ValueError("a part is that of a theme or of a group; give one of the two keys")
        if self.group and self.what != "share":
            raise ValueError("only a share has parts by group; set what = 'share' or give a theme")
        return self

    @property
    def region(self) -> tuple[float, float]:
        """The fraction itself: one number, since the claim names no width."""
        return self.fraction, self.fraction

    @property
    def named(self) -> dict[str, tuple[str, ...]]:
        """Both spans and the groups."""
        groups = tuple(one for one in (self.of, self.group) if one)
        return {"span": (self.before, self.after), "group": groups}


class ScenarioClaim(RatioClaim):
    """Expected arrivals under one scenario over those under another, of a group or of all.

    With `than` the ratio is set over that of another group.
    """

    kind: Literal["scenario"] = "scenario"
    scenario: str
    against: str = "factual"
    span: str
    of: str | None = None
    than: str | None = None
    to: str | None = None

    @model_validator(mode="after")
    def _two_groups(self) -> Self:
        if self.than and not self.of:
            raise ValueError("than compares with the group of `of`; add of")
        return self

    @property
    def named(self) -> dict[str, tuple[str, ...]]:
        """The groups; spans may lie after the fitted periods."""
        return {"group": tuple(one for one in (self.of, self.than) if one)}


class EffectClaim(RatioClaim):
    """Ratio of a group's rates for one unit of each series, or that over another group's."""

    kind: Literal["effect"] = "effect"
    series: Annotated[tuple[str, ...], Field(min_length=1)]
    group: str
    than: str | None = None

    @property
    def named(self) -> dict[str, tuple[str, ...]]:
        """Series and groups."""
        return {"series": self.series, "group": tuple(g for g in (self.group, self.than) if g)}


class RateClaim(RatioClaim):
    """Arrivals per person-year at risk: a span against an earlier one, or a group against another."""

    kind: Literal["rate"] = "rate"
    group: str
    span: str
    than_group: str | None = None
    than_span: str | None = None

    @model_validator(mode="after")
    def _two_rates(self) -> Self:
        if self.than_group is None and self.than_span is None:
            raise ValueError("a rate is compared with another; add than_span or than_group")
        return self

    @property
    def named(self) -> dict[str, tuple[str, ...]]:
        """Spans and groups."""
        spans = tuple(s for s in (self.span, self.than_span) if s)
        return {"span": spans, "group": tuple(g for g in (self.group, self.than_group) if g)}


class ForecastClaim(RatioClaim):
    """Whole persons of a later span, under a stated future, over those of a fitted one."""

    kind: Literal["forecast"] = "forecast"
    scenario: str
    definition: str
    span: str
    against: str
    to: str

    @property
    def named(self) -> dict[str, tuple[str, ...]]:
        """The fitted span and the definition."""
        return {"span": (self.against,), "definition": (self.definition,)}


class OutsideClaim(Claim):
    """Nothing that the data hold speaks of it; the reason says why."""

    kind: Literal["outside"] = "outside"
    reason: Annotated[str, Field(min_length=1)]


AnyClaim = Annotated[
    ChangeClaim
    | NumberClaim
    | CountsClaim
    | PartClaim
    | ScenarioClaim
    | EffectClaim
    | RateClaim
    | ForecastClaim
    | OutsideClaim,
    Field(discriminator="kind"),
]


class Claims(FileModel):
    """A file of claims: who made them, and the dataset whose names they use."""

    name: Annotated[str, Field(pattern=r"^\S+$")]
    title: str
    source: str = ""
    dataset: str = ""
    claim: Annotated[tuple[AnyClaim, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        ids = [one.id for one in self.claim]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ValueError(f"claim(s) {', '.join(twice)} given twice; give each claim its own id")
        return self


def load_claims(name: str | Path) -> Claims:
    """Load claims by name or from a file of your own.

    Parameters
    ----------
    name : str or Path
        A shipped name (``lowy_2024``) or the path of a TOML file.

    Returns
    -------
    Claims

    Raises
    ------
    UnknownNameError
        When there is no such file.
    SpecError
        With the file, the key, what is wrong and what is allowed.
    """
    return read_toml(catalog.find(name, "claims"), Claims)
