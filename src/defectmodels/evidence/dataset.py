"""A dataset: definitions, readings and published statements of one folder.

Invariant: reading a folder finds every fault in one pass, and a dataset that was loaded has none of
those that `defectmodels.evidence.validation` calls an error. Shown by ``tests/test_dataset.py``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import TypeAdapter, ValidationError

from defectmodels import catalog
from defectmodels.errors import EvidenceError, SpecError, UnknownNameError, known
from defectmodels.evidence.files import FileModel, digest, explain, read_text, read_toml
from defectmodels.evidence.series import Series, pick, read_series_folder
from defectmodels.evidence.statements import COLUMNS, AnyStatement, Reading, Statement

_ROW: TypeAdapter[Any] = TypeAdapter(AnyStatement)
_NEEDED = ("id", "definition", "start", "end", "kind", "low", "high", "status")


@dataclass(frozen=True)
class Problem:
    """One fault of a dataset: where it is, what is wrong, what is allowed, what to do."""

    file: str
    row: int | None
    text: str
    severity: str = "error"

    def __str__(self) -> str:
        """Write the problem on one line."""
        place = f"{self.file}: row {self.row}" if self.row else self.file
        return f"{place}: {self.text}"


class Group(FileModel):
    """A part of the arrivals that a model can tell apart."""

    name: str
    label: str


class Definition(FileModel):
    """What a statement counts: which groups, whom, by which clock."""

    name: str
    label: str
    groups: tuple[str, ...] = ()
    reference: bool = False
    countable: bool = True
    counts: str = "persons"
    clock: str = ""
    note: str = ""

    @property
    def everyone(self) -> bool:
        """Whether it counts every group of whatever model is fitted."""
        return self.groups == ("*",)


class StatusMeaning(FileModel):
    """A status word and what it means."""

    name: str
    meaning: str


class Header(FileModel):
    """What dataset.toml says."""

    name: str
    title: str
    unit: str = "persons"
    description: str = ""
    citation: str = ""
    group: tuple[Group, ...]
    definition: tuple[Definition, ...]
    reading: tuple[Reading, ...] = ()
    status: tuple[StatusMeaning, ...] = ()


@dataclass(frozen=True)
class Dataset:
    """Definitions, readings, statements and series, ready to serve a model.

    `as_of` is the day, such as 2024-02-01, at the end of which the statements were known and had
    the status they have here; empty for today.
    """

    header: Header
    statements: tuple[Statement, ...]
    series: dict[str, Series] = field(hash=False)
    folder: Path = Path()
    as_of: str = ""

    @property
    def name(self) -> str:
        """Name of the dataset."""
        return self.header.name

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        """Definitions by name."""
        return {definition.name: definition for definition in self.header.definition}

    @cached_property
    def readings(self) -> dict[str, Reading]:
        """Readings of rounded numbers by name."""
        return {reading.name: reading for reading in self.header.reading}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of definitions, readings, statements, series and date, wherever the folder is."""
        return digest(
            {
                "header": self.header.model_dump(mode="json"),
                "statements": [statement.model_dump(mode="json") for statement in self.statements],
                "series": {
                    name: series.model_dump(mode="json") for name, series in self.series.items()
                },
            }
            | ({"as_of": self.as_of} if self.as_of else {})
        )

    def one_series(self, name: str) -> Series:
        """Look a series up: the dataset's own come before the shipped ones."""
        return pick(self.series, name)

    def to_frame(self) -> pd.DataFrame:
        """Statements as a table, one row each, columns as in the file."""
        rows = [statement.model_dump(mode="json") for statement in self.statements]
        return pd.DataFrame(rows, columns=list(COLUMNS))


def _problems(name: str, row: int | None, texts: Iterable[str]) -> list[Problem]:
    return [Problem(name, row, text) for text in texts]


def _file_problems(error: SpecError, folder: Path) -> list[Problem]:
    """Take the lines of an error, each "path: text", apart."""
    found = []
    for line in str(error).splitlines():
        name, _, text = line.removeprefix(f"{folder}/").partition(": ")
        found.append(Problem(name, None, text))
    return found


def _header_texts(columns: Sequence[str]) -> list[str]:
    """Say what is wrong with the header line of statements.csv."""
    if not columns:
        return [f"the file is empty; start it with the header line {','.join(COLUMNS)}"]
    allowed = f"add it to the header line (allowed: {', '.join(COLUMNS)})"
    missing = [f"column '{n}' is missing; {allowed}" for n in _NEEDED if n not in columns]
    unknown = [f"unknown column '{n}'. {known(n, COLUMNS)}" for n in columns if n not in COLUMNS]
    twice = sorted({name for name in columns if columns.count(name) > 1})
    return missing + unknown + [f"column '{name}' stands twice; keep one" for name in twice]


def _read_row(values: dict[str, str], width: int) -> Statement | list[str]:
    """Make a statement of a row, or say what is wrong with it."""
    if None in values or None in values.values():
        return [f"the row does not have {width} cells; quote cells that hold commas"]
    # Empty cells are absent keys; a key that the kind has no use for must be empty.
    filled = {key: value.strip() for key, value in values.items() if value.strip()}
    try:
        return _ROW.validate_python({"kind": ""} | filled)
    except ValidationError as error:
        # A path starts with the kind, by which pydantic found the class.
        pairs = [(where.partition(".")[2], text) for where, text in explain(error)]
        return [f"column '{column}': {text}" if column else text for column, text in pairs]


def read_statements(path: Path) -> tuple[list[tuple[int, Statement]], list[Problem]]:
    """Read the statements of a CSV file, faulty rows apart.

    Returns
    -------
    list of (int, Statement)
        Line numbers (the header is line 1) and statements of the sound rows.
    list of Problem
        One per fault, with line, column, what is allowed and what to do.
    """
    try:
        reader = csv.DictReader(io.StringIO(read_text(path)), strict=True)
    except SpecError as error:
        return [], _file_problems(error, path.parent)
    found: list[tuple[int, Statement]] = []
    faults: list[Problem] = []
    try:
        columns = reader.fieldnames or ()
        faults += _problems(path.name, 1, _header_texts(columns))
        for values in () if faults else reader:
            row = _read_row(values, len(columns))
            if isinstance(row, Statement):
                found.append((reader.line_num, row))
            else:
                faults += _problems(path.name, reader.line_num, row)
    except csv.Error as error:
        # The reader counts the lines of sound rows; the faulty one begins on the next.
        text = f"is not CSV: {error}; correct that line"
        faults.append(Problem(path.name, reader.line_num + 1, text))
    return found, faults


def read_folder(
    folder: Path,
) -> tuple[Header | None, list[tuple[int, Statement]], dict[str, Series], list[Problem]]:
    """Read everything of a dataset's folder without judging how the parts fit together."""
    faults: list[Problem] = []
    header: Header | None = None
    try:
        header = read_toml(folder / "dataset.toml", Header)
    except SpecError as error:
        faults += _file_problems(error, folder)
    rows, row_faults = read_statements(folder / "statements.csv")
    series: dict[str, Series] = {}
    for place in (catalog.series_folder(), folder / "series"):
        try:
            series |= read_series_folder(place)
        except SpecError as error:
            faults += _file_problems(error, folder)
    return header, rows, series, faults + row_faults


def load_dataset(name: str | Path, as_of: str | date | None = None) -> Dataset:
    """Load a dataset by name or from a folder of your own.

    Parameters
    ----------
    name : str or Path
        A shipped name (``arrivals``) or a folder with dataset.toml and statements.csv; series in
        its subfolder series/ are added to the shipped ones and come before them.
    as_of : str or date, optional
        Only what had been published by the end of this day (2024, 2024-02 or 2024-02-01), with the
        statuses of then; by default today. Series are not dated back.

    Raises
    ------
    UnknownNameError
        When there is no such dataset.
    EvidenceError
        With every fault found, one a line; or when `as_of` is no date, lies in the future or before
        anything was published.
    """
    # Imported here because these judge and date back what this module reads.
    from defectmodels.evidence.as_of import known_by
    from defectmodels.evidence.validation import judge

    folder = catalog.find(name, "dataset")
    header, rows, series, faults = read_folder(folder)
    problems = judge(header, rows, faults)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors or header is None:
        lines = "\n".join(f"{folder}/{problem}" for problem in errors)
        raise EvidenceError(
            f"{lines}\n{folder}: {len(errors)} fault(s); correct the rows named above"
        )
    dataset = Dataset(header, tuple(statement for _, statement in rows), series, folder)
    return known_by(dataset, as_of) if as_of else dataset


def check_definitions(dataset: Dataset, names: Iterable[str]) -> None:
    """Refuse definitions that the dataset does not have.

    Raises
    ------
    UnknownNameError
        Naming the first one and those there are.
    """
    for name in names:
        if name not in dataset.definitions:
            raise UnknownNameError(
                f"unknown definition '{name}'. {known(name, dataset.definitions)}"
            )
