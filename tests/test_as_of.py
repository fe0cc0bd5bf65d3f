"""A dataset as of a date: sound in every month, refused where there is none, kept by a fit."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from defectmodels.cli import cli
from defectmodels.errors import EvidenceError
from defectmodels.evidence.as_of import known_by, read_day, validate_as_of
from defectmodels.evidence.dataset import Dataset, load_dataset
from defectmodels.evidence.validation import judge
from defectmodels.inference import sampling
from defectmodels.inference.fit import Fit, load_fit
from defectmodels.model.design import make_design
from defectmodels.model.spec import ModelSpec

TODAY = date.today()


# ---------------------------------------------------------------- the dataset


@pytest.mark.parametrize("as_of", ["2024-02", "2024-02-29", date(2024, 2, 29), " 2024-02 ",
                                   datetime(2024, 2, 29, 13)])  # fmt: skip
def test_a_date_may_be_written_in_several_ways(as_of: str | date, shipped: Dataset) -> None:
    found = load_dataset("arrivals", as_of=as_of)
    assert found.as_of == "2024-02-29" and "T2023-rest" in {r.id for r in found.statements}
    assert found.series == shipped.series and found.header == shipped.header


def test_a_year_is_its_last_day(shipped: Dataset) -> None:
    assert read_day("2024", shipped.statements) == date(2024, 12, 31)


@pytest.mark.parametrize("as_of", [None, ""])
def test_without_a_date_nothing_changes(as_of: str | None, shipped: Dataset) -> None:
    found = load_dataset("arrivals", as_of)
    assert found == shipped and found.as_of == "" and found.digest == shipped.digest


def test_as_of_today_is_the_dataset_of_today(shipped: Dataset) -> None:
    found = load_dataset("arrivals", TODAY)
    assert found.statements == shipped.statements and found.as_of == TODAY.isoformat()


def test_the_date_counts_in_the_digest(shipped: Dataset) -> None:
    days = ["2024-02-01", "2024-02-02", TODAY.isoformat()]
    digests = {known_by(shipped, day).digest for day in days} | {shipped.digest}
    assert len(digests) == 4


@pytest.mark.parametrize("year", range(2003, 2027))
def test_each_month_is_sound(shipped: Dataset, year: int) -> None:
    for month in range(1, 13):
        found = known_by(shipped, min(date(year, month, 1), TODAY))
        assert judge(found.header, [(0, row) for row in found.statements]) == []


@pytest.mark.parametrize("as_of", ["2003-12", "2012-02-01", "2016-09", "2024-02-01"])
def test_a_model_can_be_held_against_it(
    shipped: Dataset, escape_rates: ModelSpec, as_of: str
) -> None:
    found = known_by(shipped, as_of)
    selection = make_design(escape_rates, found).selection
    used = [row.statement.id for row in selection.rows]
    used += [one.id for row in selection.joint for one in row.readings[1:]]
    everything = [*used, *(item.statement.id for item in selection.unused)]
    assert sorted(everything) == sorted(row.id for row in found.statements)
    assert ("T2023-rest" in used) == (as_of == "2024-02-01")


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize("as_of", ["yesterday", "2024-13", "2023-02-29", "24-02-01", "2024Q1",
                                   "2024..2025", "0000"])  # fmt: skip
def test_what_is_no_date(as_of: str) -> None:
    with pytest.raises(EvidenceError) as raised:
        load_dataset("arrivals", as_of)
    first = f"as_of '{as_of}' is not a date; write it as 2024, 2024-02 or 2024-02-01; allowed: "
    assert str(raised.value) == f"{first}1994-07-28 to {TODAY}"


def test_the_future_and_the_time_before_anything_was_published() -> None:
    tomorrow = TODAY + timedelta(days=1)
    with pytest.raises(EvidenceError, match=rf"is in the future; allowed: .* to {TODAY}$"):
        load_dataset("arrivals", tomorrow)
    with pytest.raises(EvidenceError, match=r"'2999' ends on 2999-12-31, which is in the future"):
        load_dataset("arrivals", "2999")
    text = r"^as_of '1994-07-27': nothing was published by 1994-07-27; allowed: 1994-07-28 to "
    with pytest.raises(EvidenceError, match=text):
        load_dataset("arrivals", "1994-07-27")


def test_an_earlier_state_that_contradicts_itself_is_refused(
    write_folder: Callable[..., Path],
) -> None:
    """Of 2020 only a total was known by 2021, and it was smaller than the elites published then."""
    folder = write_folder(
        ["T2020v1,arrivals,2020-01-01,2020-12-31,exact,5,5,status=superseded",
         "T2020,arrivals,2020-01-01,2020-12-31,exact,100,100",
         "E2020,elites,2020-01-01,2020-12-31,exact,10,10"]
    )  # fmt: skip
    text = (folder / "statements.csv").read_text(encoding="utf-8")
    lines = text.replace("2023-01-15", "2021-01-15").splitlines()
    lines[2] = lines[2].replace("2021-01-15", "2023-01-15")
    (folder / "statements.csv").write_text("\n".join(lines), encoding="utf-8")
    assert load_dataset(folder, "2023-02").statements == load_dataset(folder).statements
    with pytest.raises(EvidenceError, match=r"'E2020' says 10, more than the 5 of 'T2020v1'") as r:
        load_dataset(folder, "2021-02")
    assert "1 fault(s) as of 2021-02-28; correct status, vintage or published" in str(r.value)
    problems = validate_as_of(folder, "2021-02")
    assert [(p.row, p.severity) for p in problems] == [(4, "error")]


def test_faults_of_the_folder_come_first(write_folder: Callable[..., Path]) -> None:
    folder = write_folder(["T2020,arrival,2020-01-01,2020-12-31,exact,100,100"])
    assert "unknown definition 'arrival'" in str(validate_as_of(folder, "2023-02")[0])


# ---------------------------------------------------------------- fits and the command line


def test_a_fit_says_as_of_when(small_fit: Fit) -> None:
    assert small_fit.made["as_of"] == small_fit.dataset.as_of == ""


def test_a_fit_file_keeps_the_date(country_fit: Fit, tmp_path: Path) -> None:
    made = country_fit.made
    for as_of in ("2024-02-01", ""):
        tree = country_fit.tree.copy()
        tree.attrs = country_fit.tree.attrs | {"made": json.dumps(made | {"as_of": as_of})}
        saved = Fit(country_fit.spec, country_fit.dataset, tree).save(tmp_path / "a.nc")
        again = load_fit(saved)
        assert again.made["as_of"] == again.dataset.as_of == as_of
        assert (again.dataset.digest == country_fit.dataset.digest) == (as_of == "")


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, args)


def test_show_as_of() -> None:
    found = json.loads(run("show", "arrivals", "--as-of", "2024-02-01", "--json").stdout)
    assert found["as of"] == "2024-02-01"
    assert found["other than today"] == {
        "T2023-rest": "current then, derived: T2023 196 less T2023Q1 34, T2023Q2 65, T2023Q3 40"
    }
    plain = json.loads(run("show", "arrivals", "--json").stdout)
    assert plain["as of"] == "today" and "other than today" not in plain
    changed = json.loads(run("show", "arrivals", "--as-of", "2012-02", "--json").stdout)
    assert changed["other than today"]["T2009v2012"] == "superseded today, current then"
    for name in ("escape_rates", "border_closure"):
        failed = run("show", name, "--as-of", "2024")
        assert isinstance(failed.exception, EvidenceError)
        assert str(failed.exception) == (
            f"'{name}' is no dataset, and only a dataset is shown as of a date"
        )


def test_validate_as_of() -> None:
    ran = run("validate", "arrivals", "--as-of", "2016-09", "--model", "escape_rates")
    assert (ran.exit_code, ran.stdout) == (0, "0 errors, 0 warnings\n")
    assert "nothing was published" in str(run("validate", "arrivals", "--as-of", "1990").exception)


def test_fit_as_of(tmp_path: Path, country_fit: Fit, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Dataset] = []

    def fake(spec: Any, data: Dataset, **settings: Any) -> Fit:
        asked.append(data)
        return country_fit

    monkeypatch.setattr(sampling, "fit", fake)
    start = ("fit", "escape_rates", "arrivals", "-o", str(tmp_path / "a.nc"))
    ran = run(*start, "--as-of", "2024-02")
    assert ran.exit_code == 0 and "escape_rates to arrivals as of 2024-02-29: " in ran.stderr
    assert run(*start, "--quiet").exit_code == 0
    assert [data.as_of for data in asked] == ["2024-02-29", ""]
    assert isinstance(run(*start, "--as-of", "soon").exception, EvidenceError)
    assert len(asked) == 2
