"""Tipping points in words.

Invariant: every number said is one of the table's, and no text depends on the language in which the study was
made. Shown by ``tests/test_flip_report.py``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from defectmodels.estimands.decision import SURE
from defectmodels.estimands.summary import Probability
from defectmodels.wording import joined, named, say

if TYPE_CHECKING:
    from defectmodels.studies.flip import Flip

Row = Mapping[str, Any]
PERCENT = ("share", "half-width", "times")
"""Units that are told in percent."""


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table, each by its columns."""
    return [{str(name): one for name, one in row.items()} for row in table.to_dict("records")]


def value_of(row: Row, column: str) -> str:
    """A value of an assumption, as text: a percentage, a span, or the number."""
    text = str(row[column])
    if row["unit"] in PERCENT and text:
        return f"{100 * float(text):.0f}%"
    return text


def _about(row: Row) -> dict[str, str]:
    return {
        "kind": str(row["kind"]).replace(" ", "-"),
        "span": str(row["span"] or ""),
        "group": named(str(row["group"] or "")) if row["group"] else "",
        "all": "no" if row["group"] else "yes",
        "name": named(str(row["name"] or "")) if row["name"] else "",
    }


def name_of(row: Row) -> str:
    """What an assumption is called."""
    return say("flip-name", **_about(row))


def means(row: Row) -> str:
    """What the value means at which the answer is another, or the furthest one tried."""
    value = value_of(row, "flips" if row["flips"] else "tried")
    return say("flip-means", value=value, **_about(row))


def answer_of(row: Row, column: str = "answer") -> str:
    """An answer in words; nothing where there is none."""
    code = str(row[column] or "")
    return say("flip-answer", answer=code.replace(" ", "-")) if code else ""


def chance(row: Row, end: str) -> str:
    """Probability that the quantity rose, with the digits that its error allows: at 'holds' or 'flips'."""
    value, mcse = float(row[f"p_{end}"]), float(row[f"mcse_{end}"])
    return "" if math.isnan(value) else str(Probability(value, mcse))


def flipped(found: Flip) -> pd.DataFrame:
    """Tipping points at which an answer is another."""
    return found.points[found.points["flips"] != ""]


def base(found: Flip) -> dict[str, Probability]:
    """Probability that each quantity rose, as the model and the evidence are."""
    first = found.path[found.path["place"] == 0].iloc[0]
    asked = dict.fromkeys(found.points["question"])
    return {name: Probability(float(first[name]), float(first[f"{name}_mcse"])) for name in asked}


def leads(found: Flip) -> list[str]:
    """The answer to each question, and what flips it."""
    sentences: list[str] = []
    first, last = found.pair
    for question, probability in base(found).items():
        own = found.points[found.points["question"] == question]
        every = rows_of(own)
        rows = [row for row in every if row["flips"]]
        tips = tuple(
            say(
                "flip-tip",
                means=means(row),
                becomes=answer_of(row, "becomes"),
                holds=value_of(row, "holds"),
                answer=answer_of(row),
            )
            for row in rows
        )
        sentences.append(
            say(
                "flip-lead",
                what=say("change-what", event=question, group=named(found.of)),
                first=first,
                last=last,
                answer=answer_of(every[0]),
                chance=_up(question, probability),
                number=len(rows),
                tried=len(own),
                tips=joined(tips, "; ") if tips else "",
            )
        )
    return sentences


def _up(question: str, probability: Probability) -> str:
    event, text = say("change-event", event=question, way="up"), str(probability)
    return f"P({event}) {text}" if text[0] in "<>" else f"P({event}) = {text}"


def notes(found: Flip) -> list[str]:
    """What to know of the tipping points."""
    points = found.points
    said = [say("flip-rule", sure=f"{SURE:g}")]
    origins = points[points["kind"] == "reliability"]
    if len(origins):
        number = origins[origins["flips"] != ""]["key"].nunique()
        said.append(say("flip-origins", number=number, tried=origins["key"].nunique()))
    if (points["near"] & (points["flips"] != "")).any():
        said.append(say("flip-near"))
    if not points["monotone"].all():
        said.append(say("flip-both-ways"))
    if found.failures:
        which = joined((str(one) for one in found.failures), "; ")
        said.append(say("flip-failed", number=len(found.failures), which=which))
    if len(found.skipped):
        pairs = (f"{row['key']} ({row['reason']})" for row in rows_of(found.skipped))
        said.append(say("flip-skipped", which=joined(pairs, "; ")))
    return [*said, say("flip-refits", refits=found.refits)]


COLUMNS = (
    "assumption", "question", "assumed", "tried", "holds", "flips", "answer", "becomes", "p-holds",
    "p-flips", "refits",
)  # fmt: skip


def printed(points: pd.DataFrame) -> pd.DataFrame:
    """Tipping points as text, columns as a reader calls them."""
    rows = [
        (
            name_of(row), say("flip-question", question=row["question"]), value_of(row, "assumed"),
            value_of(row, "tried"), value_of(row, "holds"), value_of(row, "flips") or say("flip-none"),
            answer_of(row), answer_of(row, "becomes"), chance(row, "holds"), chance(row, "flips"),
            str(row["refits"]),
        )
        for row in rows_of(points)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=[say("flip-column", column=one) for one in COLUMNS])


def printed_origins(found: Flip) -> pd.DataFrame:
    """Probabilities without each origin, those that differ most from the fit as it is first."""
    last = found.path[found.path["kind"] == "reliability"].groupby("key", sort=False).tail(1)
    known = base(found)
    rows = []
    for row in rows_of(last):
        moved = max(abs(float(row[name]) - one.value) for name, one in known.items())
        chances = [str(Probability(float(row[name]), float(row[f"{name}_mcse"]))) for name in known]
        how = say("flip-how", how=str(row["how"]).replace(" ", "-"))
        rows.append((moved, (str(row["key"]).removeprefix("reliability of "), *chances, how)))
    columns = [say("flip-column", column=one) for one in ("origin", *known, "how")]
    return pd.DataFrame([one for _, one in sorted(rows, key=lambda one: -one[0])], columns=columns)
