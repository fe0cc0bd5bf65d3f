"""A study in one file, and its place in a report."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from defectmodels.errors import FitError, ReportError
from defectmodels.inference.core import core_digest
from defectmodels.inference.fit import Fit
from defectmodels.report import sections
from defectmodels.report.page import html, report_page
from defectmodels.report.pieces import Paragraph, Section
from defectmodels.report.sections import seen
from defectmodels.report.studied import about
from defectmodels.report.view import View
from defectmodels.studies.saved import Saved, load, save
from defectmodels.wording import speaking


def study(fit: Fit | None = None, **changed: Any) -> Saved:
    made = {"model": "m", "model_digest": "a" * 64, "dataset": "d", "dataset_digest": "b" * 64}
    made |= {"as_of": None, "settings": {"draws": 10}, "random_seed": 3, "core": core_digest()}
    if fit is not None:
        made = made | {
            k: fit.made[k] for k in ("model", "model_digest", "dataset", "dataset_digest")
        }
        made["as_of"] = fit.made["as_of"]
    table = pd.DataFrame(
        {
            "name": ["é, <b>", None],
            "n": [1, 2**53 + 1],
            "value": [0.1 + 0.2, np.nan],
            "far": [np.inf, -np.inf],
            "so": [True, False],
        }
    )
    return Saved("sbc", made | changed, {"t": table, "none": table[:0]}, {"a": [1, None, "x"]})


def test_a_study_reads_back_to_the_last_bit(tmp_path: Path) -> None:
    one = study()
    found = load(one.save(tmp_path / "a" / "s.json"))
    assert found == one
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(found.tables[name], table, check_exact=True)
    again = found.save(tmp_path / "again.json")
    assert again.read_bytes() == (tmp_path / "a" / "s.json").read_bytes()
    # What JSON does not know would not be read by others.
    json.loads(again.read_text(), parse_constant=lambda text: pytest.fail(text))


def test_the_core_is_added_where_it_is_not_given(tmp_path: Path) -> None:
    one = study()
    del one.made["core"]
    assert load(one.save(tmp_path / "s.json")).made["core"] == core_digest()


def test_what_is_no_study_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    with pytest.raises(FitError, match=r"s\.json.*defectmodels study"):
        load(path)
    for content in (b"{", b"[]", b"3", b'{"format": "other"}', pickle.dumps({"format": 1})):
        path.write_bytes(content)
        with pytest.raises(FitError, match=r"s\.json"):
            load(path)
    content = json.loads(study().save(path).read_text())
    for key in ("kind", "made", "tables", "facts"):
        path.write_text(json.dumps({k: v for k, v in content.items() if k != key}))
        with pytest.raises(FitError, match=rf"s\.json: is damaged \(KeyError: '{key}'\)"):
            load(path)
    with pytest.raises(FitError, match=r"ends in \.json"):
        study().save(tmp_path / "s.pkl")
    save(study(), path)
    with pytest.raises(FitError, match="kind 'sbc'; give one of 'flip'"):
        load(path, "flip")


def test_what_has_moved_is_named() -> None:
    one = study()
    assert one.moved(one.made) == ()
    assert one.moved(one.made | {"model_digest": "c"}) == ("model",)
    assert one.moved(one.made | {"dataset_digest": "c", "as_of": "2020-01-01"}) == (
        "dataset",
        "date",
    )
    assert study(core="other").moved(one.made) == ("code",)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A section that says what any study says."""
    monkeypatch.setitem(
        sections.STUDIES, "sbc", lambda view, one: Section("sbc", "Study", about(view, one))
    )


@pytest.mark.usefixtures("shown")
def test_a_report_shows_the_studies_that_it_is_given(
    country_fit: Fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = (sections.unused, sections.audit, sections.provenance)
    assert set(few) < set(sections.SECTIONS)
    monkeypatch.setattr(sections, "SECTIONS", few)
    plain = report_page(country_fit)
    path = study(country_fit).save(tmp_path / "s.json")
    page = report_page(country_fit, view=seen(country_fit, [path]))
    keys = [one.key for one in page.sections]
    assert keys == ["unused", "audit", "sbc", "provenance"]
    assert [one for one in page.sections if one.key != "sbc"] == list(plain.sections)
    assert 'id="sbc"' in html(page)


@pytest.mark.usefixtures("shown")
def test_a_stale_study_says_so_first(country_fit: Fit) -> None:
    fresh = study(country_fit)
    (note,) = about(View(country_fit), fresh)
    assert note.role == "note" and "draws 10, seed 3" in note.text
    old = study(country_fit, model_digest="c" * 64, core="other")
    for lang, words in (("en", ("the model", "the code")), ("ko", ("모형", "코드"))):
        with speaking(lang):
            warning, note = about(View(country_fit), old)
        assert warning.role == "warning" and all(one in warning.text for one in words)


@pytest.mark.usefixtures("shown")
def test_a_study_of_something_else_is_refused(country_fit: Fit) -> None:
    own = study(country_fit)
    with pytest.raises(ReportError, match="is of model 'm'"):
        seen(country_fit, [study()])
    with pytest.raises(ReportError, match=r"kind 'x'; known: .*sbc"):
        seen(country_fit, [replace(own, kind="x")])
    with pytest.raises(ReportError, match="two studies of kind 'sbc'"):
        seen(country_fit, [own, own])
    assert seen(country_fit) == View(country_fit)


def test_the_paragraphs_are_text(country_fit: Fit) -> None:
    assert all(isinstance(one, Paragraph) for one in about(View(country_fit), study(country_fit)))
