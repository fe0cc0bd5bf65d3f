"""Bayesian models of who escapes a closed regime, how many, and why the numbers move.

The public names, and nothing else. Each is loaded when it is first used, so that importing the
package costs no more than the standard library.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from defectmodels.errors import DefectModelsError as DefectModelsError
    from defectmodels.estimands.audit import audit as audit
    from defectmodels.estimands.by_definition import pmf as pmf
    from defectmodels.estimands.by_definition import (
        realised_by_definition as realised_by_definition,
    )
    from defectmodels.estimands.checks import check as check
    from defectmodels.estimands.compare import compare as compare
    from defectmodels.estimands.contrast import contrast as contrast
    from defectmodels.estimands.decide import decide as decide
    from defectmodels.estimands.decomposition import decompose as decompose
    from defectmodels.estimands.explorer import explore as explore
    from defectmodels.estimands.forecast import forecast as forecast
    from defectmodels.estimands.more_than import more_than as more_than
    from defectmodels.estimands.parts import parts_of_change as parts_of_change
    from defectmodels.estimands.parts import parts_of_contrast as parts_of_contrast
    from defectmodels.estimands.policy import policy_periods as policy_periods
    from defectmodels.estimands.rates import annual as annual
    from defectmodels.estimands.rates import expected as expected
    from defectmodels.estimands.rates import rate as rate
    from defectmodels.estimands.rates import share as share
    from defectmodels.estimands.rates import span_rate as span_rate
    from defectmodels.estimands.realised import realised as realised
    from defectmodels.estimands.rests import identification as identification
    from defectmodels.estimands.scenarios import scenarios as scenarios
    from defectmodels.estimands.scenarios import surface as surface
    from defectmodels.estimands.summary import probability as probability
    from defectmodels.estimands.summary import summarise as summarise
    from defectmodels.estimands.summary import tidy as tidy
    from defectmodels.evidence.claims import load_claims as load_claims
    from defectmodels.evidence.dataset import load_dataset as load_dataset
    from defectmodels.evidence.scenario import Scenario as Scenario
    from defectmodels.evidence.scenario import load_scenario as load_scenario
    from defectmodels.evidence.validation import validate as validate
    from defectmodels.inference.fit import Fit as Fit
    from defectmodels.inference.fit import load_fit as load_fit
    from defectmodels.inference.sampling import fit as fit
    from defectmodels.model.build import build as build
    from defectmodels.model.spec import load_model as load_model
    from defectmodels.report.compared import write_comparison as write_comparison
    from defectmodels.report.exports import export_report as export_report
    from defectmodels.report.page import write_report as write_report
    from defectmodels.studies.backtest import backtest as backtest
    from defectmodels.studies.certificate import certificate_of as certificate_of
    from defectmodels.studies.flip import flip as flip
    from defectmodels.studies.flip import load_flip as load_flip
    from defectmodels.studies.multiverse import multiverse as multiverse
    from defectmodels.studies.multiverse_result import load_multiverse as load_multiverse
    from defectmodels.studies.placebo import placebo as placebo
    from defectmodels.studies.sbc import load_sbc as load_sbc
    from defectmodels.studies.sbc import sbc as sbc
    from defectmodels.studies.sensitivity import load_sensitivity as load_sensitivity
    from defectmodels.studies.sensitivity import sensitivity as sensitivity
    from defectmodels.studies.simulation import World as World
    from defectmodels.studies.simulation import simulate as simulate

__version__ = "0.1.0"

_HOME = {
    "DefectModelsError": "errors",
    "Fit": "inference.fit",
    "Scenario": "evidence.scenario",
    "World": "studies.simulation",
    "annual": "estimands.rates",
    "audit": "estimands.audit",
    "backtest": "studies.backtest",
    "build": "model.build",
    "certificate_of": "studies.certificate",
    "check": "estimands.checks",
    "compare": "estimands.compare",
    "contrast": "estimands.contrast",
    "decide": "estimands.decide",
    "decompose": "estimands.decomposition",
    "expected": "estimands.rates",
    "explore": "estimands.explorer",
    "export_report": "report.exports",
    "fit": "inference.sampling",
    "flip": "studies.flip",
    "forecast": "estimands.forecast",
    "identification": "estimands.rests",
    "load_claims": "evidence.claims",
    "load_dataset": "evidence.dataset",
    "load_fit": "inference.fit",
    "load_flip": "studies.flip",
    "load_model": "model.spec",
    "load_multiverse": "studies.multiverse_result",
    "load_sbc": "studies.sbc",
    "load_scenario": "evidence.scenario",
    "load_sensitivity": "studies.sensitivity",
    "more_than": "estimands.more_than",
    "multiverse": "studies.multiverse",
    "parts_of_change": "estimands.parts",
    "parts_of_contrast": "estimands.parts",
    "placebo": "studies.placebo",
    "pmf": "estimands.by_definition",
    "policy_periods": "estimands.policy",
    "probability": "estimands.summary",
    "rate": "estimands.rates",
    "realised": "estimands.realised",
    "realised_by_definition": "estimands.by_definition",
    "sbc": "studies.sbc",
    "scenarios": "estimands.scenarios",
    "sensitivity": "studies.sensitivity",
    "share": "estimands.rates",
    "simulate": "studies.simulation",
    "span_rate": "estimands.rates",
    "summarise": "estimands.summary",
    "surface": "estimands.scenarios",
    "tidy": "estimands.summary",
    "validate": "evidence.validation",
    "write_comparison": "report.compared",
    "write_report": "report.page",
}
__all__ = [*sorted(_HOME), "__version__"]


def __getattr__(name: str) -> Any:
    """Load a public name from the module where it lives."""
    if name not in _HOME:
        raise AttributeError(f"module 'defectmodels' has no attribute '{name}'")
    found = getattr(importlib.import_module(f"defectmodels.{_HOME[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """Public names."""
    return sorted(__all__)
