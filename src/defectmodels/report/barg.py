"""How the report meets the Bayesian analysis reporting guidelines, item by item.

Kruschke 2021, Bayesian Analysis Reporting Guidelines, Nature Human Behaviour 5, 1282-1291. The items
follow its table; of step 6 the subjects, since its letters could not be compared with the article.

Invariant: every item stands once and in the order of the guidelines, with facts of the fit or with
why it is not done. Shown by ``tests/test_barg.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from defectmodels.report import barg_facts as facts
from defectmodels.report.pieces import Cell, Paragraph, Section, Table, inner
from defectmodels.report.view import View
from defectmodels.wording import say


class Item(NamedTuple):
    """One item of the guidelines.

    Attributes
    ----------
    step, letter : int, str
        Its place in the guidelines: step 0 is the preamble; no letter where it is not known.
    name : str
        Of the message that says what is asked for.
    fact : function of a View
        What this report has, or why it has not.
    where : str
        Key of the section where that stands; empty where it stands in none.
    """

    step: int
    letter: str
    name: str
    fact: Callable[[View], str]
    where: str = ""


ITEMS = (
    Item(0, "A", "why", facts.why, "evidence"),
    Item(0, "B", "goals", facts.goals, "verdict"),
    Item(1, "A", "data", facts.data, "evidence"),
    Item(1, "B", "likelihood", facts.likelihood, "model"),
    Item(1, "C", "prior", facts.prior, "model"),
    Item(1, "D", "formal", facts.formal, "model"),
    Item(1, "E", "prior-check", facts.prior_predictive, "model"),
    Item(2, "A", "software", facts.software, "provenance"),
    Item(2, "B", "convergence", facts.convergence, "checks"),
    Item(2, "C", "resolution", facts.resolution, "checks"),
    Item(2, "D", "other", facts.other),
    Item(3, "A", "predictive", facts.predictive, "checks"),
    Item(3, "B", "summary", facts.summary, "verdict"),
    Item(3, "C", "factors", facts.factors, "checks"),
    Item(4, "A", "decisions", facts.decisions, "claims"),
    Item(4, "B", "loss", facts.loss),
    Item(4, "C", "region", facts.region, "claims"),
    Item(4, "D", "threshold", facts.threshold, "claims"),
    Item(4, "E", "estimates", facts.estimates, "claims"),
    Item(5, "A", "broad", facts.broad, "checks"),
    Item(5, "B", "informed", facts.informed),
    Item(5, "C", "default", facts.default, "model"),
    Item(5, "D", "factor-priors", facts.factor_priors),
    Item(5, "E", "decision-priors", facts.decision_priors, "audit"),
    Item(6, "", "installed", facts.installed, "provenance"),
    Item(6, "", "script", facts.script, "provenance"),
    Item(6, "", "seed", facts.seed, "provenance"),
    Item(6, "", "readable", facts.readable, "evidence"),
    Item(6, "", "saved", facts.saved),
    Item(6, "", "posted", facts.posted),
)


def _heading(section: str, view: View) -> str:
    headings = {
        "evidence": say("evidence-heading"), "model": say("model-heading"),
        "checks": say("check-heading"), "claims": say("claim-heading"),
        "audit": say("audit-heading"), "provenance": say("provenance-heading"),
    }  # fmt: skip
    if section in headings:
        return headings[section]
    withheld = view.withheld and view.pairs
    return say("verdict-withheld-heading") if withheld else say("verdict-heading")


def _row(item: Item, view: View) -> tuple[Cell, ...]:
    place = say("barg-place", step=item.step, letter=item.letter or "none")
    where = inner(item.where, _heading(item.where, view)) if item.where else ""
    return place, say(f"barg-asks-{item.name}"), item.fact(view), where


def barg(view: View) -> Section:
    """Go through the reporting guidelines."""
    columns = (
        say("barg-column-item"), say("barg-column-asked"), say("barg-column-here"),
        say("barg-column-where"),
    )  # fmt: skip
    table = Table(say("barg-table"), columns, tuple(_row(item, view) for item in ITEMS))
    pieces = (Paragraph(say("barg-what")), table, Paragraph(say("barg-list"), "note"))
    return Section("barg", say("barg-heading"), pieces)
