"""Series: what is known over time beside the arrivals, as covariates, exposures and eras.

Invariant: centring and scaling stand in the series' file and are never recomputed, so the value of
one period does not depend on which others are fitted. Shown by ``tests/test_series.py``.
"""

from __future__ import annotations

import csv
import io
import math
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, FiniteFloat, model_validator

from defectmodels.errors import EvidenceError, SpecError, UnknownNameError, known
from defectmodels.evidence.files import FileModel, read_text, read_toml
from defectmodels.evidence.periods import Periods, Span

Status = Literal["V", "D", "M", "P"]
"""V read in a public source, D derived from such, M not verified, P judgement."""


class Step(FileModel):
    """A level from a day on, a point at a day, or the level of a span of days."""

    from_: Annotated[date, Field(alias="from")]
    to: date | None = None
    value: FiniteFloat
    low: FiniteFloat | None = None
    high: FiniteFloat | None = None
    status: Status
    source: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.to is not None and self.to < self.from_:
            raise ValueError(
                f"the step from {self.from_} ends before, on {self.to}; give the days in order"
            )
        low, high = self.low, self.high
        if low is not None and high is not None and not low <= self.value <= high:
            raise ValueError(
                f"value {self.value} of {self.from_} lies outside its low..high, {low}..{high}"
            )
        return self


class Era(FileModel):
    """A named span of days: a leader, a presidency, a policy period."""

    name: str
    from_: Annotated[date, Field(alias="from")]
    to: date | None = None
    source: str = ""
    status: Status = "V"
    note: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.to is not None and self.to < self.from_:
            raise ValueError(
                f"era '{self.name}' ends on {self.to}, before it starts; give the days in order"
            )
        return self


class Uncertainty(FileModel):
    """How well an exposure's level is known: 90% of the prior lies within level / and * factor."""

    median: Annotated[float, Field(gt=0)] = 1.0
    factor: Annotated[float, Field(gt=1)]
    why: str


class Series(FileModel):
    """One series over time, as its file in data/series/ says it."""

    name: str
    title: str
    unit: str
    description: str
    role: Literal["covariate", "exposure", "both", "labels"]
    centre: float = 0.0
    scale: float = 1.0
    transform: Literal["identity", "log"] = "identity"
    per: str = ""
    theme: str = ""
    judgement: bool = False
    uncertainty: Uncertainty | None = None
    minimum: FiniteFloat | None = None
    maximum: FiniteFloat | None = None
    interpolation: Literal["step", "linear", "span"] = "step"
    step: tuple[Step, ...] = ()
    span: tuple[Era, ...] = ()
    until: date | None = None
    table: str | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.scale == 0:
            raise ValueError("scale is 0; give the difference that one unit of x stands for")
        if self.transform == "log" and (self.centre <= 0 or self.scale <= 0 or self.scale == 1):
            raise ValueError(
                "a log series needs centre > 0 and scale > 0 other than 1 (2 for a doubling)"
            )
        starts = [step.from_ for step in self.step]
        if starts != sorted(set(starts)):
            raise ValueError("steps are out of order or share a day; sort them by 'from'")
        for step in self.step:
            levels = [one for one in (step.low, step.value, step.high) if one is not None]
            low = min(levels) if self.minimum is None else self.minimum
            high = max(levels) if self.maximum is None else self.maximum
            if not low <= min(levels) <= max(levels) <= high:
                raise ValueError(
                    f"the step of {step.from_} leaves minimum..maximum, {self.minimum}..{self.maximum}; "
                    "correct the level or the limit"
                )
        if self.judgement and any(step.low is None or step.high is None for step in self.step):
            raise ValueError("levels coded by judgement need low and high in every step")
        return self

    @property
    def last_day(self) -> date:
        """Last day on which the series has a level."""
        last = self.step[-1]
        return last.to or self.until or (date.max if self.interpolation == "step" else last.from_)

    def daily(self, span: Span, level: Literal["value", "low", "high"] = "value") -> np.ndarray:
        """Level on every day of `span`, np.ndarray (day,); NaN where the series says nothing."""
        first = span.start.toordinal()
        days = np.arange(first, span.end.toordinal() + 1)
        starts = np.array([step.from_.toordinal() for step in self.step])
        levels = np.array(
            [
                step.value if getattr(step, level) is None else getattr(step, level)
                for step in self.step
            ]
        )
        end = self.last_day.toordinal()
        if self.interpolation == "linear":
            # Beyond the last point, up to `until`, the last level holds.
            values = np.interp(days, starts, levels)
        else:
            place = np.searchsorted(starts, days, side="right") - 1
            values = np.where(place >= 0, levels[np.maximum(place, 0)], np.nan)
            if self.interpolation == "span":
                ends = np.array([(step.to or self.last_day).toordinal() for step in self.step])
                values = np.where(days > ends[np.maximum(place, 0)], np.nan, values)
        return np.where((days < starts[0]) | (days > end), np.nan, values)

    def levels(
        self, periods: Periods, level: Literal["value", "low", "high"] = "value"
    ) -> np.ndarray:
        """Mean level of each period, by days, in the series' unit.

        Returns
        -------
        np.ndarray (period,)

        Raises
        ------
        EvidenceError
            When the series has no level on some day of the periods; the first gap is named.
        """
        if not self.step:
            raise EvidenceError(
                f"series '{self.name}' has no levels (role '{self.role}'); use it as eras only"
            )
        daily = self.daily(periods.span, level)
        if np.isnan(daily).any():
            where = int(np.flatnonzero(np.isnan(daily))[0])
            day = periods.span.start + timedelta(days=where)
            raise EvidenceError(
                f"series '{self.name}' has no level on {day}, inside the fitted span "
                f"{periods.span}; add a step that covers it or fit a shorter span"
            )
        return periods.means(daily)

    def standardised(
        self, periods: Periods, level: Literal["value", "low", "high"] = "value"
    ) -> np.ndarray:
        """Covariate of each period: (level - centre) / scale, or its logarithmic counterpart.

        Returns
        -------
        np.ndarray (period,), dimensionless; one unit is what `per` says
        """
        return self.standardise(self.levels(periods, level))

    def standardise(self, levels: np.ndarray) -> np.ndarray:
        """Bring levels in the series' unit to the covariate's scale."""
        if self.transform == "log":
            if (levels <= 0).any():
                raise EvidenceError(
                    f"series '{self.name}' has a level of 0 or less; a log series needs more than 0"
                )
            return np.log(levels / self.centre) / math.log(self.scale)
        return (levels - self.centre) / self.scale

    def eras(self) -> dict[str, Span]:
        """Named spans of a series of role 'labels'; one still running ends at `until`."""
        last = self.until or date.max
        return {era.name: Span(era.from_, era.to or last) for era in self.span}


def _cells(row: dict[str, str]) -> dict[str, str]:
    """Cells of a row that are not empty."""
    return {key: value.strip() for key, value in row.items() if value.strip()}


def read_table(path: Path) -> list[dict[str, str]]:
    """Rows of a series' CSV; empty cells are absent keys.

    Raises
    ------
    SpecError
        When a column is missing, or the rows that are named do not have a cell for each column.
    """
    reader = csv.DictReader(io.StringIO(read_text(path)))
    missing = {"from", "value", "status"} - set(reader.fieldnames or ())
    if missing:
        raise SpecError(
            f"{path}: missing column(s) {', '.join(sorted(missing))}; add them to the header line"
        )
    rows = [(reader.line_num, row) for row in reader]
    ragged = [str(line) for line, row in rows if None in row or None in row.values()]
    if ragged:
        raise SpecError(
            f"{path}: row(s) {', '.join(ragged)} do not have {len(reader.fieldnames or ())} cells; "
            "quote cells that hold commas"
        )
    return [_cells(row) for _, row in rows]


def read_series(path: Path) -> Series:
    """Read one series from its TOML file and the CSV beside it, if it names one.

    Raises
    ------
    SpecError
        When a file is missing, malformed or says something impossible.
    """
    bare = read_toml(path, Series)
    if bare.table is None:
        return bare
    if Path(bare.table).name != bare.table:
        raise SpecError(
            f"{path}: table: '{bare.table}' must be the name of a file in the same folder"
        )
    return read_toml(path, Series, step=read_table(path.parent / bare.table))


def read_series_folder(folder: Path) -> dict[str, Series]:
    """Every series of a folder, by name.

    Raises
    ------
    SpecError
        With the faults of every file, one a line.
    """
    found: dict[str, Series] = {}
    faults: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            series = read_series(path)
        except SpecError as error:
            faults.append(str(error))
            continue
        found[series.name] = series
        if series.name != path.stem:
            text = f"'{series.name}' differs from the file's name; make them the same"
            faults.append(f"{path}: name: {text}")
    if faults:
        raise SpecError("\n".join(faults))
    return found


def pick(series: dict[str, Series], name: str) -> Series:
    """Look one series up by name.

    Raises
    ------
    UnknownNameError
        With the names there are.
    """
    if name not in series:
        raise UnknownNameError(f"unknown series '{name}'. {known(name, series)}")
    return series[name]
