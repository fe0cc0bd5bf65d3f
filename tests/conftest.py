"""What several test files share: a small sound dataset, and the shipped one, read once."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from defectmodels.evidence.dataset import Dataset, load_dataset
from defectmodels.evidence.statements import COLUMNS
from defectmodels.model.design import Design, make_design
from defectmodels.model.spec import ModelSpec, load_model

if TYPE_CHECKING:
    from defectmodels.inference.fit import Fit

HEADER = """
name = "small"
title = "Three years of a small country"
group = [{ name = "elite", label = "elite" }, { name = "commoner", label = "commoner" }]

[[definition]]
name = "arrivals"
label = "all arrivals"
groups = ["*"]
[[definition]]
name = "elites"
label = "elites"
groups = ["elite"]
reference = true
[[definition]]
name = "commoners"
label = "commoners"
groups = ["commoner"]
[[definition]]
name = "press"
label = "elites, as the press counts them"
groups = ["elite"]
[[definition]]
name = "payments"
label = "payments"
countable = false

[[reading]]
name = "about"
low_times = 0.8
low_plus = 0
high_times = 1.2
high_plus = 0
[[reading]]
name = "several"
low_times = 0
low_plus = 2
high_times = 0
high_plus = 9
"""
"""dataset.toml of the small folder: a total, two groups, a press term, one not countable."""

ROWS = (
    "T2020,arrivals,2020-01-01,2020-12-31,exact,100,100",
    "T2021,arrivals,2021-01-01,2021-12-31,exact,80,80",
    "T2022,arrivals,2022-01-01,2022-12-31,exact,60,60",
    "E2020,elites,2020-01-01,2020-12-31,reading,10,10,about",
    "E2021,elites,2021-01-01,2021-12-31,exact,6,6",
    "P2022,press,2022-01-01,2022-12-31,reading,,,several",
)
"""Rows of the small folder, columns up to `reading`; what else a current row needs is added."""

WriteFolder = Callable[..., Path]


def full_row(short: str) -> list[str]:
    """Cells of a row given up to `reading`; `status=...` at its end sets the status."""
    short, _, status = short.partition(",status=")
    cells = dict(zip(COLUMNS, short.split(","), strict=False))
    cells |= {"origin": cells["id"], "status": status or "current", "published": "2023-01-15"}
    cells |= {"publisher": "Ministry", "source": "https://example.org/table"}
    return [cells.get(column, "") for column in COLUMNS]


@pytest.fixture
def write_folder(tmp_path: Path) -> WriteFolder:
    """Write a dataset's folder from short rows, and give its path back."""

    def write(rows: Sequence[str] = ROWS, header: str = HEADER) -> Path:
        folder = tmp_path / "small"
        folder.mkdir(exist_ok=True)
        (folder / "dataset.toml").write_text(header, encoding="utf-8")
        with (folder / "statements.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([COLUMNS, *map(full_row, rows)])
        return folder

    return write


@pytest.fixture
def small_folder(write_folder: WriteFolder) -> Path:
    """The sound small folder."""
    return write_folder()


@pytest.fixture(scope="session")
def shipped() -> Dataset:
    """The shipped dataset."""
    return load_dataset("arrivals")


@pytest.fixture(scope="session")
def escape_rates() -> ModelSpec:
    """The shipped reference model."""
    return load_model("escape_rates")


@pytest.fixture(scope="session")
def shipped_design(escape_rates: ModelSpec, shipped: Dataset) -> Design:
    """The reference model held against the shipped dataset."""
    return make_design(escape_rates, shipped)


@pytest.fixture(scope="session")
def country_fit() -> Fit:
    """A made-up fit of the small country, with every term a model can have."""
    from country import country, country_spec
    from fabricate import fabricate

    return fabricate(country_spec(), country())


@pytest.fixture(scope="session")
def small_fit() -> Fit:
    """The one real fit of a test run: ten years, two groups, one covariate, a trend."""
    from defectmodels.inference.sampling import fit
    from small import small_dataset, small_spec

    return fit(
        small_spec(), small_dataset(), random_seed=7, draws=200, tune=300, chains=2, progress=False
    )
