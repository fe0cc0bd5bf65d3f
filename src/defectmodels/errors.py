"""What can go wrong, each with a name.

Invariant: everything the package raises on purpose is a `DefectModelsError` that also inherits the
builtin a caller would expect, and its text says where, what is wrong, what is allowed and what to
do. Shown by ``tests/test_errors.py``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class DefectModelsError(Exception):
    """Anything the package refuses; its text has one line for each fault."""


class SpecError(DefectModelsError, ValueError):
    """A model, dataset or series file that does not say what its class needs."""


class EvidenceError(DefectModelsError, ValueError):
    """Statements or series that cannot be true, or cannot serve the model asked for."""


class UnknownNameError(DefectModelsError, LookupError):
    """A name that nothing carries."""


class SpanError(DefectModelsError, ValueError):
    """A span of time that is not one, or lies outside the fitted periods."""


class FitError(DefectModelsError, RuntimeError):
    """A fit that could not be made, read or used."""


class ReportError(DefectModelsError, RuntimeError):
    """A report of which a section could not be made."""


def known(name: str, choices: Iterable[str]) -> str:
    """Say which names exist and which one was probably meant.

    Returns
    -------
    str
        ``"Known: a, b. Did you mean 'a'?"``, to be appended to an error.
    """
    names = sorted(set(choices))
    text = f"Known: {', '.join(names) or 'none'}."
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return f"{text} Did you mean '{close[0]}'?" if close else text
