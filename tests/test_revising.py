"""Vintages said anew."""

from __future__ import annotations

import numpy as np
import pytest

from defectmodels.evidence.dataset import Dataset
from defectmodels.model.design import make_design
from defectmodels.model.measured import measure, revised
from defectmodels.model.spec import ModelSpec
from defectmodels.studies.revising import revisions

SIZE = {"median": 0.01, "factor": 3.0, "why": "a test"}
ERROR = {"kind": "revision", "spans": ["2024", "2025"], "definition": "arrivals", "size": SIZE}


@pytest.fixture(scope="module")
def revising(escape_rates: ModelSpec) -> ModelSpec:
    return ModelSpec.model_validate(escape_rates.model_dump(mode="json") | {"error": [ERROR]})


def test_vintages_have_the_scale_of_the_model(revising: ModelSpec, shipped: Dataset) -> None:
    design = make_design(revising, shipped)
    found = revisions(design, shipped)
    assert [(old.id, now.id) for old, now in found.pairs] == [
        (old.id, now.id) for old, now in revised(revising, shipped)
    ]
    used = {row.statement.id for row in design.selection.rows}
    assert found.beside and not used & found.ids
    standing = {now.id: now.model_copy(update={"low": 90_000, "high": 90_000}) for _, now in found.pairs}  # fmt: skip
    rng, scale = np.random.default_rng(1), 0.02
    logs = []
    for _ in range(200):
        said = found.said(standing, scale, rng)
        world = Dataset(shipped.header, tuple(said.values()), shipped.series)
        measurement = measure(revising, world)
        assert measurement is not None and len(measurement.vintages) == len(found.pairs)
        logs.append(measurement.vintages)
    values = np.concatenate(logs)
    assert abs(values.mean()) < 4 * scale / np.sqrt(len(values))
    assert values.std() == pytest.approx(scale, rel=4 / np.sqrt(2 * len(values)))


def test_of_a_handful_no_vintage_is_said(revising: ModelSpec, shipped: Dataset) -> None:
    found = revisions(make_design(revising, shipped), shipped)
    few = {now.id: now.model_copy(update={"low": 50, "high": 50}) for _, now in found.pairs}
    assert found.said(few, 0.02, np.random.default_rng(1)) == few


def test_a_model_without_revisions_says_none(escape_rates: ModelSpec, shipped: Dataset) -> None:
    found = revisions(make_design(escape_rates, shipped), shipped)
    assert not found.pairs and not found.beside and not found.ids
