"""Certificates: what they hold, when they are stale, and that the shipped ones can be cited."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from pathlib import Path

import pytest

from calibrated import calibrated_dataset, calibrated_spec
from defectmodels import catalog
from defectmodels.errors import FitError
from defectmodels.evidence.dataset import Dataset, load_dataset
from defectmodels.inference.core import core_files
from defectmodels.inference.fit import Fit
from defectmodels.model.spec import load_model
from defectmodels.studies import digests as module
from defectmodels.studies.certificate import (
    Certificate,
    certificate_of,
    certify,
    load_certificate,
)
from defectmodels.studies.digests import SIMULATION, digests_of
from defectmodels.studies.sbc_text import certified
from test_floors import MODULES as EVERY
from test_floors import imported
from test_sbc_report import LABEL, fit, study

__all__ = ["fit"]
SPEC, DATA = calibrated_spec(), calibrated_dataset()


@pytest.fixture
def made(fit: Fit) -> Certificate:
    return certify(study(fit, digests=digests_of(SPEC, DATA)))


def changed(at: int, **cells: object) -> Dataset:
    said = list(DATA.statements)
    said[at] = said[at].model_copy(update=cells)
    return replace(DATA, statements=tuple(said))


def test_it_holds_what_the_study_found(made: Certificate, fit: Fit) -> None:
    own = study(fit)
    assert made.simulations == 150 and made.failures == made.thin == 0
    assert [row["quantity"] for row in made.coverage] == list(own.headline)
    table = own.table().set_index("quantity")
    row = next(one for one in made.coverage if one["quantity"].startswith("count ratio"))
    assert row["covered_90"] == pytest.approx(
        table.loc[f"count ratio, {LABEL}", "covered_90"], abs=1e-4
    )
    assert made.quantities == 17 and made.calibrated
    bad = certify(study(fit, bad="frailty_cv", digests={}))
    assert bad.worst == "frailty_cv" and not bad.calibrated


def test_it_reads_back_and_is_small(made: Certificate, tmp_path: Path) -> None:
    path = made.save(tmp_path / "c.json")
    assert load_certificate(path) == made
    assert path.stat().st_size < 8_000


def test_other_numbers_are_no_other_form(made: Certificate) -> None:
    assert made.stale(SPEC, DATA) == ()
    assert made.stale(SPEC, changed(0, low=150, high=150)) == ()
    assert made.stale(SPEC, changed(15, low=30, high=30)) == ()


def test_what_makes_it_stale(made: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    assert made.stale(SPEC.model_copy(update={"title": "x"}), DATA) == ("model",)
    for data in (
        changed(15, grade="medium"),
        replace(DATA, statements=DATA.statements[:-1]),
        replace(
            DATA, series={k: v.model_copy(update={"unit": "x"}) for k, v in DATA.series.items()}
        ),
    ):
        assert made.stale(SPEC, data) == ("data",)
    monkeypatch.setattr(module, "core_digest", lambda: "other")
    assert made.stale(SPEC, DATA) == ("code",)
    assert "The certificate is stale: the code of density" in certified(made, ("code",))


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    with pytest.raises(FitError, match=r"c\.json.*study sbc"):
        load_certificate(path)
    for content in ("{", "[]", json.dumps({"format": "defectmodels certificate 1"})):
        path.write_text(content)
        with pytest.raises(FitError, match=r"c\.json: is no certificate"):
            load_certificate(path)


def test_a_model_of_ones_own_has_none() -> None:
    assert certificate_of(SPEC, DATA) is None


@pytest.mark.parametrize("name", sorted(catalog.models()))
def test_the_shipped_ones_can_be_cited(name: str) -> None:
    spec, data = load_model(name), load_dataset("arrivals")
    found = certificate_of(spec, data)
    assert found is not None and found.model == name
    assert set(found.digests) == set(digests_of(spec, data))
    assert certified(found, found.stale(spec, data))


def test_the_modules_of_the_simulation_are_in_the_digest() -> None:
    """All that `sbc_run` imports of its own room, and of inference what draws are made with."""
    package = Path(module.__file__).parents[1]
    core = {path.relative_to(package).with_suffix("").as_posix() for path in core_files()}
    # How long a chain is and what a fit keeps: settings and records.
    core |= {"inference/fit", "inference/refits", "inference/sampling"}
    found, left = set(), ["studies/sbc_run"]
    while left:
        name = left.pop()
        found.add(name)
        tree = ast.parse((package / f"{name}.py").read_text(encoding="utf-8"))
        inner = {one.replace(".", "/") for one in imported(tree) & EVERY}
        inner = {one for one in inner if one.startswith(("studies/", "inference/"))}
        left += sorted(inner - core - found)
    assert found == set(SIMULATION)
