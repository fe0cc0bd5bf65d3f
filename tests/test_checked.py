"""Tables of the checks that a fit file keeps are those that would be worked out, or are not believed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from defectmodels.estimands import checked, checks
from defectmodels.inference import fit as fit_file
from defectmodels.inference.fit import CHECKED, Fit, load_fit
from fabricate import with_group


def fresh(fit: Fit) -> Fit:
    """The same fit, of which nothing is known."""
    return Fit(fit.spec, fit.dataset, fit.tree)


@pytest.fixture(params=["country_fit", "small_fit"])
def fit(request: pytest.FixtureRequest) -> Fit:
    found = fresh(request.getfixturevalue(request.param))
    assert found.checks
    return found


def rewritten(fit: Fit, path: Path, change: Callable[[xr.DataTree], None]) -> Fit:
    """What is read of a fit's file after something in it was changed."""
    tree = fit_file._with_checks(fit).copy(deep=True)
    change(tree)
    fit_file._to_netcdf(tree, path)
    return load_fit(path)


@pytest.mark.parametrize("ending", [".nc", ".zarr"])
def test_what_is_kept_is_what_would_be_worked_out(fit: Fit, ending: str, tmp_path: Path) -> None:
    again = load_fit(fit.save(tmp_path / f"a{ending}"))
    found = checked.read(again)
    assert found is not None
    made = checks.judged(fresh(fit))
    for one, other in ((found.quantities, made.quantities), (found.informed, made.informed)):
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    xr.testing.assert_identical(found.rows, made.rows)
    assert {k: v.dtype for k, v in found.rows.variables.items()} == {
        k: v.dtype for k, v in made.rows.variables.items()
    }
    assert again.checks.items == fit.checks.items
    # What is kept is no part of the draws, and is kept again.
    assert CHECKED not in again.tree.children
    assert checked.read(load_fit(again.save(tmp_path / f"b{ending}"))) is not None


def test_checks_that_are_kept_are_not_worked_out_again(
    fit: Fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = load_fit(fit.save(tmp_path / "a.nc"))

    def never(*_: object) -> None:
        raise AssertionError("a table was made")

    monkeypatch.setattr(checks, "row_table", never)
    monkeypatch.setattr(checks, "_diagnosed", never)
    assert again.checks.verdict == fit.checks.verdict


def test_a_file_without_them_is_checked_as_ever(fit: Fit, tmp_path: Path) -> None:
    again = load_fit(fresh(fit).save(tmp_path / "a.nc"))
    assert again.kept is None and checked.read(again) is None
    assert again.checks.items == fit.checks.items


def _other_draw(tree: xr.DataTree) -> None:
    tree["posterior"]["expected"].values[0, 0, 0, 0] *= 1.5


def _other_table(tree: xr.DataTree) -> None:
    text = tree[CHECKED]["tables"].values.tobytes().decode()
    place = text.index("rhat")
    digit = next(at for at in range(place, len(text)) if text[at] == "1")
    tree[CHECKED]["tables"].values[digit] = ord("0")


def _no_table(tree: xr.DataTree) -> None:
    tree[CHECKED] = xr.DataTree(tree[CHECKED].to_dataset().drop_vars("tables"))


def _other_digest(tree: xr.DataTree) -> None:
    tree[CHECKED].attrs["of"] = "0" * 32


def _no_digest(tree: xr.DataTree) -> None:
    del tree[CHECKED].attrs["of"]


@pytest.mark.parametrize(
    "change", [_other_draw, _other_table, _no_table, _other_digest, _no_digest]
)
def test_what_is_not_of_these_draws_is_not_believed(
    fit: Fit, change: Callable[[xr.DataTree], None], tmp_path: Path
) -> None:
    again = rewritten(fit, tmp_path / "a.nc", change)
    assert again.kept is not None and checked.read(again) is None
    assert again.checks.items == checks.check(fresh(again)).items


def test_another_fit_made_of_one_keeps_nothing(fit: Fit, tmp_path: Path) -> None:
    again = load_fit(fit.save(tmp_path / "a.nc"))
    group = again.group("posterior")
    assert with_group(again, "posterior", group.isel(draw=np.arange(100))).kept is None


def test_tables_of_other_code_are_made_again(
    fit: Fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = load_fit(fit.save(tmp_path / "a.nc"))
    monkeypatch.setattr(checked, "here", lambda: {"versions": {}, "code": "other"})
    assert checked.read(again) is None


def test_names_in_any_script_are_kept() -> None:
    assert checked._plain(np.array(["북한", "a"])) == checked._plain(
        np.array(["북한", "a"], dtype=object)
    )
