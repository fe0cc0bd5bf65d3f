"""Whether the evidence, as it was entered, can carry the verdict.

Two current statements of one origin that say the same of the same days are one statement entered
twice; a second wording of it has the status 'variant', a repetition by somebody else 'copy'. What
comes from another origin is a confirmation, and no fault. And a span of which nothing was published
is answered by the model's form alone.

Invariant: statements that differ in anything that the model reads are not repeated. Shown by
``tests/test_gate.py``.
"""

from __future__ import annotations

from defectmodels.estimands.judged import Check
from defectmodels.estimands.quoted import comparisons
from defectmodels.estimands.rates import resolve
from defectmodels.evidence.statements import Statement, Uncounted
from defectmodels.inference.fit import Fit
from defectmodels.wording import joined, named, say

_APART = {"id", "words", "basis", "vintage", "published", "publisher", "source", "note"}
"""What may differ between two entries of one statement."""


def entered(fit: Fit) -> list[Check]:
    """Judge the evidence as it was entered."""
    return [_repeated(fit), *_covered(fit)]


def _said(statement: Statement) -> str:
    return statement.model_dump_json(exclude=_APART)


def _repeated(fit: Fit) -> Check:
    first: dict[str, str] = {}
    twice = []
    for statement in fit.dataset.statements:
        if statement.status == "current" and not isinstance(statement, Uncounted):
            earlier = first.setdefault(_said(statement), statement.id)
            if earlier != statement.id:
                twice.append(say("check-twice", one=statement.id, other=earlier))
    text = joined(twice[:6], "; ") if twice else say("check-never-twice")
    name, remedy = say("check-name-repeated"), say("check-do-repeated")
    return Check(name, "fail" if twice else "pass", text, remedy)


def _covered(fit: Fit) -> list[Check]:
    of, pairs = comparisons(fit)
    if not pairs:
        return []
    rows = [row for row in fit.design.selection.rows if of in row.groups]
    bare = [
        text
        for text in dict.fromkeys(text for pair in pairs for text in pair)
        if not any(row.span.overlaps(resolve(fit, text)) for row in rows)
    ]
    text = say("check-covered")
    if bare:
        text = say("check-bare", group=named(of), spans=", ".join(bare))
    name, remedy = say("check-name-spans"), say("check-do-spans")
    return [Check(name, "fail" if bare else "pass", text, remedy)]
