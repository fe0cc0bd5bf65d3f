from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from xarray.backends import H5NetCDFStore

from defectmodels import catalog
from defectmodels.errors import FitError
from defectmodels.estimands.checks import check
from defectmodels.estimands.realised import realised
from defectmodels.inference.fit import FORMAT, Fit, load_fit, pack_evidence, unpack_evidence
from fabricate import with_group

BOTH = pytest.mark.parametrize("ending", [".nc", ".zarr"])


def same_tree(first: xr.DataTree, second: xr.DataTree) -> None:
    """Same groups, variables, values, dtypes and attributes, to the last bit."""
    assert first.attrs == second.attrs
    assert set(first.children) == set(second.children)
    for name, node in first.children.items():
        one, other = node.to_dataset(), second[name].to_dataset()
        xr.testing.assert_identical(one, other)
        for variable in one.variables:
            assert one[variable].dtype == other[variable].dtype, (name, variable)
            assert one[variable].dims == other[variable].dims, (name, variable)
            assert one[variable].values.tobytes() == other[variable].values.tobytes(), (
                name,
                variable,
            )


def with_attrs(fit: Fit, **attrs: Any) -> Fit:
    tree = fit.tree.copy()
    tree.attrs = dict(fit.tree.attrs) | attrs
    return Fit(fit.spec, fit.dataset, tree)


# --- round trip -----------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("which", ["country_fit", "small_fit"])
def test_a_fit_read_back_is_the_fit_written(
    which: str, ending: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    fit: Fit = request.getfixturevalue(which)
    path = fit.save(tmp_path / f"a{ending}")
    again = load_fit(path)
    same_tree(fit.tree, again.tree)
    assert again.spec == fit.spec
    assert again.dataset.header == fit.dataset.header
    assert again.dataset.statements == fit.dataset.statements
    assert again.dataset.series == fit.dataset.series
    assert again.dataset.digest == fit.dataset.digest and again.spec.digest == fit.spec.digest
    # And once more, so that nothing is lost at the second reading either.
    same_tree(load_fit(again.save(tmp_path / f"b{ending}")).tree, fit.tree)


@BOTH
def test_posterior_variables_keep_their_units(small_fit: Fit, ending: str, tmp_path: Path) -> None:
    again = load_fit(small_fit.save(tmp_path / f"a{ending}"))
    for name, array in again.posterior.data_vars.items():
        assert array.attrs["units"] and array.attrs["description"], name


@BOTH
def test_two_saves_are_the_same_file(country_fit: Fit, ending: str, tmp_path: Path) -> None:
    first, second = (country_fit.save(tmp_path / f"{name}{ending}") for name in "ab")
    files = [
        {p.relative_to(one): p for p in sorted(one.rglob("*")) if p.is_file()} or {Path(): one}
        for one in (first, second)
    ]
    assert files[0].keys() == files[1].keys()
    for name, path in files[0].items():
        assert path.read_bytes() == files[1][name].read_bytes(), name


def test_every_estimand_works_from_the_file_alone(
    country_fit: Fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the model file nor the data folder is read again."""
    path = country_fit.save(tmp_path / "a.nc")

    def gone(*args: object) -> Path:
        raise AssertionError("the catalogue was asked")

    for name in ("root", "find", "models", "datasets", "series_folder"):
        monkeypatch.setattr(catalog, name, gone)
    again = load_fit(path)
    assert check(again).items == check(country_fit).items
    xr.testing.assert_identical(
        realised(again, random_seed=1), realised(country_fit, random_seed=1)
    )
    np.testing.assert_array_equal(again.design.exposure, country_fit.design.exposure)
    np.testing.assert_array_equal(again.design.covariates, country_fit.design.covariates)


def test_packed_evidence_holds_every_word(
    country_fit: Fit, shipped: Any, escape_rates: Any
) -> None:
    for spec, data in ((country_fit.spec, country_fit.dataset), (escape_rates, shipped)):
        found, evidence = unpack_evidence(pack_evidence(spec, data))
        assert found == spec and evidence.header == data.header
        assert evidence.statements == data.statements and evidence.series == data.series
    assert any("여" in statement.words for statement in shipped.statements)  # not only ASCII


def test_groups_are_asked_for_by_name(country_fit: Fit) -> None:
    assert "expected" in country_fit.posterior and "exposure" in country_fit.constant
    with pytest.raises(
        FitError, match=r"the fit has no group 'posterior2'; it holds posterior, sample_stats"
    ):
        country_fit.group("posterior2")


def test_checks_are_those_of_the_fit(country_fit: Fit) -> None:
    assert country_fit.checks.items == check(country_fit).items
    assert country_fit.checks is country_fit.checks


# --- what cannot be read --------------------------------------------------------------------


def refused(path: Path) -> str:
    with pytest.raises(FitError) as raised:
        load_fit(path)
    text = str(raised.value)
    assert text.startswith(f"{path}: ") and "\n" not in text and len(text) < 400 + len(str(path)), (
        text
    )
    assert raised.value.__cause__ is None
    return text


@BOTH
def test_a_missing_file(tmp_path: Path, ending: str) -> None:
    assert "defectmodels fit MODEL DATASET -o" in refused(tmp_path / f"gone{ending}")


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x89HDF\r\n\x1a\n", b"CDF\x01" + bytes(200), bytes(5000)]
)
def test_a_file_of_something_else(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.nc"
    path.write_bytes(content)
    assert "cannot be read as a fit" in refused(path)


@pytest.mark.parametrize("kept", [0.02, 0.5, 0.99])
def test_a_truncated_file(country_fit: Fit, tmp_path: Path, kept: float) -> None:
    path = country_fit.save(tmp_path / "a.nc")
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    assert "cannot be read as a fit" in refused(path)


def test_an_empty_folder(tmp_path: Path) -> None:
    for name in ("a.zarr", "a.nc"):
        (tmp_path / name).mkdir()
        assert "cannot be read as a fit" in refused(tmp_path / name)


def test_a_file_in_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.zarr").write_text("hello", encoding="utf-8")
    assert "cannot be read as a fit" in refused(tmp_path / "a.zarr")


@BOTH
def test_a_tree_that_is_no_fit(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a{ending}"
    tree = xr.DataTree.from_dict({"posterior": xr.Dataset({"x": ("draw", [1.0, 2.0])})})
    tree.to_netcdf(path, engine="h5netcdf") if ending == ".nc" else tree.to_zarr(
        path, consolidated=False
    )
    assert "is not a fit of this package" in refused(path)


@BOTH
@pytest.mark.parametrize("version", [FORMAT + 1, 0])
def test_another_format(country_fit: Fit, tmp_path: Path, ending: str, version: int) -> None:
    path = with_attrs(country_fit, format=version).save(tmp_path / f"a{ending}")
    assert f"has format {version}, this version reads {FORMAT}; fit again" in refused(path)


@pytest.mark.parametrize(
    "attrs, said", [({"format": "new"}, "cannot be read"), ({"made": "{"}, "cannot be read")]
)
def test_damaged_attributes(
    country_fit: Fit, tmp_path: Path, attrs: dict[str, Any], said: str
) -> None:
    assert said in refused(with_attrs(country_fit, **attrs).save(tmp_path / "a.nc"))


def test_missing_attributes_and_groups(country_fit: Fit, tmp_path: Path) -> None:
    for name in ("posterior", "evidence", "log_likelihood", "constant_data"):
        tree = country_fit.tree.copy()
        del tree[name]
        text = refused(Fit(country_fit.spec, country_fit.dataset, tree).save(tmp_path / "a.nc"))
        assert name in text
    tree = country_fit.tree.copy()
    tree.attrs = {"format": FORMAT}
    assert "made" in refused(
        Fit(country_fit.spec, country_fit.dataset, tree).save(tmp_path / "a.nc")
    )


@pytest.mark.parametrize("part", ["model", "header", "statements", "series"])
@pytest.mark.parametrize("content", ["not json", '{"name": 3}'])
def test_damaged_evidence(country_fit: Fit, tmp_path: Path, part: str, content: str) -> None:
    packed = country_fit.group("evidence").drop_vars(part)
    array = xr.DataArray(np.frombuffer(content.encode(), dtype=np.uint8), dims=f"{part}_byte")
    broken = with_group(country_fit, "evidence", packed.assign({part: array}))
    text = refused(broken.save(tmp_path / "a.nc"))
    assert "damaged" in text or "cannot be read" in text


# --- what cannot be written -----------------------------------------------------------------


@pytest.mark.parametrize("name", ["fit", "fit.h5", "fit.nc.gz", "fit.NC", "fit.html"])
def test_other_endings_are_refused(country_fit: Fit, tmp_path: Path, name: str) -> None:
    with pytest.raises(
        FitError, match=r"a fit is written as \.nc \(one file\) or \.zarr \(a folder\)"
    ):
        country_fit.save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_what_is_in_the_way_is_refused(country_fit: Fit, tmp_path: Path) -> None:
    (tmp_path / "a.nc").mkdir()
    (tmp_path / "a.zarr").write_text("mine", encoding="utf-8")
    with pytest.raises(FitError, match="a folder of that name is in the way"):
        country_fit.save(tmp_path / "a.nc")
    with pytest.raises(FitError, match="a file of that name is in the way"):
        country_fit.save(tmp_path / "a.zarr")
    assert (tmp_path / "a.zarr").read_text(encoding="utf-8") == "mine"


def test_folders_are_made(country_fit: Fit, tmp_path: Path) -> None:
    for name in ("a.nc", "a.zarr"):
        path = country_fit.save(tmp_path / "new" / "folder" / name)
        assert load_fit(path).spec == country_fit.spec


@BOTH
@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_a_failing_save_leaves_the_old_fit(
    country_fit: Fit,
    tmp_path: Path,
    ending: str,
    error: BaseException,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = country_fit.save(tmp_path / f"a{ending}")
    before = load_fit(path).tree

    def half(what: object, target: Path, **options: object) -> None:
        """Write a part, as a full disk would, and stop."""
        target = Path(target)
        if ending == ".nc":
            target.write_bytes(b"half")
        else:
            target.mkdir()
            (target / "zarr.json").write_text("{", encoding="utf-8")
        raise error

    if ending == ".nc":
        monkeypatch.setattr(H5NetCDFStore, "open", partial(half, None))
    else:
        monkeypatch.setattr(xr.DataTree, "to_zarr", half)
    with pytest.raises(type(error)):
        with_attrs(country_fit, made="{}").save(path)
    monkeypatch.undo()
    same_tree(load_fit(path).tree, before)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]  # nothing is left lying about


@pytest.mark.parametrize("failing", [1, 2])
def test_an_interrupted_swap_leaves_the_old_folder(
    country_fit: Fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    path = country_fit.save(tmp_path / "a.zarr")
    before = load_fit(path).tree
    renamed = Path.rename
    calls = []

    def interrupted(self: Path, target: Path) -> Path:
        calls.append(self)
        if len(calls) == failing:
            raise KeyboardInterrupt
        return renamed(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        with_attrs(country_fit, made="{}").save(path)
    monkeypatch.undo()
    assert len(calls) >= failing
    same_tree(load_fit(path).tree, before)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@BOTH
def test_a_save_replaces_the_old_fit(country_fit: Fit, tmp_path: Path, ending: str) -> None:
    path = country_fit.save(tmp_path / f"a{ending}")
    made = json.dumps(country_fit.made | {"random_seed": 99})
    other = with_group(
        with_attrs(country_fit, made=made), "prior", country_fit.group("prior").isel(draw=slice(9))
    )
    other.save(path)
    again = load_fit(path)
    assert again.made["random_seed"] == 99 and again.group("prior").sizes["draw"] == 9


def test_a_fit_is_a_file_that_others_may_read(country_fit: Fit, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("", encoding="utf-8")
    fit = country_fit.save(tmp_path / "a.nc")
    assert fit.stat().st_mode == plain.stat().st_mode


def test_a_moved_fit_can_be_read(country_fit: Fit, tmp_path: Path) -> None:
    for name in ("a.nc", "a.zarr"):
        path = country_fit.save(tmp_path / name)
        moved = tmp_path / "moved" / name
        moved.parent.mkdir(exist_ok=True)
        shutil.move(path, moved)
        same_tree(load_fit(moved).tree, country_fit.tree)
