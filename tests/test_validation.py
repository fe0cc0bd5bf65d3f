"""Broken folders: each fault is found at its row, with what is allowed or what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from defectmodels.errors import EvidenceError, UnknownNameError
from defectmodels.evidence.dataset import Problem, load_dataset
from defectmodels.evidence.validation import validate
from defectmodels.model.design import fit_problems
from defectmodels.model.spec import ModelSpec

STATEMENTS, HEADER = "statements.csv", "dataset.toml"
# Rows of the small folder's statements.csv; the header is row 1.
T2021, E2020, E2021, P2022, ADDED = 3, 5, 6, 7, 8
WriteFolder = Callable[..., Path]
Change = Callable[[Path], None]

SERIES = """
name = "staff"
title = "Staff abroad"
unit = "persons"
description = "d"
role = "exposure"
until = 2021-06-30
step = [{ from = 2019-01-01, value = 100, status = "V" }]
"""


# ---------------------------------------------------------------- changes, one each


def edit(old: str, new: str, row: int | None = None, file: str = STATEMENTS) -> Change:
    """Put `new` in the place of `old` once, in one row if it is given."""

    def change(folder: Path) -> None:
        path = folder / file
        lines = path.read_text(encoding="utf-8").split("\n")
        places = [row - 1] if row else [i for i, line in enumerate(lines) if old in line][:1]
        assert places and old in lines[places[0]]
        lines[places[0]] = lines[places[0]].replace(old, new, 1)
        path.write_text("\n".join(lines), encoding="utf-8")

    return change


def header(old: str, new: str) -> Change:
    return edit(old, new, file=HEADER)


def again(row: int, old: str, new: str) -> Change:
    """Add a copy of a row with `new` in the place of every `old`."""

    def change(folder: Path) -> None:
        path = folder / STATEMENTS
        text = path.read_text(encoding="utf-8")
        line = text.split("\n")[row - 1]
        assert old in line
        path.write_text(text + line.replace(old, new) + "\n", encoding="utf-8")

    return change


def without_column(name: str) -> Change:
    def change(folder: Path) -> None:
        path = folder / STATEMENTS
        cells = [line.split(",") for line in path.read_text(encoding="utf-8").split()]
        place = cells[0].index(name)
        lines = [",".join(row[:place] + row[place + 1 :]) for row in cells]
        path.write_text("\n".join(lines), encoding="utf-8")

    return change


def bytes_of(file: str, content: bytes) -> Change:
    return lambda folder: (folder / file).write_bytes(content) and None


def gone(file: str) -> Change:
    return lambda folder: (folder / file).unlink()


def added(name: str, text: str) -> Change:
    def change(folder: Path) -> None:
        (folder / "series").mkdir(exist_ok=True)
        (folder / "series" / name).write_text(text, encoding="utf-8")

    return change


def compare(
    kind: str, against: str = "", low: str = "", high: str = "", reading: str = ""
) -> Change:
    """Make the count of 2021 a comparison."""
    return edit("exact,6,6,,,", f"{kind},{low},{high},{reading},{against},", E2021)


def both(*changes: Change) -> Change:
    def change(folder: Path) -> None:
        for each in changes:
            each(folder)

    return change


Y2020, Y2021, PART = "2020-01-01/2020-12-31", "2021-01-01/2021-12-31", "2020-02-01/2020-12-31"
NOBODY = edit("reading,10,10,about", "exact,0,0,", E2020)
"""Publishes the elites of 2020 as nobody."""

Case = tuple[Change, str, int | None, tuple[str, ...]]
CASES: dict[str, Case] = {
    # ------------------------------------------------------------ what a row says
    "impossible date": (
        edit("2021-12-31", "2019-02-30", E2021),
        STATEMENTS, E2021,
        ("column 'end'", "'2019-02-30' is not a day of the calendar", "write it as 2019-12-31"),
    ),
    "negative count": (
        edit("6,6", "-6,6", E2021),
        STATEMENTS, E2021,
        ("column 'low'", "'-6' is not a count", "write a whole number of 0 or more"),
    ),
    "fractional count": (
        edit("6,6", "6,6.5", E2021),
        STATEMENTS, E2021,
        ("column 'high'", "'6.5' is not a count", "write a whole number of 0 or more"),
    ),
    "no count": (
        edit("6,6", "6,", E2021), STATEMENTS, E2021, ("column 'high'", "missing; add it")
    ),
    "count that the kind has no use for": (
        edit("exact,6,6", "at_least,6,6", E2021),
        STATEMENTS, E2021,
        ("unknown key 'high'", "Known: ", "low"),
    ),
    "unknown kind": (
        edit("exact", "exakt", E2021),
        STATEMENTS, E2021,
        ("unknown kind 'exakt'. Known: at_least, ", "Did you mean 'exact'?"),
    ),
    "unknown status": (
        edit("current", "curent", E2021),
        STATEMENTS, E2021,
        ("column 'status'", "'curent' is not allowed; allowed: 'current', 'superseded'"),
    ),
    "partial date that is not one": (
        edit("2023-01-15", "2023Q1", E2021),
        STATEMENTS, E2021,
        ("column 'published'", "'2023Q1' is not a date; write 2024, 2024-02 or 2024-02-04"),
    ),
    "exact count with two ends": (
        edit("6,6", "6,7", E2021),
        STATEMENTS, E2021,
        ("is exact but says 6 to 7", "make low and high the same, or kind range"),
    ),
    "range upside down": (
        edit("exact,6,6", "range,9,6", E2021),
        STATEMENTS, E2021,
        ("low 9 exceeds high 6; give them in order",),
    ),
    "rounded number without its number": (
        edit("10,10", ",", E2020),
        STATEMENTS, E2020,
        ("reading 'about' needs a number", "write the number said in low and high"),
    ),
    "reading that allows nothing": (
        header("high_plus = 0", "high_plus = -5"),
        STATEMENTS, E2020,
        ("reading 'about' of 10 allows no whole number", "use another reading, or kind range"),
    ),
    "unknown grade": (
        edit("current,", "current,sure", E2021),
        STATEMENTS, E2021,
        ("column 'grade'", "'sure' is not allowed; allowed: '', 'high', 'medium' or 'low'"),
    ),
    # ------------------------------------------------------------ comparisons
    "comparison with a span that is none": (
        compare("order", "2020"),
        STATEMENTS, E2021,
        ("column 'against'", "'2020' is not a span compared with",
         "write it as 2018-01-01/2022-12-31, or as definition:2018-01-01/2022-12-31"),
    ),
    "comparison with an impossible day": (
        compare("order", "2020-01-01/2020-02-30"),
        STATEMENTS, E2021,
        ("column 'against'", "'2020-02-30' is not a day of the calendar"),
    ),
    "comparison with nothing": (
        compare("equality"),
        STATEMENTS, E2021,
        ("equality without the span compared with", "write it in column 'against' as "
         "2018-01-01/2022-12-31, or make it kind none"),
    ),
    "comparison with the future": (
        compare("order", "2998-01-01/2999-12-31"),
        STATEMENTS, E2021,
        ("order against '2998-01-01/2999-12-31' compares with days in the future",
         "correct the span"),
    ),
    "rank without a whole year": (
        compare("rank", PART),
        STATEMENTS, E2021,
        (f"rank against '{PART}' compares with nothing", "no whole calendar year lies in",
         "name a longer span, or use kind order"),
    ),
    "rank in the row's own year": (
        compare("rank", Y2021), STATEMENTS, E2021, ("compares with nothing",)
    ),
    "order with itself": (
        compare("order", "2020-01-01/2021-01-01"),
        STATEMENTS, E2021,
        ("order against '2020-01-01/2021-01-01' shares days with the row itself",
         "compare it with other days or with another definition"),
    ),
    "equality with itself": (
        compare("equality", Y2021), STATEMENTS, E2021, ("shares days with the row itself",)
    ),
    "ratio to itself": (
        compare("ratio", f"elites:{Y2021}", "1.5"),
        STATEMENTS, E2021,
        ("shares days with the row itself",),
    ),
    "comparison with an unknown definition": (
        compare("order", f"pres:{Y2020}"),
        STATEMENTS, E2021,
        ("compares with the unknown definition 'pres'. Known: arrivals, ",
         "Did you mean 'press'?"),
    ),
    "unknown word of a rank": (
        compare("rank", Y2020, reading="moar"),
        STATEMENTS, E2021,
        ("column 'reading'", "'moar' is not allowed; allowed: '', 'most', 'fewest', 'more' or"),
    ),
    "unknown word of an order": (
        compare("order", Y2020, reading="most"),
        STATEMENTS, E2021,
        ("column 'reading'", "'most' is not allowed; allowed: '', 'more' or 'fewer'"),
    ),
    "unknown reading of an equality": (
        compare("equality", Y2020, reading="abuot"),
        STATEMENTS, E2021,
        ("unknown reading 'abuot'. Known: about, several.", "Did you mean 'about'?"),
    ),
    "reading of an equality that says no number": (
        compare("equality", Y2020, reading="several"),
        STATEMENTS, E2021,
        ("reading 'several' says nothing of how near it is",
         "leave it empty, or name one that rounds a number"),
    ),
    "ratio without bounds": (
        compare("ratio", Y2020),
        STATEMENTS, E2021,
        ("ratio without a bound", "write the lower bound in low, the higher in high, or one"),
    ),
    "ratio upside down": (
        compare("ratio", Y2020, "2", "1.5"),
        STATEMENTS, E2021,
        ("low 2.0 exceeds high 1.5; give them in order",),
    ),
    "ratio of at most 0": (
        compare("ratio", Y2020, high="0"),
        STATEMENTS, E2021,
        ("ratio of None to 0.0", "low has to be 0 or more and high more than 0; correct them"),
    ),
    "negative ratio": (
        compare("ratio", Y2020, "-1", "2"), STATEMENTS, E2021, ("ratio of -1.0 to 2.0",)
    ),
    "ratio to nobody": (
        both(NOBODY, compare("ratio", Y2020, "2")),
        STATEMENTS, E2021,
        ("is a ratio with denominator 0: 'E2020' (row 5) counts nobody in 2020",
         "compare with another span, or use kind order"),
    ),
    "rank below nobody": (
        both(NOBODY, compare("rank", Y2020, reading="fewer")),
        STATEMENTS, E2021,
        ("says that fewer came than nobody: 'E2020' (row 5) counts nobody in 2020",
         "correct one of the rows"),
    ),
    "order below nobody": (
        both(NOBODY, compare("order", Y2020, reading="fewer")),
        STATEMENTS, E2021,
        ("says that fewer came than nobody",),
    ),
    # ------------------------------------------------------------ days
    "end before start": (
        edit("2021-01-01,2021-12-31", "2021-12-31,2021-01-01", E2021),
        STATEMENTS, E2021,
        ("ends on 2021-01-01, before it starts on 2021-12-31; give the days in order",),
    ),
    "published before it happened": (
        edit("2023-01-15", "2021-12-31", P2022),
        STATEMENTS, P2022,
        ("was published in 2021-12-31, before the span 2022-01-01..2022-12-31",
         "correct one of the dates"),
    ),
    "published before it happened, in the same year": (
        edit("2021-01-01,2021-12-31,exact,6,6,,,,E2021,current,,,,2023-01-15",
             "2021-07-01,2021-12-31,exact,6,6,,,,E2021,current,,,,2021-06", E2021),
        STATEMENTS, E2021,
        ("was published in 2021-06, before the span 2021-07-01..2021-12-31",),
    ),
    "in the future": (
        edit("2022-12-31", "2999-12-31", P2022),
        STATEMENTS, P2022,
        ("ends on 2999-12-31, which is in the future; correct the date",),
    ),
    # ------------------------------------------------------------ names
    "unknown group": (
        header('groups = ["elite"]', 'groups = ["elit"]'),
        HEADER, None,
        ("definition 'elites': unknown group 'elit'. Known: commoner, elite.",
         "Did you mean 'elite'?"),
    ),
    "definition without groups": (
        header("countable = false", ""),
        HEADER, None,
        ("definition 'payments' counts no groups", "give groups = [...], or countable = false"),
    ),
    "definition declared twice": (
        header('name = "payments"', 'name = "press"'),
        HEADER, None,
        ("definition 'press' stands twice; keep one or give it another name",),
    ),
    "unknown definition": (
        edit("E2021,elites", "E2021,elits", E2021),
        STATEMENTS, E2021,
        ("unknown definition 'elits'. Known: arrivals, ", "Did you mean 'elites'?"),
    ),
    "unknown reading": (
        edit("about", "abuot", E2020),
        STATEMENTS, E2020,
        ("unknown reading 'abuot'. Known: about, several.", "Did you mean 'about'?"),
    ),
    "duplicate id": (
        edit("E2021", "E2020", E2021),
        STATEMENTS, E2021,
        ("id 'E2020' stands already in row 5; give each row its own",),
    ),
    "duplicate row": (
        again(E2020, "E2020,elites", "E2020b,elites"),
        STATEMENTS, ADDED,
        ("says the same as row 5; keep one of the two",),
    ),
    # ------------------------------------------------------------ sums
    "overlapping exact rows": (
        again(T2021, "T2021", "T2021b"),
        STATEMENTS, ADDED,
        ("'T2021b' and 'T2021' (row 3) both count 'arrivals' on days they share",
         "mark one superseded, whole or detail"),
    ),
    "part that exceeds its whole": (
        edit("6,6", "81,81", E2021),
        STATEMENTS, E2021,
        ("'E2021' says 81, more than the 80 of 'T2021' (row 3) that contains it",
         "a part cannot exceed its whole: correct one of the rows"),
    ),
    "inexact part that exceeds its whole": (
        edit("exact,6,6", "at_least,90,", E2021),
        STATEMENTS, E2021,
        ("'E2021' says at least 90, more than the 80 of 'T2021' (row 3)",),
    ),
    # ------------------------------------------------------------ the file
    "another encoding": (
        bytes_of(STATEMENTS, "id,definition\né".encode("latin-1")),
        STATEMENTS, None,
        ("byte 14 is not UTF-8; save the file in the UTF-8 encoding",),
    ),
    "empty file": (
        bytes_of(STATEMENTS, b""),
        STATEMENTS, 1,
        ("the file is empty; start it with the header line id,definition,start,end,kind",),
    ),
    "missing file": (gone(STATEMENTS), STATEMENTS, None, ("cannot be read", "check the path")),
    "missing column": (
        without_column("definition"),
        STATEMENTS, 1,
        ("column 'definition' is missing; add it to the header line (allowed: id, definition,",),
    ),
    "unknown column": (
        edit("note", "notes", 1),
        STATEMENTS, 1,
        ("unknown column 'notes'. Known: ", "Did you mean 'note'?"),
    ),
    "column that stands twice": (
        edit("note", "words", 1), STATEMENTS, 1, ("column 'words' stands twice; keep one",)
    ),
    "ragged row": (
        edit("Ministry", "Ministry, of Unification", E2021),
        STATEMENTS, E2021,
        ("the row does not have 19 cells; quote cells that hold commas",),
    ),
    "open quote": (
        edit("Ministry", '"Ministry', P2022),
        STATEMENTS, P2022,
        ("is not CSV: ", "correct that line"),
    ),
    "broken header file": (
        header("name = ", "name "), HEADER, None, ("is not TOML: ", "line 2", "correct that line")
    ),
    "unknown key in the header file": (
        header("title", "titel"), HEADER, None, ("unknown key 'titel'", "Did you mean 'title'?")
    ),
    "missing header file": (gone(HEADER), HEADER, None, ("cannot be read", "check the path")),
    # ------------------------------------------------------------ the folder's own series
    "impossible series": (
        added("staff.toml", SERIES.replace("value = 100", 'value = "many"')),
        "series/staff.toml", None,
        ("step[0].value: Input should be a valid number",),
    ),
    "series under another name": (
        added("people.toml", SERIES),
        "series/people.toml", None,
        ("name: 'staff' differs from the file's name; make them the same",),
    ),
}  # fmt: skip


def errors(folder: Path) -> list[Problem]:
    return [problem for problem in validate(folder) if problem.severity == "error"]


def told(problem: Problem, case: Case) -> bool:
    _, file, row, texts = case
    return (problem.file, problem.row) == (file, row) and all(t in problem.text for t in texts)


# ---------------------------------------------------------------- tests


def test_sound_folder_has_no_fault(small_folder: Path) -> None:
    assert validate(small_folder) == []


@pytest.mark.parametrize("name", CASES)
def test_one_fault_is_told_once_at_its_place_with_what_to_do(small_folder: Path, name: str) -> None:
    CASES[name][0](small_folder)
    (problem,) = errors(small_folder)
    assert told(problem, CASES[name]), str(problem)
    with pytest.raises(EvidenceError):
        load_dataset(small_folder)


def test_parts_together_exceed_their_whole(write_folder: WriteFolder) -> None:
    folder = write_folder(
        [
            "T2021,arrivals,2021-01-01,2021-12-31,exact,80,80",
            "C2021H1,commoners,2021-01-01,2021-06-30,exact,50,50",
            "C2021H2,commoners,2021-07-01,2021-12-31,exact,31,31",
        ]
    )
    assert [str(problem) for problem in errors(folder)] == [
        "statements.csv: row 2: the exact parts of 'T2021' counted as 'commoners' add to 81, "
        "more than its 80; a part cannot exceed its whole: correct one of the rows"
    ]


def test_several_faults_are_reported_in_one_run(small_folder: Path) -> None:
    chosen = ["unknown group", "unknown reading", "negative count", "in the future",
              "impossible series", "series under another name"]  # fmt: skip
    for name in chosen:
        CASES[name][0](small_folder)
    found = errors(small_folder)
    for name in chosen:
        assert any(told(problem, CASES[name]) for problem in found), name
    assert len(found) == len(chosen)
    places = [(problem.file, problem.row or 0) for problem in found]
    assert places == sorted(places)
    with pytest.raises(EvidenceError) as caught:
        load_dataset(small_folder)
    assert [f"{small_folder}/{problem}" for problem in found] == str(caught.value).split("\n")[:-1]


def test_missing_provenance_is_a_warning_and_the_folder_loads(small_folder: Path) -> None:
    edit("2023-01-15,Ministry", ",", E2021)(small_folder)
    (problem,) = validate(small_folder)
    assert (problem.row, problem.severity) == (E2021, "warning")
    assert problem.text == (
        "current row 'E2021' names no publisher, no published (nor vintage); "
        "say who published it, where and when"
    )
    assert len(load_dataset(small_folder).statements) == 6


SOUND = {
    "rank": compare("rank", "2018-01-01/2022-12-31"),
    "rank about the row's own year": compare("rank", "2020-01-01/2022-12-31", reading="fewer"),
    "order": compare("order", PART),
    "equality": compare("equality", Y2020, reading="about"),
    "equality with nobody": both(NOBODY, compare("equality", Y2020)),
    "ratio": compare("ratio", Y2020, "0.5", "2"),
    "ratio to another definition": compare("ratio", f"arrivals:{Y2021}", "0.07", "0.07"),
}


@pytest.mark.parametrize("name", SOUND)
def test_sound_comparisons_have_no_fault(small_folder: Path, name: str) -> None:
    SOUND[name](small_folder)
    assert validate(small_folder) == []
    assert len(load_dataset(small_folder).statements) == 6


HELD = ["comparison with nothing", "comparison with the future", "rank without a whole year",
        "order with itself", "reading of an equality that says no number", "ratio without bounds",
        "ratio of at most 0", "ratio to nobody", "rank below nobody"]  # fmt: skip


@pytest.mark.parametrize("name", HELD)
@pytest.mark.parametrize("status", ["variant", "conflicting"])
def test_other_rows_that_enter_a_fit_are_held_to_the_same(
    small_folder: Path, name: str, status: str
) -> None:
    CASES[name][0](small_folder)
    edit("current", status, E2021)(small_folder)
    (problem,) = errors(small_folder)
    assert told(problem, CASES[name]), str(problem)


@pytest.mark.parametrize("name", HELD)
@pytest.mark.parametrize("status", ["copy", "context", "superseded"])
def test_comparisons_outside_every_fit_need_only_the_format(
    small_folder: Path, name: str, status: str
) -> None:
    CASES[name][0](small_folder)
    edit("current", status, E2021)(small_folder)
    assert validate(small_folder) == []


@pytest.mark.parametrize("name", ["comparison with a span that is none",
                                  "comparison with an unknown definition"])  # fmt: skip
def test_a_copy_has_to_be_written_properly(small_folder: Path, name: str) -> None:
    CASES[name][0](small_folder)
    edit("current", "copy", E2021)(small_folder)
    (problem,) = errors(small_folder)
    assert told(problem, CASES[name]), str(problem)


@pytest.mark.parametrize("reading", ["", "more", "fewest"])
def test_a_rank_against_nobody_is_a_warning(small_folder: Path, reading: str) -> None:
    both(NOBODY, compare("rank", Y2020, reading=reading))(small_folder)
    (problem,) = validate(small_folder)
    assert (problem.row, problem.severity) == (E2021, "warning")
    assert problem.text == (
        "is a rank against 0: 'E2020' (row 5) counts nobody in 2020; "
        "check both rows, or leave that year out of the span"
    )


@pytest.mark.parametrize("status", ["current", "variant", "conflicting", "copy", "whole"])
def test_any_row_may_have_a_grade(small_folder: Path, status: str) -> None:
    edit("current,", f"{status},low", E2021)(small_folder)
    assert validate(small_folder) == []
    grades = {row.id: row.grade for row in load_dataset(small_folder).statements}
    assert grades["E2021"] == "low" and grades["T2020"] == ""


@pytest.mark.parametrize("status", ["superseded", "whole", "detail"])
def test_rows_that_are_not_current_may_overlap(small_folder: Path, status: str) -> None:
    again(T2021, "T2021,", "T2021b,")(small_folder)
    edit("current", status, ADDED)(small_folder)
    assert validate(small_folder) == []


@pytest.mark.parametrize("order", [1, -1])
def test_one_shared_day_is_an_overlap(write_folder: WriteFolder, order: int) -> None:
    rows = [
        "A,arrivals,2021-01-01,2021-06-30,exact,50,50",
        "B,arrivals,2021-06-30,2021-12-31,exact,50,50",
    ]
    (problem,) = errors(write_folder(rows[::order]))
    assert problem.row == 3 and "current exact rows must not overlap" in problem.text


def test_rows_that_touch_do_not_overlap(small_folder: Path) -> None:
    edit("2021-12-31", "2021-06-30", T2021)(small_folder)
    again(T2021, "T2021,arrivals,2021-01-01,2021-06-30", "H,arrivals,2021-07-01,2021-12-31")(
        small_folder
    )
    assert validate(small_folder) == []


def test_problem_is_one_line_with_its_place() -> None:
    assert str(Problem("statements.csv", 3, "is wrong")) == "statements.csv: row 3: is wrong"
    assert str(Problem("dataset.toml", None, "is wrong")) == "dataset.toml: is wrong"


def test_unknown_folder_is_suggested() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'arrivals'"):
        validate("arival")


def test_shipped_dataset_has_no_fault_and_no_warning() -> None:
    assert [str(problem) for problem in validate("arrivals")] == []


# ---------------------------------------------------------------- a model on the folder

SPEC = {
    "name": "m", "title": "t", "description": "d", "groups": ["elite"],
    "axis": {"start": "2020", "end": "2022", "every": "quarter"},
    "baseline": {"elite": {"rate": {"dist": "lognormal", "median": 1, "factor": 3, "why": "w"}}},
}  # fmt: skip


def test_gap_of_a_series_inside_the_fitted_span(small_folder: Path) -> None:
    added("staff.toml", SERIES)(small_folder)
    assert validate(small_folder) == []
    spec = ModelSpec.model_validate(SPEC | {"exposure": {"elite": "staff"}})
    (problem,) = fit_problems(spec, load_dataset(small_folder))
    assert (problem.file, problem.severity) == ("series/staff.toml", "error")
    assert "no level on 2021-07-01, inside the fitted span 2020-01-01..2022-12-31" in problem.text
    assert "add a step that covers it or fit a shorter span" in problem.text


def test_unknown_series_of_a_model_is_suggested(small_folder: Path) -> None:
    added("staff.toml", SERIES)(small_folder)
    spec = ModelSpec.model_validate(SPEC | {"exposure": {"elite": "staf"}})
    (problem,) = fit_problems(spec, load_dataset(small_folder))
    assert problem.file == "series/staf.toml"
    assert "unknown series 'staf'" in problem.text
    assert problem.text.endswith("Did you mean 'staff'?")


def test_series_that_covers_the_span_is_no_problem(small_folder: Path) -> None:
    added("staff.toml", SERIES.replace("2021-06-30", "2022-12-31"))(small_folder)
    spec = ModelSpec.model_validate(SPEC | {"exposure": {"elite": "staff"}})
    assert fit_problems(spec, load_dataset(small_folder)) == []
