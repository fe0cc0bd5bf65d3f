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
    from defectmodels.estimands.decomposition import decompose as decompose
    from defectmodels.estimands.rates import annual as annual
    from defectmodels.estimands.rates import expected as expected
    from defectmodels.estimands.rates import rate as rate
    from defectmodels.estimands.rates import share as share
    from defectmodels.estimands.rates import span_rate as span_rate
    from defectmodels.estimands.realised import realised as realised
    from defectmodels.estimands.summary import probability as probability
    from defectmodels.estimands.summary import summarise as summarise
    from defectmodels.estimands.summary import tidy as tidy
    from defectmodels.evidence.dataset import load_dataset as load_dataset
    from defectmodels.evidence.validation import validate as validate
    from defectmodels.inference.fit import Fit as Fit
    from defectmodels.inference.fit import load_fit as load_fit
    from defectmodels.inference.sampling import fit as fit
    from defectmodels.model.build import build as build
    from defectmodels.model.spec import load_model as load_model
    from defectmodels.report.page import write_report as write_report

__version__ = "0.1.0"

_HOME = {
    "DefectModelsError": "errors",
    "Fit": "inference.fit",
    "annual": "estimands.rates",
    "audit": "estimands.audit",
    "build": "model.build",
    "check": "estimands.checks",
    "decompose": "estimands.decomposition",
    "expected": "estimands.rates",
    "fit": "inference.sampling",
    "load_dataset": "evidence.dataset",
    "load_fit": "inference.fit",
    "load_model": "model.spec",
    "pmf": "estimands.by_definition",
    "probability": "estimands.summary",
    "rate": "estimands.rates",
    "realised": "estimands.realised",
    "realised_by_definition": "estimands.by_definition",
    "share": "estimands.rates",
    "span_rate": "estimands.rates",
    "summarise": "estimands.summary",
    "tidy": "estimands.summary",
    "validate": "evidence.validation",
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
