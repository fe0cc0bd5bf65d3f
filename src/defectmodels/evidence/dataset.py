"""A dataset: definitions, readings and published statements of one folder.

Invariant: reading a folder finds every fault in one pass, and a dataset that was loaded has none of
those that `defectmodels.evidence.validation` calls an error. Shown by ``tests/test_dataset.py``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
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
    """Definitions, readings, statements and series, ready to serve a model."""

    header: Header
    statements: tuple[Statement, ...]
    series: dict[str, Series] = field(hash=False)
    folder: Path = Path()

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
        """SHA-256 of definitions, readings and statements; series have their own part."""
        return digest(
            {
                "header": self.header.model_dump(mode="json"),
                "statements": [statement.model_dump(mode="json") for statement in self.statements],
                "series": {name: series.model_dump(mode="json") for name, series in self.series.items()},
            }
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


def _read_row(values: dict[str, str]) -> Statement:
    kind = values.get("kind", "")
    # Empty cells are absent keys; a key that the kind has no use for must be empty.
    filled = {key: value.strip() for key, value in values.items() if value and value.strip()}
    return _ROW.validate_python({"kind": kind} | filled)


def _row_texts(error: ValidationError) -> list[str]:
    texts = []
    for where, text in explain(error):
        column = where.split(".")[-1]
        texts.append(f"column '{column}': {text}" if column and column not in _KINDS else text)
    return texts


_KINDS = ("exact", "reading", "range", "at_least", "at_most", "rank", "equality", "ratio", "order", "none")


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
        text = read_text(path)
    except SpecError as error:
        return [], [Problem(path.name, None, str(error).removeprefix(f"{path}: "))]
    reader = csv.DictReader(io.StringIO(text), strict=True)
    columns = reader.fieldnames or []
    missing = [name for name in _NEEDED if name not in columns]
    unknown = [name for name in columns if name not in COLUMNS]
    faults = _problems(
        path.name, 1, [f"column '{name}' is missing; add it to the header line (allowed: {', '.join(COLUMNS)})" for name in missing]
    )
    faults += _problems(path.name, 1, [f"unknown column '{name}'. {known(name, COLUMNS)}" for name in unknown])
    found: list[tuple[int, Statement]] = []
    if missing or unknown:
        return found, faults
    try:
        for values in reader:
            line = reader.line_num
            if None in values or None in values.values():
                faults.append(
                    Problem(path.name, line, f"the row does not have {len(columns)} cells; quote cells that hold commas")
                )
                continue
            try:
                found.append((line, _read_row(values)))
            except ValidationError as error:
                faults += _problems(path.name, line, _row_texts(error))
    except csv.Error as error:
        faults.append(Problem(path.name, reader.line_num, f"is not CSV: {error}; correct that line"))
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
        prefix = f"{folder / 'dataset.toml'}: "
        faults += _problems("dataset.toml", None, [line.removeprefix(prefix) for line in str(error).splitlines()])
    rows, row_faults = read_statements(folder / "statements.csv")
    series: dict[str, Series] = {}
    for place in (catalog.series_folder(), folder / "series"):
        try:
            series |= read_series_folder(place)
        except SpecError as error:
            faults += _problems("series", None, [line.removeprefix(f"{folder}/") for line in str(error).splitlines()])
    return header, rows, series, faults + row_faults


def load_dataset(name: str | Path) -> Dataset:
    """Load a dataset by name or from a folder of your own.

    Parameters
    ----------
    name : str or Path
        A shipped name (``arrivals``) or a folder with dataset.toml and statements.csv; series in its
        subfolder series/ are added to the shipped ones and come before them.

    Raises
    ------
    UnknownNameError
        When there is no such dataset.
    EvidenceError
        With every fault found, one a line.
    """
    # Imported here because validation judges what this module reads.
    from defectmodels.evidence.validation import judge

    folder = catalog.find(name, "dataset")
    header, rows, series, faults = read_folder(folder)
    if header is not None:
        faults = faults + judge(header, rows)
    errors = [problem for problem in faults if problem.severity == "error"]
    if errors or header is None:
        lines = "\n".join(f"{folder}/{problem}" for problem in errors)
        raise EvidenceError(f"{lines}\n{folder}: {len(errors)} fault(s); correct the rows named above")
    return Dataset(header, tuple(statement for _, statement in rows), series, folder)


def check_definitions(dataset: Dataset, names: Iterable[str]) -> None:
    """Refuse definitions that the dataset does not have.

    Raises
    ------
    UnknownNameError
        Naming the first one and those there are.
    """
    for name in names:
        if name not in dataset.definitions:
            raise UnknownNameError(f"unknown definition '{name}'. {known(name, dataset.definitions)}")
