"""A fit: what was asked, what was known and every draw, in one file.

Invariant: a fit read back equals the fit that was written, to the last bit, and needs neither the
model file nor the data folder any more. Shown by ``tests/test_fit.py``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate

# First of all, though nothing here uses it: it looks at every module that has been loaded before.
import arviz_base  # noqa: F401
import numpy as np
import xarray as xr
from pydantic import TypeAdapter, ValidationError
from xarray.backends import H5NetCDFStore

from defectmodels.errors import FitError
from defectmodels.evidence.dataset import Dataset, Header
from defectmodels.evidence.files import write_folder, write_whole
from defectmodels.evidence.series import Series
from defectmodels.evidence.statements import AnyStatement
from defectmodels.model.design import Design, make_design
from defectmodels.model.spec import ModelSpec

if TYPE_CHECKING:
    from defectmodels.estimands.checks import Checks

FORMAT = 2
"""Version of the fit file; a reader refuses others."""

_GROUPS = (
    "posterior",
    "sample_stats",
    "prior",
    "posterior_predictive",
    "log_likelihood",
    "constant_data",
)
"""Groups that every estimand or check may ask for."""
CHECKED = "checked"
"""Group of the tables of the checks; in files alone, and only where the checks were known when it was written."""
_STATEMENTS: TypeAdapter[Any] = TypeAdapter(tuple[AnyStatement, ...])


def once[**P, T](work: Callable[Concatenate[Fit, P], T]) -> Callable[Concatenate[Fit, P], T]:
    """Let a function of a fit work only once for the same fit and arguments; it is kept with the fit.

    A fit never changes, so what is found of it does not either; nobody may change what is given back.
    """

    @wraps(work)
    def found(fit: Fit, *args: P.args, **named: P.kwargs) -> T:
        key = work, args, tuple(sorted(named.items()))
        if key not in fit._found:
            fit._found[key] = work(fit, *args, **named)
        result: T = fit._found[key]
        return result

    return found


@dataclass(frozen=True)
class Fit:
    """A posterior with everything that made it.

    Attributes
    ----------
    spec : ModelSpec
        The model.
    dataset : Dataset
        The evidence, with the series that the model uses.
    tree : xr.DataTree
        Draws, in ArviZ's groups; dims and variables as in docs/outputs.md.
    """

    spec: ModelSpec
    dataset: Dataset
    tree: xr.DataTree = field(compare=False)
    _found: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What functions that are `once` have found."""

    @cached_property
    def design(self) -> Design:
        """Arrays that the model was built from, made again from what the fit holds."""
        return make_design(self.spec, self.dataset)

    @once
    def group(self, name: str) -> xr.Dataset:
        """One group of the tree as a dataset, the same each time.

        Raises
        ------
        FitError
            When the fit does not hold it.
        """
        if name not in self.tree.children:
            raise FitError(
                f"the fit has no group '{name}'; it holds {', '.join(self.tree.children)}"
            )
        return self.tree[name].to_dataset()

    @property
    def posterior(self) -> xr.Dataset:
        """Posterior draws, dims (chain, draw, ...)."""
        return self.group("posterior")

    @property
    def constant(self) -> xr.Dataset:
        """Constant data: covariates, exposures, periods, intervals of the rows."""
        return self.group("constant_data")

    @property
    def made(self) -> dict[str, Any]:
        """What made the fit: digests, date of the evidence, sampler, settings, seed, versions, seconds."""
        return dict(json.loads(self.tree.attrs["made"]))

    @property
    def kept(self) -> xr.Dataset | None:
        """Tables of the checks that the fit's file held; see `defectmodels.estimands.checked`."""
        found: xr.Dataset | None = self._found.get(CHECKED)
        return found

    @cached_property
    def checks(self) -> Checks:
        """Whether the fit may be quoted; see `defectmodels.check`."""
        # The one import of a higher floor: a convenience, resolved when asked for.
        from defectmodels.estimands.checks import check

        return check(self)

    def save(self, path: str | Path) -> Path:
        """Write the fit to one file, whole or not at all.

        Parameters
        ----------
        path : str or Path
            Ends in ``.nc`` (netCDF) or ``.zarr`` (a folder).

        Raises
        ------
        FitError
            For any other ending, or when writing fails.
        """
        return save(self, Path(path))


def _bytes(text: str) -> xr.DataArray:
    """Text as bytes: neither format limits their number, and none of them is ever executed."""
    return xr.DataArray(np.frombuffer(text.encode(), dtype=np.uint8), dims="byte")


def _text(array: xr.DataArray) -> str:
    return array.values.astype(np.uint8).tobytes().decode()


def pack_evidence(spec: ModelSpec, dataset: Dataset) -> xr.Dataset:
    """Model and evidence as they stand in a fit file."""
    series = {
        name: item.model_dump(mode="json", by_alias=True) for name, item in dataset.series.items()
    }
    return xr.Dataset(
        {
            "model": _bytes(spec.model_dump_json(by_alias=True)).rename(byte="model_byte"),
            "header": _bytes(dataset.header.model_dump_json(by_alias=True)).rename(
                byte="header_byte"
            ),
            "statements": _bytes(
                _STATEMENTS.dump_json(dataset.statements, by_alias=True).decode()
            ).rename(byte="statements_byte"),
            "series": _bytes(json.dumps(series)).rename(byte="series_byte"),
        },
        attrs={
            "description": "UTF-8 JSON of the model file, the dataset's header, its statements and its series"
        },
    )


def unpack_evidence(packed: xr.Dataset) -> tuple[ModelSpec, Dataset]:
    """Model and evidence from a fit file."""
    spec = ModelSpec.model_validate_json(_text(packed["model"]))
    header = Header.model_validate_json(_text(packed["header"]))
    statements = _STATEMENTS.validate_json(_text(packed["statements"]))
    series = {
        name: Series.model_validate(item)
        for name, item in json.loads(_text(packed["series"])).items()
    }
    return spec, Dataset(header, statements, series)


def check_target(path: Path) -> None:
    """Refuse a path that no fit can be written to.

    Raises
    ------
    FitError
    """
    if path.suffix not in (".nc", ".zarr"):
        raise FitError(
            f"{path}: a fit is written as .nc (one file) or .zarr (a folder); change the ending"
        )
    if (path.suffix == ".nc" and path.is_dir()) or (path.suffix == ".zarr" and path.is_file()):
        raise FitError(
            f"{path}: a {'folder' if path.is_dir() else 'file'} of that name is in the way; choose another"
        )


def save(fit: Fit, path: Path) -> Path:
    """Write a fit; see `Fit.save`."""
    check_target(path)
    tree = _with_checks(fit)
    if path.suffix == ".nc":
        # Without compression a fit is written three times faster and is a third larger.
        write_whole(path, lambda temporary: _to_netcdf(tree, temporary))
    else:
        _to_zarr(tree, path)
    return path


def _with_checks(fit: Fit) -> xr.DataTree:
    """The tree with the tables of the checks where they are known; see `defectmodels.estimands.checked`."""
    if "checks" in vars(fit):
        fit._found[CHECKED] = fit.checks.packed(fit)
    if fit.kept is None:
        return fit.tree
    tree = fit.tree.copy()
    tree[CHECKED] = xr.DataTree(fit.kept)
    return tree


def _to_netcdf(tree: xr.DataTree, path: Path) -> None:
    # Where Dask is installed, `tree.to_netcdf` loads all of it for a second, to lock what nobody else writes.
    store = H5NetCDFStore.open(str(path), mode="w", lock=False)
    try:
        for node in tree.subtree:
            at = store if node is tree else store.get_child_store(node.path)
            # Coordinates stand once, in the group where they belong.
            node.to_dataset(inherit=False).dump_to_store(at)
    finally:
        store.close()


def _to_zarr(tree: xr.DataTree, path: Path) -> None:
    import warnings

    def write(new: Path) -> None:
        tree.to_zarr(new, mode="w", consolidated=False)

    with warnings.catch_warnings():
        # Fixed-length strings have no final zarr 3 specification yet; xarray reads them back.
        warnings.filterwarnings("ignore", message=".*Zarr V3 specification.*")
        warnings.filterwarnings("ignore", message=".*[Cc]onsolidated metadata.*")
        write_folder(path, write)


def load_fit(path: str | Path) -> Fit:
    """Read a fit from its file.

    Raises
    ------
    FitError
        When the file is missing, is no fit, or was written in another format version.
    """
    path = Path(path)
    if not path.exists():
        raise FitError(
            f"{path}: there is no such file; make it with: defectmodels fit MODEL DATASET -o {path}"
        )
    try:
        engine: Any = "zarr" if path.suffix == ".zarr" else "h5netcdf"
        options: dict[str, Any] = {"consolidated": False} if engine == "zarr" else {}
        with xr.open_datatree(path, engine=engine, **options) as opened:
            tree = opened.load()
        version = tree.attrs.get("format")
        if version is None:
            raise FitError(
                f"{path}: is not a fit of this package; make one with: defectmodels fit MODEL DATASET"
            )
        if int(version) != FORMAT:
            raise FitError(f"{path}: has format {version}, this version reads {FORMAT}; fit again")
        made = dict(json.loads(tree.attrs["made"]))
        spec, dataset = unpack_evidence(tree["evidence"].to_dataset())
        dataset = replace(dataset, as_of=made["as_of"])
        missing = [group for group in _GROUPS if group not in tree.children]
        if missing:
            raise FitError(f"{path}: lacks the group(s) {', '.join(missing)}; fit again")
    except FitError:
        raise
    except ValidationError as error:
        raise FitError(
            f"{path}: its model or evidence is damaged ({error.error_count()} faults); fit again"
        ) from None
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:120]
        raise FitError(
            f"{path}: cannot be read as a fit ({type(error).__name__}: {reason}); fit again"
        ) from None
    kept = tree.children.get(CHECKED)
    found = Fit(spec, dataset, tree.filter(lambda node: node.name != CHECKED) if kept else tree)
    if kept is not None:
        found._found[CHECKED] = kept.to_dataset()
    return found
