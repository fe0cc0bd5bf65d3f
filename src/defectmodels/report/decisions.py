"""Decisions as JSON, and the schema of it.

The record is in English, the language of data; under ``printed`` stand the very texts of the report in
every language.

Invariant: the JSON fits its schema, and of a fit whose checks fail it holds no number. Shown by
``tests/test_decisions_json.py``.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import ConfigDict, Field

from defectmodels.estimands.decision import Decision, Record
from defectmodels.report import decided
from defectmodels.report.view import View
from defectmodels.wording import LANGUAGES, speaking

VERSION: Literal[1] = 1
"""Of the form of the file; the schema's address ends in it."""
FILE, SCHEMA = "decisions.json", "decisions.schema.json"


class Printed(Record):
    """What the report prints of a decision in one language; no numbers where there is no answer."""

    sentence: str = Field(
        description="Claim, verdict, estimate, probability, confidence, assumptions."
    )
    caption: str = Field(description="Caption of a figure of the quantity.")
    verdict: str
    median: str | None = Field(None, description="As printed: digits follow the Monte Carlo error.")
    low: str | None = Field(None, description="Lower end of the central interval, as printed.")
    high: str | None = Field(None, description="Upper end of the central interval, as printed.")
    claim_holds_where_it: str | None = Field(
        None, description="What has to hold of the quantity for the claim to be true."
    )
    probability: str | None = Field(None, description="Of the claim, as printed; never 0 or 1.")
    word: str | None = Field(
        None, description="Of ICD 203; empty where the probability is not clear of a band's edges."
    )


class Languages(Record):
    """What is printed in each language of the report."""

    en: Printed
    ko: Printed


class PrintedDecision(Decision):
    """A claim, its answer, and what is printed of it in each language."""

    printed: Languages


class AnsweredClaims(Record):
    """A file of claims and the answer to each, in its order."""

    name: str
    title: str
    source: str
    decisions: tuple[PrintedDecision, ...]


class Decisions(Record):
    """Claims about the dataset of a fit, and their answers by that fit."""

    model_config = ConfigDict(
        title="Decisions of a fit on claims",
        json_schema_extra={
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:defectmodels:decisions:{VERSION}",
        },
    )

    address: str = Field(SCHEMA, alias="$schema", description="The schema, a file beside this one.")
    version: Literal[1] = Field(VERSION, description="Of the form of this file.")
    model: str
    dataset: str
    as_of: str | None = Field(description="Day as on which the evidence stood; null for all of it.")
    checks: Literal["pass", "warn", "fail"] = Field(
        description="Of a fit whose checks fail there is no number: its claims are withheld."
    )
    claims: tuple[AnsweredClaims, ...]


def printed_decision(decision: Decision) -> PrintedDecision:
    """Put the texts of every language beside a decision, whose own are in English."""
    texts = {}
    for language in LANGUAGES:
        with speaking(language):
            texts[language] = Printed(**decided.texts(decision))
    with speaking(LANGUAGES[0]):
        content = dict(decision.spoken())
    # Sound already: a decision that is not cannot be made.
    return PrintedDecision.model_construct(**content, printed=Languages(**texts))


def as_json(decision: Decision) -> dict[str, Any]:
    """The decision for machines, and under ``printed`` the very texts of the other renderings."""
    return printed_decision(decision).model_dump(mode="json")


def decisions_of(view: View) -> Decisions:
    """Answers to the shipped claims about the fit's dataset."""
    fit = view.fit
    claims = tuple(
        AnsweredClaims.model_construct(
            name=asked.name,
            title=asked.title,
            source=asked.source,
            decisions=tuple(map(printed_decision, found)),
        )
        for asked, found in view.answers
    )
    return Decisions.model_construct(
        address=SCHEMA,
        version=VERSION,
        model=fit.spec.name,
        dataset=fit.dataset.name,
        as_of=fit.made["as_of"] or None,
        checks=view.checks.verdict,
        claims=claims,
    )


def decisions_json(view: View) -> str:
    """Text of the file of decisions."""
    return _text(decisions_of(view).model_dump(mode="json", by_alias=True))


def schema_json() -> str:
    """Text of its schema, JSON Schema 2020-12."""
    return _text(Decisions.model_json_schema(mode="serialization"))


def _text(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
