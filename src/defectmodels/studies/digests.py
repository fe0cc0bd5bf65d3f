"""Digests of all that could make another finding of a study of calibration.

Invariant: they do not depend on the numbers that statements say, nor on words in code. Shown by
``tests/test_certificate.py``.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.files import digest
from defectmodels.evidence.statements import Comparison, RoundedNumber
from defectmodels.inference.core import code, core_digest
from defectmodels.inference.store import used_by
from defectmodels.model.design import make_design
from defectmodels.model.spec import ModelSpec

SIMULATION = (
    "inference/prior_draws", "studies/dividing", "studies/persons", "studies/pieces", "studies/publishing",
    "studies/revising", "studies/saying", "studies/sbc_run", "studies/simulation",
)  # fmt: skip
"""Modules that worlds and ranks come from."""


def digests_of(spec: ModelSpec, dataset: Dataset) -> dict[str, str]:
    """Digests of the model file, the form of the data that the model uses, and the code."""
    return {"model": spec.digest, "data": digest(_form(spec, dataset)), "code": _code()}


def _form(spec: ModelSpec, dataset: Dataset) -> dict[str, Any]:
    """What of the data a calibration rests on: statements without their numbers, readings and series."""
    design = make_design(spec, dataset)
    rows = []
    for row in design.selection.rows:
        one = row.statement
        said: dict[str, Any] = {"id": one.id, "definition": one.definition}
        said["kind"] = type(one).__name__
        said |= {"start": str(one.start), "end": str(one.end), "grade": one.grade}
        if isinstance(one, RoundedNumber):
            said["reading"] = one.reading
        elif isinstance(one, Comparison):
            said["against"] = str(one.against)
        elif row.interval.high is not None:
            said["width"] = row.interval.high - row.interval.low
        rows.append(said)
    used = used_by(spec, dataset)
    series = {name: one.model_dump(mode="json") for name, one in used.series.items()}
    words = {name: one.model_dump(mode="json") for name, one in dataset.readings.items()}
    return {"rows": rows, "readings": words, "series": series}


def _code() -> str:
    """Digest of the code that posteriors, worlds and ranks follow from."""
    package = Path(__file__).parents[1]
    found = hashlib.sha256(core_digest().encode())
    for name in SIMULATION:
        path = package / f"{name}.py"
        found.update(f"{name}\0{code(path.read_text(encoding='utf-8'))}\0".encode())
    return found.hexdigest()[:16]
