"""The folder for a data desk: whole, the same every time, and never over another's files."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from matplotlib.figure import Figure as Drawing
from PIL import Image

from defectmodels import decompose
from defectmodels.cli import cli
from defectmodels.errors import ReportError
from defectmodels.estimands.tables import estimate_table
from defectmodels.inference.fit import Fit
from defectmodels.report import exports, page
from defectmodels.report.citation import citation_cff, citation_text, evidence_date
from defectmodels.report.drawing import INK, PAPER, panel
from defectmodels.report.exports import Files, check_folder, export_report, is_page
from defectmodels.report.figures import bars, ratio_rows
from defectmodels.report.page import Page, html, report_page, translation
from defectmodels.report.pieces import Figure, Link, Paragraph, Section, Table
from defectmodels.report.standalone import PIXELS, standalone
from defectmodels.report.timeplots import Band, Stated, Statements, TimePlot, over_time
from defectmodels.report.words import Estimate
from fabricate import fabricate
from test_report import rich_data, rich_model, with_checks

VALUES = [Estimate(2.0, 1.0, 4.25), Estimate(0.5, 0.125, 3.0)]


@pytest.fixture(scope="module")
def fit() -> Fit:
    return with_checks(fabricate(rich_model(), rich_data(), draws=60))


def dots(figure: Drawing) -> None:
    ratio_rows(figure, ["one", "two, & <three>"], VALUES, "Ratios", "ratio")


def tiny_page(verdict: str = "pass") -> Page:
    table = Table(
        "Numbers",
        ("what", "value", "source"),
        (
            ("a, b", "\N{MINUS SIGN}1.5", Link("example.org", "https://example.org/a")),
            ("", '"', ""),
        ),
    )
    one = panel("first-dots", "Two ratios: 2.0 and 0.5.", dots)
    two = panel("first", "The same again.", dots, 700, 200)
    figure = Figure((one, two), "Ratios of two.", table)
    pieces = (Paragraph("Words."), figure, table)
    return Page("A page", "under", (Section("first", "First", pieces),), None, verdict)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report of one section in place of the whole one."""
    made = lambda fit, lang, view: tiny_page(fit.checks.verdict)  # noqa: E731
    monkeypatch.setattr(exports, "report_page", made)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return found


def read(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode(), newline="")))


# --- a whole report ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(fit: Fit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_report(fit, tmp_path_factory.mktemp("desk") / "new" / "desk")


def test_every_figure_and_table_of_the_report_is_a_file(fit: Fit, whole: Path) -> None:
    made, found = report_page(fit), contents(whole)
    linked = replace(made, other=translation("ko", "report.ko.html"))
    assert found["report.html"].decode() == html(linked)
    panels = tables = 0
    for section in made.sections:
        for piece in section.pieces:
            if isinstance(piece, Figure):
                panels += len(piece.panels)
                tables += piece.data is not None
            tables += isinstance(piece, Table)
    for ending, number in ((".svg", panels), (".png", panels), ("-marks.csv", panels)):
        assert sum(name.endswith(ending) for name in found) == number > 20
    printed = [name for name in found if re.search(r"table(-\d+)?\.csv$", name)]
    assert len(printed) == tables > 20
    assert all(re.fullmatch(r"[a-z0-9/.-]+", name) for name in found)
    assert {"figures/verdict-figure-1-share.png", "figures/verdict-figure-1-table.csv"} <= set(
        found
    )
    # What leads within the page is its text.
    assert read(found["tables/barg-table-1.csv"])[1][3] == "Evidence"


def test_both_languages_say_what_each_would_alone(fit: Fit, whole: Path) -> None:
    """What was worked out for one language is said anew, not again, in the other."""
    alone = replace(report_page(fit, "ko"), other=translation("en", "report.html"))
    assert (whole / "report.ko.html").read_text(encoding="utf-8") == html(alone, "ko")
    assert manifest(whole)["pages"] == {"en": "report.html", "ko": "report.ko.html"}
    english, korean = (whole / name for name in ("citation.txt", "citation.ko.txt"))
    assert fit.made["model_digest"] in korean.read_text(encoding="utf-8")
    assert "인용" in korean.read_text(encoding="utf-8") and english.read_text().isascii()


def test_the_manifest_lists_every_file(fit: Fit, whole: Path) -> None:
    found, content = contents(whole), manifest(whole)
    listed = {one["name"]: one for one in content["files"]}
    assert set(listed) == set(found) - {"manifest.json"}
    for name, one in listed.items():
        assert one["bytes"] == len(found[name])
        assert one["sha256"] == hashlib.sha256(found[name]).hexdigest()
        assert one["caption"].strip()
    assert content["fit"] == fit.made and content["checks"] == "pass"
    assert content["left_out"] == []


def test_numbers_are_those_of_the_python_api(fit: Fit, whole: Path) -> None:
    for quantity in ("expected", "rate", "share", "effects", "change"):
        found = pd.read_csv(whole / "numbers" / f"{quantity}.csv")
        wanted = estimate_table(fit, quantity)
        assert list(found.columns) == list(wanted.columns)
        np.testing.assert_array_equal(found["median"], wanted["median"])
    draws = pd.read_csv(whole / "numbers/draws-2.csv")
    change = decompose(fit, "2021", "2022", of="elite").data
    for what in ("share", "count", "total"):
        for span in ("2021", "2022"):
            wanted = change[what].sel(span=span).transpose("chain", "draw").values.ravel()
            np.testing.assert_array_equal(draws[f"{what} {span}"], wanted)
    assert list(draws.columns[:2]) == ["chain", "draw"]


# --- figures as files -------------------------------------------------------------------------


def test_the_svg_stands_on_its_own() -> None:
    made = standalone(panel("k", 'Says "2 & <3>".', dots))
    text = made.svg.decode()
    assert text.startswith('<?xml version="1.0"') and "<!DOCTYPE" not in text
    root = ElementTree.fromstring(made.svg)
    space = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{space}title").text == 'Says "2 & <3>".'  # type: ignore[union-attr]
    assert "currentColor" not in text and "var(" not in text
    assert INK not in text and PAPER not in text and "#1b1d21" in text
    assert not re.findall(r'(?:href|src)="(?!#)', text) and "url(http" not in text
    assert "two, &amp; &lt;three&gt;</text>" in text and "DejaVu Sans" in text
    assert "<dc:date>" not in text


def test_the_png_is_sharp_and_has_no_date(tmp_path: Path) -> None:
    made = standalone(panel("k", "Two ratios \N{MINUS SIGN}", dots, 350, 200))
    with Image.open(io.BytesIO(made.png)) as image:
        assert image.size == (350 * PIXELS, 200 * PIXELS)
        assert set(image.info) == {"Description", "dpi"}
        assert image.info["Description"] == "Two ratios \N{MINUS SIGN}"
        corner = image.convert("RGBA").getpixel((1, 1))
        assert corner == (255, 255, 255, 255)
        assert len(set(image.convert("L").tobytes())) > 10


def test_a_sign_the_font_lacks_leaves_the_png_out_and_not_the_svg() -> None:
    def draw(figure: Drawing) -> None:
        ratio_rows(figure, ["간부"], VALUES[:1], "t", "x")

    made = standalone(panel("k", "alt", draw))
    assert made.png == b"" and "간부" in made.svg.decode()


def test_marks_are_what_was_drawn() -> None:
    """Medians and ends of intervals come back to the last digit, with the labels of their rows."""
    rows = standalone(panel("k", "alt", dots)).rows
    points = [row for row in rows if row[1] == "points"]
    assert [(float(row[4]), row[7]) for row in points] == [(2.0, "one"), (0.5, "two, & <three>")]
    ends = {(row[7], float(row[4])) for row in rows if row[1] == "segment"}
    assert ends >= {("one", 1.0), ("one", 4.25), ("two, & <three>", 0.125)}
    # The line at 1 is no number of the figure.
    assert not any(row[1] == "line" for row in rows)


def test_marks_of_bars_and_of_time() -> None:
    parts = [Estimate(1.5, 1.0, 2.0), Estimate(-0.25, -1.0, 0.5)]
    rows = standalone(panel("k", "", lambda f: bars(f, ["a", "whole"], parts, "t", "x"))).rows
    ends = [(row[7], float(row[4])) for row in rows if row[1] == "bar"]
    assert ends == [("a", 0.0), ("a", 1.5), ("whole", 0.0), ("whole", -0.25)]
    x = np.array([2020.5, 2021.5])
    plot = TimePlot(
        (Band("expected", x, VALUES),), (Statements("said", [Stated(2020, 2021, 3, 7)]),), "t", "y"
    )
    rows = standalone(panel("k", "", lambda f: over_time(f, plot))).rows
    named = [(float(row[4]), float(row[5])) for row in rows if row[2] == "expected"]
    assert named == [(2020.5, 2.0), (2021.5, 0.5)]
    assert {float(row[5]) for row in rows if float(row[4]) == 2020.5} >= {1.0, 2.0, 4.25, 3.0, 7.0}
    assert not any(row[6] for row in rows)


def test_a_plain_report_draws_once() -> None:
    drawn: list[Drawing] = []

    def draw(figure: Drawing) -> None:
        drawn.append(figure)
        dots(figure)

    made = panel("k", "alt", draw)
    assert len(drawn) == 1
    standalone(made)
    assert len(drawn) == 2 and drawn[0] is not drawn[1]


# --- tables -----------------------------------------------------------------------------------


def test_cells_are_as_printed_and_a_link_is_its_address(
    tiny: None, fit: Fit, tmp_path: Path
) -> None:
    found = contents(export_report(fit, tmp_path / "desk"))
    wanted = [
        ["what", "value", "source"],
        ["a, b", "\N{MINUS SIGN}1.5", "https://example.org/a"],
        ["", '"', ""],
    ]
    assert read(found["tables/first-table-1.csv"]) == wanted
    assert read(found["figures/first-figure-1-table.csv"]) == wanted
    # Of a panel with the section's own key its number says which.
    assert {"figures/first-figure-1-dots.svg", "figures/first-figure-1-2.svg"} <= set(found)


def test_two_files_of_one_name_are_a_fault() -> None:
    files = Files()
    files.add("a", "", "")
    with pytest.raises(ReportError, match="two files would be called a"):
        files.add("a", "", "")


# --- the folder -------------------------------------------------------------------------------


def test_the_same_fit_gives_the_same_bytes(tiny: None, fit: Fit, tmp_path: Path) -> None:
    first = contents(export_report(fit, tmp_path / "one"))
    assert first == contents(export_report(fit, tmp_path / "two"))
    assert first == contents(export_report(fit, tmp_path / "one"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


def test_an_earlier_folder_is_replaced_and_an_empty_one_filled(
    tiny: None, fit: Fit, tmp_path: Path
) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    export_report(fit, folder)
    link = tmp_path / "link"
    link.symlink_to(folder)
    export_report(with_checks(fit, "fail"), link)
    assert link.is_symlink() and manifest(folder)["checks"] == "fail"
    assert not (folder / "figures").exists()


def add_file(folder: Path) -> None:
    (folder / "figures" / "mine.txt").write_text("mine")


def change_file(folder: Path) -> None:
    (folder / "citation.txt").write_text("my name")


def drop_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def foreign_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"files": [], "made_by": "another"}')


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (add_file, "holds figures/mine.txt, added or changed"),
        (change_file, "holds citation.txt, added or changed"),
        (drop_manifest, "was not written by this command"),
        (foreign_manifest, "was not written by this command"),
    ],
)
def test_a_folder_with_anything_else_is_not_touched(
    tiny: None, fit: Fit, tmp_path: Path, spoil: Callable[[Path], None], said: str
) -> None:
    folder = export_report(fit, tmp_path / "desk")
    spoil(folder)
    before = contents(folder)
    with pytest.raises(ReportError, match=re.escape(said)):
        export_report(fit, folder)
    assert contents(folder) == before and list(tmp_path.iterdir()) == [folder]


def test_a_file_in_the_way(tmp_path: Path) -> None:
    path = tmp_path / "desk"
    path.write_text("a file")
    with pytest.raises(ReportError, match="a file of that name is in the way"):
        check_folder(path)


def test_a_failure_leaves_the_old_folder_whole(
    tiny: None, fit: Fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = export_report(fit, tmp_path / "desk")
    before = contents(folder)
    wrote = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if self.suffix == ".png":
            raise OSError(28, "No space left on device")
        return wrote(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ReportError, match="No space left on device"):
        export_report(fit, folder)
    assert contents(folder) == before and list(tmp_path.iterdir()) == [folder]


def test_an_interrupt_between_the_renames_brings_the_old_folder_back(
    tiny: None, fit: Fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = export_report(fit, tmp_path / "desk")
    before, renamed = contents(folder), Path.rename

    def interrupted(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise KeyboardInterrupt
        return renamed(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        export_report(fit, folder)
    assert contents(folder) == before and list(tmp_path.iterdir()) == [folder]


def test_a_section_that_fails_writes_nothing(
    fit: Fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(view: Any) -> Section:
        raise ValueError("no")

    monkeypatch.setattr(page.sections, "SECTIONS", (broken,))
    with pytest.raises(ReportError, match="section 'broken' could not be made"):
        export_report(fit, tmp_path / "desk")
    assert not list(tmp_path.iterdir())


def test_a_failed_fit_has_no_file_that_could_be_seen_without_the_warning(
    tiny: None, fit: Fit, tmp_path: Path
) -> None:
    folder = export_report(with_checks(fit, "fail"), tmp_path / "desk")
    assert set(contents(folder)) == {
        "report.html", "report.ko.html", "citation.cff", "citation.txt", "citation.ko.txt",
        "decisions.json", "decisions.schema.json", "manifest.json",
    }  # fmt: skip
    content = manifest(folder)
    assert content["checks"] == "fail" and "checks failed" in content["left_out"][0]
    assert "Checks: fail" in (folder / "citation.txt").read_text(encoding="utf-8")


# --- citation ---------------------------------------------------------------------------------


def test_the_citation_file_is_sound_whatever_the_titles_hold(fit: Fit) -> None:
    yaml = pytest.importorskip("yaml")
    title = 'A: "title" # with {signs}, \\ and 간부\nin two lines'
    header = fit.dataset.header.model_copy(update={"title": title, "citation": "From - it: here"})
    odd = with_checks(Fit(fit.spec, replace(fit.dataset, header=header), fit.tree))
    found = yaml.safe_load(citation_cff(odd))
    # What Citation File Format 1.2.0 needs of a file and of a reference.
    assert found["cff-version"] == "1.2.0" and found["message"] and found["type"] == "dataset"
    assert " ".join(title.split()) in found["title"]
    for one in (found, *found["references"]):
        assert one["authors"][0]["name"] and one["title"]
    values = {one["value"] for one in found["identifiers"]}
    assert values == {f"sha256:{fit.made[f'{what}_digest']}" for what in ("model", "dataset")}
    assert found["references"][0]["notes"] == "From - it: here"
    assert "From - it: here" in citation_text(odd)


def test_the_date_of_the_evidence(fit: Fit) -> None:
    told = [one.model_copy(update={"published": "2023-04"}) for one in fit.dataset.statements]
    dated = replace(fit.dataset, statements=tuple(told))
    assert evidence_date(Fit(fit.spec, dated, fit.tree)).endswith("the last published 2023-04")
    tree = fit.tree.copy()
    tree.attrs = {"made": json.dumps(fit.made | {"as_of": "2024-02-01"})}
    assert "as they stood on 2024-02-01" in evidence_date(Fit(fit.spec, dated, tree))
    assert fit.made["model_digest"] in citation_text(fit)


# --- the command ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "page"), [("a.html", True), ("a.HTM", True), ("a", False), ("deep/a", False)]
)
def test_a_name_says_whether_it_is_a_page_or_a_folder(name: str, page: bool) -> None:
    assert is_page(Path(name)) == page


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"ends in '.pdf'"):
        is_page(tmp_path / "a.pdf")
    (tmp_path / "v1.2").mkdir()
    assert not is_page(tmp_path / "v1.2")


def test_the_command_writes_a_folder(tiny: None, fit: Fit, tmp_path: Path) -> None:
    # Without the checks that were made up, which its file would keep.
    plain = Fit(fit.spec, fit.dataset, fit.tree)
    file, out = str(plain.save(tmp_path / "fit.nc")), str(tmp_path / "desk")
    ran = CliRunner().invoke(cli, ["report", file, "-o", out])
    assert ran.exit_code == 0 and ran.output.startswith(f"wrote {out}\n")
    assert (tmp_path / "desk" / "manifest.json").is_file()
    refused = CliRunner().invoke(cli, ["report", file, "-o", str(tmp_path / "a.pdf")])
    assert isinstance(refused.exception, ReportError)
