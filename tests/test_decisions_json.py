"""Decisions as a file: it fits its schema, and a fit that fails its checks has no number in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from defectmodels.estimands.checks import Check, Checks
from defectmodels.estimands.decision import ANSWERED
from defectmodels.evidence.claims import load_claims
from defectmodels.inference.fit import Fit
from defectmodels.report import decisions
from defectmodels.report.decisions import Decisions, decisions_json, schema_json
from defectmodels.report.exports import export_report
from defectmodels.report.view import View
from defectmodels.wording import LANGUAGES, speaking
from fabricate import fabricate
from test_scenario_report import world

OWN = """
name = "own"
title = "My own claims"
source = "a letter"
[[claim]]
id = "C1"
kind = "change"
text = "The elite share rose"
what = "share"
before = "2019"
after = "2022"
says = "up"
[[claim]]
id = "C2"
kind = "number"
text = "Five came"
definition = "elite"
span = "2020"
low = 5
high = 5
[[claim]]
id = "C3"
kind = "outside"
text = "It was the weather"
reason = "nobody measured it"
"""
NUMBERS = ("probability", "estimate", "region", "confidence")


def checked(verdict: str) -> View:
    made = fabricate(*world(), draws=100)
    copy = Fit(made.spec, made.dataset, made.tree)
    one = Check("chains agree", verdict, "made up")  # type: ignore[arg-type]
    copy.__dict__["checks"] = Checks((one,), None, None)  # type: ignore[arg-type]
    return View(copy)


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The claims of one's own in the place of the shipped ones."""
    path = tmp_path / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    found = load_claims(path)
    monkeypatch.setattr("defectmodels.report.view.catalog.claims", lambda: {"own": path})
    monkeypatch.setattr("defectmodels.report.view.load_claims", lambda name: found)


# --- JSON Schema, as far as the file's schema uses it -------------------------------------------

TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "number": (int, float), "integer": int,
    "null": type(None),
}  # fmt: skip
READ = {
    "$schema", "$id", "$defs", "$ref", "title", "description", "default", "type", "properties",
    "required", "additionalProperties", "items", "enum", "const", "anyOf", "if", "then", "else",
}  # fmt: skip


def faults(value: Any, schema: dict[str, Any], whole: dict[str, Any], at: str = "$") -> list[str]:
    """Where a value does not fit a schema; a keyword that is not read here is an error."""
    assert set(schema) <= READ, set(schema) - READ
    if "$ref" in schema:
        return faults(value, whole["$defs"][schema["$ref"].rpartition("/")[2]], whole, at)
    found: list[str] = []
    if "type" in schema and not isinstance(value, TYPES[schema["type"]]):
        found.append(f"{at} is no {schema['type']}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at} is none of {schema['enum']}")
    if "const" in schema and value != schema["const"]:
        found.append(f"{at} is not {schema['const']}")
    if "anyOf" in schema and all(faults(value, one, whole, at) for one in schema["anyOf"]):
        found.append(f"{at} fits none of several")
    if "if" in schema:
        branch = "else" if faults(value, schema["if"], whole, at) else "then"
        found += faults(value, schema.get(branch, {}), whole, at)
    if isinstance(value, dict):
        own = schema.get("properties", {})
        found += [f"{at} lacks {key}" for key in schema.get("required", ()) if key not in value]
        if schema.get("additionalProperties") is False:
            found += [f"{at} has {key}" for key in value if key not in own]
        for key in own.keys() & value.keys():
            found += faults(value[key], own[key], whole, f"{at}.{key}")
    if isinstance(value, list) and "items" in schema:
        for place, item in enumerate(value):
            found += faults(item, schema["items"], whole, f"{at}[{place}]")
    return found


@pytest.mark.parametrize("verdict", ["pass", "warn", "fail"])
def test_the_file_fits_its_schema(verdict: str) -> None:
    content, schema = json.loads(decisions_json(checked(verdict))), json.loads(schema_json())
    assert faults(content, schema, schema) == []
    assert content["checks"] == verdict and content["version"] == 1
    assert schema["$id"].endswith(":1") and schema["title"] and schema["description"]
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    # It is what the models read, too.
    again = Decisions.model_validate(content)
    assert json.loads(again.model_dump_json(by_alias=True)) == content


def test_a_file_that_does_not_fit_is_seen() -> None:
    content, schema = json.loads(decisions_json(checked("pass"))), json.loads(schema_json())

    def wrong(change: Any) -> list[str]:
        copy = json.loads(json.dumps(content))
        change(copy["claims"][0]["decisions"])
        return faults(copy, schema, schema)

    assert not wrong(lambda found: None)
    assert wrong(lambda found: found[0].update(verdict="true"))
    assert wrong(lambda found: found[0].update(verdict="withheld"))  # and still its numbers
    assert wrong(lambda found: found[2].update(verdict="supported"))  # and none
    assert wrong(lambda found: found[0].update(extra=1))
    assert wrong(lambda found: found[0].pop("estimate"))
    assert wrong(lambda found: found[0]["probability"].update(value="0.5"))
    assert wrong(lambda found: found[0]["printed"].pop("ko"))


def test_it_holds_the_decisions_and_their_texts() -> None:
    view = checked("pass")
    content = json.loads(decisions_json(view))
    ((asked, found),) = view.answers
    (own,) = content["claims"]
    assert (own["name"], own["title"], own["source"]) == (asked.name, asked.title, asked.source)
    assert own["decisions"] == [json.loads(json.dumps(decisions.as_json(one))) for one in found]
    assert tuple(decisions.Languages.model_fields) == LANGUAGES
    for one in own["decisions"]:
        assert (one["verdict"] in ANSWERED) == (one["id"] != "C3")
        assert one["printed"]["en"]["sentence"] != one["printed"]["ko"]["sentence"]
    with speaking("ko"):  # the language of data does not follow that of the page
        assert decisions_json(view) == decisions_json(checked("pass"))
        assert json.loads(decisions_json(view)) == content


def test_of_a_failed_fit_there_is_no_number() -> None:
    content = json.loads(decisions_json(checked("fail")))
    found = content["claims"][0]["decisions"]
    assert [one["verdict"] for one in found] == ["withheld", "withheld", "outside the data"]
    assert all(one[name] is None for one in found for name in NUMBERS)
    for one in found:
        for language in LANGUAGES:
            texts = one["printed"][language]
            assert [texts[key] for key in ("median", "low", "high", "probability")] == [None] * 4
            assert not any(sign.isdigit() for sign in texts["sentence"].partition(". ")[2])


@pytest.mark.parametrize("verdict", ["pass", "fail"])
def test_the_export_has_both_files(
    verdict: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from defectmodels.report import exports
    from test_exports import tiny_page

    monkeypatch.setattr(exports, "report_page", lambda fit, lang, view: tiny_page(verdict))
    view = checked(verdict)
    folder = export_report(view.fit, tmp_path / "desk")
    assert (folder / decisions.FILE).read_text(encoding="utf-8") == decisions_json(view)
    assert (folder / decisions.SCHEMA).read_text(encoding="utf-8") == schema_json()
    listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    assert {decisions.FILE, decisions.SCHEMA} <= {one["name"] for one in listed}
    content = json.loads((folder / decisions.FILE).read_text(encoding="utf-8"))
    assert (folder / content["$schema"]).is_file()
