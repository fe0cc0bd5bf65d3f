"""Put claims to a fit: each becomes one `Decision`.

Confidence is no probability. It is *low* where the checks warn, where the posterior's interval is
nearly as wide as the prior's, where a scenario lies outside what was seen, or where a span has no
statement or only ones graded low; *high* where the checks pass, the data decided the width, and every
span has a statement taken at its word; else *moderate*.

Invariant: a fit whose checks fail gives no number, and a name that nobody knows is an error and no
answer. Shown by ``tests/test_decide.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from defectmodels.errors import DefectModelsError, SpanError, UnknownNameError, known
from defectmodels.estimands.answer_text import spoken_span
from defectmodels.estimands.answers import ANSWERS, Answer, Asked
from defectmodels.estimands.decision import (
    Confidence,
    Decision,
    Verdict,
    judged,
    measured,
    near,
    near_threshold,
)
from defectmodels.estimands.identification import CONTRACTION, as_prior, contraction
from defectmodels.estimands.rates import eras
from defectmodels.evidence.claims import Claim, Claims, OutsideClaim, load_claims
from defectmodels.evidence.periods import Span, parse_span
from defectmodels.evidence.selection import Row
from defectmodels.evidence.statements import Comparison
from defectmodels.inference.fit import Fit
from defectmodels.wording import Message, joined, say, titled

MOST, LEAST = CONTRACTION
"""Contraction from which an answer rests on the data, and below which on its prior."""
OWN = 0.5
"""Share of a statement's days that have to lie in a span for it to be a statement on the span."""


def _days(fit: Fit, text: str) -> Span:
    return eras(fit).get(text) or parse_span(text)


def _on(row: Row, span: Span) -> bool:
    """Whether a row speaks of days of a span, or compares with some."""
    statement = row.statement
    others = statement.against_spans if isinstance(statement, Comparison) else ()
    return any(days.overlaps(span) for days in (row.span, *others))


def _carrying(fit: Fit, answer: Answer) -> tuple[Row, ...]:
    """Rows on the spans and the persons that an answer speaks of."""
    spans, everyone = [_days(fit, one) for one in answer.spans], set(fit.spec.groups)

    def concerns(row: Row) -> bool:
        if answer.definition:
            whole = set(row.groups) == everyone and row.statement.definition not in fit.spec.scaled
            return whole or row.statement.definition == answer.definition
        return bool(set(row.groups) & set(answer.groups))

    return tuple(
        row
        for row in fit.design.selection.rows
        if concerns(row) and any(_on(row, span) for span in spans)
    )


def _persons(answer: Answer) -> list[frozenset[str]]:
    """Groups that have to be told, each alone or all together."""
    if answer.together:
        return [frozenset(answer.groups)]
    return [frozenset({group}) for group in answer.groups]


def _told(fit: Fit, answer: Answer, rows: Sequence[Row], span: Span) -> bool:
    """Whether a span has a statement taken at its word on just the persons asked for."""
    alone = {frozenset(row.groups) for row in fit.design.selection.rows}
    # Of a group that no statement counts alone, totals are all there is.
    wanted = [who if who in alone else frozenset(fit.spec.groups) for who in _persons(answer)]
    taken = {
        frozenset(row.groups)
        for row in rows
        if (not answer.definition or row.statement.definition == answer.definition)
        and not isinstance(row.statement, Comparison)
        and not row.statement.grade
        and row.span.common_days(span) >= OWN * row.span.days
    }
    return set(wanted) <= taken


def _doubted(answer: Answer, rows: Sequence[Row], span: Span) -> bool:
    """Whether all that is said of a span and just these persons is graded low."""
    return any(
        {row.statement.grade for row in rows if _on(row, span) and set(row.groups) == who}
        == {"low"}
        for who in _persons(answer)
    )


_PERSONS_DRAWN = ("number", "counts", "forecast")
"""Kinds about whole persons, whose prior given the published totals nobody has drawn."""


def _contraction(prior: Asked, claim: Any, answer: Answer) -> float | None:
    drawn = claim.kind in _PERSONS_DRAWN or getattr(claim, "measure", "expected") == "realised"
    if drawn:
        return None
    sides = [answer.values, ANSWERS[claim.kind](prior, claim).values]
    flat = [np.asarray(one.values, dtype=float).reshape(1, -1) for one in sides]
    if answer.unit == "ratio":
        # A ratio of 0 has no logarithm; the width is that of the others.
        flat = [np.log(np.where(one > 0, one, np.nan)) for one in flat]
    moved = float(contraction(*flat)[0])
    return moved if np.isfinite(moved) else None


def confidence(fit: Fit, answer: Answer, rows: Sequence[Row], moved: float | None) -> Confidence:
    """How firmly an answer stands, by the rule of docs/claims.md.

    Parameters
    ----------
    moved : float or None
        Contraction of the quantity from prior to posterior.
    """
    spans = {text: _days(fit, text) for text in answer.spans}
    bare = [text for text, span in spans.items() if not any(_on(r, span) for r in rows)]
    loose = [text for text, span in spans.items() if not _told(fit, answer, rows, span)]
    doubted = [text for text, span in spans.items() if _doubted(answer, rows, span)]
    low: list[str] = []
    middle: list[str] = []
    if fit.checks.verdict == "warn":
        low.append(say("confidence-warn"))
    if moved is not None and moved < LEAST:
        low.append(say("confidence-wide"))
    if answer.beyond:
        low.append(say("confidence-unseen", beyond=joined(answer.beyond, "; ")))
    if bare:
        low.append(say("confidence-bare", spans=_spans(bare)))
    if doubted:
        low.append(say("confidence-doubted", spans=_spans(doubted)))
    if moved is not None and LEAST <= moved < MOST:
        middle.append(say("confidence-prior"))
    if loose and not bare:
        middle.append(say("confidence-loose", spans=_spans(loose)))
    if low:
        return Confidence(level="low", why=tuple(low + middle))
    if middle:
        return Confidence(level="moderate", why=tuple(middle))
    why: list[str] = [say("confidence-pass"), say("confidence-told")]
    if moved is not None:
        why.append(say("confidence-data"))
    return Confidence(level="high", why=tuple(why))


def _spans(spans: Sequence[str]) -> str:
    return joined((say("confidence-span", span=spoken_span(one)) for one in spans), ", ")


def _check_names(fit: Fit, claim: Claim) -> None:
    """Refuse names that the fit's dataset does not know.

    Raises
    ------
    UnknownNameError, SpanError
    """
    data, eras_of = fit.dataset, eras(fit)
    choices: dict[str, list[str]] = {
        "definition": list(data.definitions),
        "series": list(data.series),
        "group": list(dict.fromkeys([*fit.spec.groups, *(g.name for g in data.header.group)])),
    }
    for kind, asked in claim.named.items():
        for name in asked:
            if kind in choices and name not in choices[kind]:
                raise UnknownNameError(
                    f"claim {claim.id}: unknown {kind} '{name}'. {known(name, choices[kind])}"
                )
            if kind == "span" and name not in eras_of:
                try:
                    parse_span(name)
                except SpanError as error:
                    raise SpanError(
                        f"claim {claim.id}: {error}, or the name of an era. {known(name, eras_of)}"
                    ) from None


def _text(text: str) -> str:
    return titled(" ".join(text.split()))


def _unanswered(fit: Fit, claim: Any, verdict: Verdict, reason: str) -> Decision:
    return Decision(
        id=claim.id, text=_text(claim.text), kind=claim.kind, source=claim.source,
        model=fit.spec.name, verdict=verdict, reason=reason,
    )  # fmt: skip


def _refused(error: Exception) -> str:
    found = error.args[0] if error.args else ""
    told = found if isinstance(found, Message) else " ".join(str(error).split())
    return say("claim-refused", error=told)


def _decision(asked: Asked, prior: Asked, claim: Any) -> Decision:
    if isinstance(claim, OutsideClaim):
        return _unanswered(asked.fit, claim, "outside the data", _text(claim.reason))
    if asked.fit.checks.verdict == "fail":
        return _unanswered(asked.fit, claim, "withheld", say("claim-withheld-reason"))
    try:
        answer = ANSWERS[claim.kind](asked, claim)
        moved = _contraction(prior, claim, answer)
    except DefectModelsError as error:
        return _unanswered(asked.fit, claim, "outside the model", _refused(error))
    rows = _carrying(asked.fit, answer)
    low, high = claim.region
    region, chance, verdict = judged(answer.values, low, high, claim.holds)
    notes = [answer.reason] if answer.reason else []
    if verdict == "cannot tell" and near(chance):
        notes.append(near_threshold())
    own = _text(claim.assumption.strip().rstrip("."))
    return Decision(
        id=claim.id,
        text=_text(claim.text),
        kind=claim.kind,
        source=claim.source,
        model=asked.fit.spec.name,
        what=answer.what,
        unit=answer.unit,
        spans=answer.spans,
        scenario=answer.scenario,
        holds=claim.holds,
        probability=chance,
        estimate=measured(answer.values),
        region=region,
        verdict=verdict,
        reason=joined(notes, "; ") if notes else "",
        assumptions=(*answer.assumptions, *((own,) if own else ())),
        statements=tuple(dict.fromkeys(row.statement.id for row in rows)),
        confidence=confidence(asked.fit, answer, rows, moved),
    )


def decide(
    fit: Fit,
    claims: str | Path | Claims | Sequence[Claim],
    *,
    strict: bool = True,
    random_seed: int | None = None,
) -> tuple[Decision, ...]:
    """Answer claims from a fit.

    Parameters
    ----------
    fit : Fit
    claims : str, Path, Claims or sequence of claims
        A shipped name (``lowy_2024``), a file of your own, or claims made in Python.
    strict : bool
        Whether a name that the fit's dataset does not know is an error; else its claim is outside the
        model.
    random_seed : int, optional
        For whole persons and forecasts; that of the fit by default.

    Returns
    -------
    tuple of Decision
        In the order of the claims. Of a fit whose checks fail all are withheld, without any number.

    Raises
    ------
    UnknownNameError, SpanError
        When a claim names a definition, series, group or span that the dataset does not know.
    SpecError
        When the file of claims is not sound.

    Examples
    --------
    >>> for decision in dm.decide(fit, "lowy_2024"):
    ...     print(decision.id, decision.verdict, decision.probability)
    """
    if isinstance(claims, str | Path):
        claims = load_claims(claims)
    listed = claims.claim if isinstance(claims, Claims) else tuple(claims)
    if strict:
        for claim in listed:
            _check_names(fit, claim)
    seed = int(fit.made["random_seed"]) if random_seed is None else random_seed
    asked, prior = Asked(fit, seed), Asked(as_prior(fit), seed)
    return tuple(_decision(asked, prior, claim) for claim in listed)
