"""The sections of the report, in order. A new section is one function, named at the foot.

Invariant: a section takes a view and gives a frozen `Section`, and adapts to any model: it is there
in full or says in a sentence why it is not. Shown by
``tests/test_report.py::test_every_section_stands_in_every_report``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from defectmodels.errors import ReportError
from defectmodels.inference.fit import Fit
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
from defectmodels.studies.saved import Saved, load

MakeSection = Callable[[View], Section]
MakeStudy = Callable[[View, Saved], Section]
Given = str | Path | Saved
"""A study, or the file that holds it."""

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

ASIDE: dict[MakeSection, int] = {
    make: place
    for place, make in enumerate(
        (rates, shares, effects, policy, forecasts, realised, arrivals, howmany, audit), 1
    )
}
"""What a copy of the process makes of a report, from the last on; the first of these where it has the time.

What they work out, no other section asks for, but for the realised counts.
"""


def _late(name: str) -> MakeStudy:
    """The section of a study, loaded where one was given: a study brings what samples with it, for half a second."""

    def make(view: View, study: Saved) -> Section:
        module = import_module(f"defectmodels.report.{name}")
        found: Section = getattr(module, name)(view, study)
        return found

    return make


STUDIES: dict[str, MakeStudy] = {
    "sbc": _late("calibration"),
    "flip": _late("flip"),
    "multiverse": _late("multiverse"),
    "sensitivity": _late("sensitivity"),
}
"""The section of each kind of study; it stands behind the audit where a study of that kind was given."""


def seen(fit: Fit, studies: Sequence[Given] = ()) -> View:
    """A fit with the studies that a report shows of it.

    Raises
    ------
    ReportError
        When a study is of another model, of a kind that no section shows, or of the same kind as another.
    FitError
        When a file holds no study.
    """
    found = tuple(one if isinstance(one, Saved) else load(one) for one in studies)
    for one in found:
        if one.kind not in STUDIES:
            raise ReportError(
                f"no section shows a study of kind '{one.kind}'; known: {', '.join(STUDIES)}"
            )
        if one.made["model"] != fit.spec.name:
            raise ReportError(
                f"the study '{one.kind}' is of model '{one.made['model']}', the fit of "
                f"'{fit.spec.name}'; give a study of the same model"
            )
    kinds = [one.kind for one in found]
    if twice := sorted({kind for kind in kinds if kinds.count(kind) > 1}):
        raise ReportError(f"two studies of kind '{twice[0]}' were given; give one of each kind")
    return View(fit, found)


def of(view: View) -> tuple[MakeSection, ...]:
    """The sections of one report."""
    if not view.studies:
        return SECTIONS
    own = tuple(_shown(study) for study in view.studies)
    place = SECTIONS.index(audit) + 1
    return (*SECTIONS[:place], *own, *SECTIONS[place:])


def _shown(study: Saved) -> MakeSection:
    def show(view: View) -> Section:
        return STUDIES[study.kind](view, study)

    show.__name__ = study.kind
    return show
