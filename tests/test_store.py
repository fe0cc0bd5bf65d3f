from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from defectmodels.errors import FitError
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference import sampling, store
from defectmodels.inference.fit import Fit
from defectmodels.inference.sampling import fit
from defectmodels.inference.store import recipe, stored, used_by
from small import small_dataset, small_spec

SETTINGS: dict[str, Any] = {"random_seed": 7, "draws": 200, "tune": 300, "chains": 2}


def wanted(dataset: Dataset | None = None, **changes: Any) -> dict[str, Any]:
    spec = changes.pop("spec", small_spec())
    used = used_by(spec, dataset or small_dataset())
    return recipe(spec, used, **(SETTINGS | {"sampler": "nutpie"} | changes))


@pytest.fixture
def kept(small_fit: Fit, tmp_path: Path) -> Path:
    return small_fit.save(tmp_path / "fit.nc")


def test_what_was_made_of_the_same_is_kept(kept: Path, small_fit: Fit) -> None:
    found = stored(kept, wanted(), "on_change")
    assert found is not None and found.made == small_fit.made


def test_any_change_is_a_miss(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fewer = replace(small_dataset(), statements=small_dataset().statements[:-1])
    other = small_spec().model_copy(update={"name": "other"})
    level = small_dataset().series["closure"]
    moved = level.model_copy(update={"centre": 0.25})
    series = replace(small_dataset(), series={"closure": moved})
    for change in (
        wanted(fewer),
        wanted(series),
        wanted(spec=other),
        wanted(random_seed=8),
        wanted(draws=201),
        wanted(tune=301),
        wanted(chains=3),
        wanted(sampler="pymc"),
        wanted(replace(small_dataset(), as_of=small_dataset().statements[0].start)),
    ):
        assert stored(kept, change, "on_change") is None, change
    monkeypatch.setattr(store, "version", lambda name: "0")
    assert stored(kept, wanted(), "on_change") is None
    monkeypatch.undo()
    monkeypatch.setattr(store, "code_digest", lambda: "0")
    assert stored(kept, wanted(), "on_change") is None


def test_the_digest_of_the_code_follows_the_code(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "room").mkdir()
    module = tmp_path / "room" / "one.py"
    module.write_text("x = 1\n")
    monkeypatch.setattr(store, "__file__", str(tmp_path / "room" / "store.py"))
    before = store.code_digest.__wrapped__()
    assert before == store.code_digest.__wrapped__()
    module.write_text("x = 2\n")
    assert store.code_digest.__wrapped__() != before


def test_always_never_and_what_is_not_there(kept: Path, tmp_path: Path) -> None:
    assert stored(kept, wanted(), "always") is None
    assert stored(kept, wanted(random_seed=9), "never") is not None
    assert stored(tmp_path / "gone.nc", wanted(), "on_change") is None
    with pytest.raises(FitError, match="there is no such file"):
        stored(tmp_path / "gone.nc", wanted(), "never")


def test_a_damaged_file_is_made_again(kept: Path) -> None:
    kept.write_bytes(kept.read_bytes()[:1000])
    assert stored(kept, wanted(), "on_change") is None
    with pytest.raises(FitError, match="cannot be read as a fit"):
        stored(kept, wanted(), "never")


def test_fit_keeps_and_makes(kept: Path, small_fit: Fit, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a file that holds the fit nothing is built; with another seed it is."""

    def built(*args: object) -> None:
        raise AssertionError("a model was built")

    monkeypatch.setattr(sampling, "make_design", built)
    found = fit(small_spec(), small_dataset(), file=kept, progress=False, **SETTINGS)
    assert found.posterior.equals(small_fit.posterior)
    with pytest.raises(AssertionError, match="a model was built"):
        fit(small_spec(), small_dataset(), file=kept, **(SETTINGS | {"random_seed": 8}))
    assert found.posterior.equals(store.load_fit(kept).posterior)


def test_reading_needs_no_sampler(kept: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from defectmodels.inference.store import stored; "
        f"stored(Path({str(kept)!r}), {{}}, 'on_change'); "
        "assert not {'pymc', 'pytensor', 'nutpie'} & set(sys.modules), 'a sampler was imported'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
