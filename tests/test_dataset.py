"""A folder becomes a dataset, and the shipped one closes with the annual figures."""

import shutil
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from defectmodels import catalog
from defectmodels.errors import EvidenceError, UnknownNameError
from defectmodels.evidence.dataset import Dataset, check_definitions, load_dataset
from defectmodels.evidence.statements import COLUMNS, Exact, RoundedNumber, Statement

# Ministry of Unification, status page of 2025-12 and the announcement of 2026-02: men, women.
# The first two are blocks: to 1998, and 1999 to 2001.
BY_SEX = {
    1998: (831, 116), 2001: (565, 478), 2002: (510, 632), 2003: (474, 811), 2004: (626, 1272),
    2005: (424, 960), 2006: (515, 1513), 2007: (573, 1981), 2008: (608, 2195), 2009: (662, 2252),
    2010: (591, 1811), 2011: (795, 1911), 2012: (404, 1098), 2013: (369, 1145), 2014: (305, 1092),
    2015: (251, 1024), 2016: (302, 1116), 2017: (188, 939), 2018: (168, 969), 2019: (202, 845),
    2020: (72, 157), 2021: (40, 23), 2022: (35, 32), 2023: (32, 164), 2024: (26, 210),
    2025: (25, 198),
}  # fmt: skip
# Data of February 2002; they close with the blocks above.
SINGLE = {1997: 876, 1998: 71, 1999: 148, 2000: 312, 2001: 583}
TOTALS = SINGLE | {year: men + women for year, (men, women) in BY_SEX.items() if year > 2001}


def _by_last_year(dataset: Dataset, definition: str) -> dict[int, int]:
    """Current exact counts by the year in which their spans end."""
    sums: dict[int, int] = defaultdict(int)
    for row in dataset.statements:
        if row.definition == definition and row.status == "current" and isinstance(row, Exact):
            sums[row.end.year] += row.low
    return dict(sums)


# ---------------------------------------------------------------- the shipped dataset


def test_totals_close_with_every_annual_figure(shipped: Dataset) -> None:
    assert _by_last_year(shipped, "arrivals") == TOTALS


@pytest.mark.parametrize(("definition", "place"), [("men", 0), ("women", 1)])
def test_men_and_women_close_with_every_annual_figure(
    shipped: Dataset, definition: str, place: int
) -> None:
    figures = {year: pair[place] for year, pair in BY_SEX.items()}
    assert _by_last_year(shipped, definition) == figures


def test_everything_adds_to_the_announced_total(shipped: Dataset) -> None:
    sums = [sum(_by_last_year(shipped, name).values()) for name in ("arrivals", "men", "women")]
    assert sums == [34_537, 9_593, 24_944]
    assert sums[0] == sums[1] + sums[2]


def test_blocks_of_both_tables_are_the_same_persons(shipped: Dataset) -> None:
    assert SINGLE[1997] + SINGLE[1998] == sum(BY_SEX[1998]) == 947
    assert SINGLE[1999] + SINGLE[2000] + SINGLE[2001] == sum(BY_SEX[2001]) == 1043


def _parts(dataset: Dataset, whole: Statement) -> list[Exact]:
    status = "current" if dataset.definitions[whole.definition].countable else "context"
    rows = [row for row in dataset.statements if isinstance(row, Exact) and row.status == status]
    first = whole.start or date.min
    return [
        row
        for row in rows
        if row.definition == whole.definition
        and first <= (row.start or date.min)
        and row.end <= whole.end
    ]


def test_every_whole_row_is_the_sum_of_its_parts(shipped: Dataset) -> None:
    wholes = [r for r in shipped.statements if r.status == "whole" and isinstance(r, Exact)]
    sums = {row.id: sum(part.low for part in _parts(shipped, row)) for row in wholes}
    assert sums == {row.id: row.low for row in wholes}
    assert {"T2025", "M2025", "W2025", "E030", "E051", "E082"} < set(sums)


def test_elite_statements_keep_their_ids(shipped: Dataset) -> None:
    ids = {row.id for row in shipped.statements if row.id.startswith("E")}
    numbered = {f"E{number:03d}" for number in range(1, 115)}
    assert ids == numbered - {"E015"} | {"E015a", "E015b", "E015c"}


def test_every_current_row_says_who_published_it_and_where(shipped: Dataset) -> None:
    current = [row for row in shipped.statements if row.status == "current"]
    assert [row.id for row in current if not row.publisher] == []
    assert [row.id for row in current if not row.source.startswith(("http://", "https://"))] == []
    assert [row.id for row in current if row.basis == "derived" and not row.note] == []


def test_one_reference_and_notes_where_nothing_can_be_counted(shipped: Dataset) -> None:
    definitions = shipped.definitions.values()
    assert [each.name for each in definitions if each.reference] == ["mou_elite_group"]
    assert all(each.note for each in definitions if not each.countable)
    assert all(reading.reason for reading in shipped.readings.values())


def test_every_definition_and_reading_is_used(shipped: Dataset) -> None:
    rows = shipped.statements
    assert {row.definition for row in rows} == set(shipped.definitions)
    readings = {row.reading for row in rows if isinstance(row, RoundedNumber)}
    assert readings == set(shipped.readings)


# ---------------------------------------------------------------- loading


def test_small_folder_loads_by_path(small_folder: Path) -> None:
    dataset = load_dataset(small_folder)
    assert (dataset.name, dataset.folder) == ("small", small_folder)
    assert [row.id for row in dataset.statements][:2] == ["T2020", "T2021"]
    assert set(dataset.definitions) == {"arrivals", "elites", "commoners", "press", "payments"}
    assert dataset.definitions["arrivals"].everyone
    assert not dataset.definitions["elites"].everyone


def test_frame_has_the_columns_of_the_file(shipped: Dataset) -> None:
    frame = shipped.to_frame()
    assert tuple(frame.columns) == COLUMNS
    assert len(frame) == len(shipped.statements)
    e001 = frame.set_index("id").loc["E001"]
    assert (e001["low"], e001["reading"], e001["start"]) == (10, "about", "2023-01-01")


def test_own_series_come_before_the_shipped_ones(small_folder: Path) -> None:
    (small_folder / "series").mkdir()
    text = (catalog.series_folder() / "kim_jong_un.toml").read_text(encoding="utf-8")
    own = small_folder / "series" / "kim_jong_un.toml"
    own.write_text(text.replace('title = "Rule of', 'title = "My own Rule of'))
    (small_folder / "series" / "mine.toml").write_text(text.replace('"kim_jong_un"', '"mine"'))
    dataset = load_dataset(small_folder)
    assert dataset.one_series("kim_jong_un").title == "My own Rule of Kim Jong Un"
    assert dataset.one_series("mine").title == "Rule of Kim Jong Un"
    assert dataset.one_series("sanctions").name == "sanctions"


def test_faulty_folder_is_refused_with_every_fault(write_folder: Callable[..., Path]) -> None:
    folder = write_folder(
        ["A,arrivals,2020-01-01,2020-12-31,exact,-1,1", "B,nobody,,2020-12-31,none,,"]
    )
    with pytest.raises(EvidenceError) as caught:
        load_dataset(folder)
    first, second, summary = str(caught.value).splitlines()
    assert first.startswith(f"{folder}/statements.csv: row 2: column 'low': '-1' is not a count")
    assert second.startswith(f"{folder}/statements.csv: row 3: unknown definition 'nobody'")
    assert summary == f"{folder}: 2 fault(s); correct the rows named above"


def test_unknown_dataset_is_suggested() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'arrivals'"):
        load_dataset("arrival")


def test_unknown_definition_is_suggested(shipped: Dataset) -> None:
    check_definitions(shipped, ["arrivals", "men"])
    with pytest.raises(UnknownNameError, match=r"unknown definition 'woman'.*Did you mean 'women'"):
        check_definitions(shipped, ["arrivals", "woman"])


# ---------------------------------------------------------------- digest


def test_digest_is_that_of_the_content_wherever_the_folder_is(
    shipped: Dataset, tmp_path: Path
) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(catalog.datasets()["arrivals"], copy)
    assert load_dataset(copy).digest == shipped.digest == load_dataset("arrivals").digest


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("statements.csv", "exact,6,6", "exact,7,7"),
        ("dataset.toml", "high_plus = 9", "high_plus = 8"),
        ("dataset.toml", "Three years", "Three whole years"),
    ],
)
def test_digest_sees_every_change(small_folder: Path, file: str, old: str, new: str) -> None:
    before = load_dataset(small_folder).digest
    path = small_folder / file
    path.write_text(path.read_text().replace(old, new))
    assert load_dataset(small_folder).digest != before


def test_digest_sees_the_series(small_folder: Path) -> None:
    before = load_dataset(small_folder).digest
    (small_folder / "series").mkdir()
    text = (catalog.series_folder() / "kim_jong_un.toml").read_text(encoding="utf-8")
    own = small_folder / "series" / "mine.toml"
    own.write_text(text.replace('"kim_jong_un"', '"mine"'))
    assert load_dataset(small_folder).digest != before
