"""The sections of the report, in order. A new section is one function, named at the foot.

Invariant: a section takes a view and gives a frozen `Section`, and adapts to any model: it is there
in full or says in a sentence why it is not. Shown by
``tests/test_report.py::test_every_section_stands_in_every_report``.
"""

from __future__ import annotations

from collections.abc import Callable

from defectmodels.report.arrivals import arrivals
from defectmodels.report.assumptions import model
from defectmodels.report.audit import audit
from defectmodels.report.barg import barg
from defectmodels.report.change import decomposition
from defectmodels.report.checking import checks
from defectmodels.report.claims import claims
from defectmodels.report.effects import effects
from defectmodels.report.explorer import explorer
from defectmodels.report.futures import forecasts
from defectmodels.report.howmany import howmany
from defectmodels.report.opening import verdict
from defectmodels.report.pieces import Section
from defectmodels.report.policy import policy
from defectmodels.report.results import rates, realised, shares
from defectmodels.report.scenarios import scenarios_section, themes
from defectmodels.report.sources import evidence, provenance, unused
from defectmodels.report.view import View

MakeSection = Callable[[View], Section]

SECTIONS: tuple[MakeSection, ...] = (
    verdict,
    claims,
    evidence,
    model,
    checks,
    audit,
    howmany,
    arrivals,
    rates,
    shares,
    decomposition,
    themes,
    policy,
    scenarios_section,
    explorer,
    forecasts,
    effects,
    realised,
    unused,
    provenance,
    barg,
)
