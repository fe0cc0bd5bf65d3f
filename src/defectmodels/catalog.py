"""Where the shipped models and data are.

Invariant: a name or a path leads to the same file from a checkout and from an installed wheel. The
folder beside the package comes first (a wheel), then the root of the checkout. Shown by
``tests/test_catalog.py``.
"""

from __future__ import annotations

from pathlib import Path

from defectmodels.errors import SpecError, UnknownNameError, known

_PACKAGE = Path(__file__).resolve().parent


def root() -> Path:
    """Folder that holds models/ and data/.

    Raises
    ------
    SpecError
        When the installation lacks them.
    """
    for folder in (_PACKAGE / "shipped", _PACKAGE.parent.parent):
        if (folder / "models").is_dir() and (folder / "data").is_dir():
            return folder
    raise SpecError(
        f"{_PACKAGE}: the shipped models/ and data/ are missing; install the package again, "
        "or give paths of your own"
    )


def models() -> dict[str, Path]:
    """Model files by name."""
    return {path.stem: path for path in sorted((root() / "models").glob("*.toml"))}


def datasets() -> dict[str, Path]:
    """Dataset folders by name."""
    return {
        path.parent.name: path.parent for path in sorted((root() / "data").glob("*/dataset.toml"))
    }


def scenarios() -> dict[str, Path]:
    """Scenario files by name."""
    return {path.stem: path for path in sorted((root() / "data" / "scenarios").glob("*.toml"))}


def claims() -> dict[str, Path]:
    """Files of claims by name."""
    return {path.stem: path for path in sorted((root() / "data" / "claims").glob("*.toml"))}


def prior_sets() -> dict[str, Path]:
    """Files of sets of priors by name."""
    return {path.stem: path for path in sorted((root() / "models" / "priors").glob("*.toml"))}


def series_folder() -> Path:
    """Folder of the shipped series."""
    return root() / "data" / "series"


def find(name: str | Path, kind: str) -> Path:
    """Turn a catalogue name or a path into a path.

    Parameters
    ----------
    name : str or Path
        ``escape_rates``, or the path of a model file, dataset folder, scenario file, file of claims or
        set of priors.
    kind : {'model', 'dataset', 'scenario', 'claims', 'prior set'}
        What is looked for.

    Raises
    ------
    UnknownNameError
        When it is neither.
    """
    path = Path(name)
    if path.exists() and (path.is_dir() if kind == "dataset" else path.is_file()):
        return path
    folders = {
        "model": models, "dataset": datasets, "scenario": scenarios, "claims": claims,
        "prior set": prior_sets,
    }  # fmt: skip
    shipped = folders[kind]()
    if str(name) in shipped:
        return shipped[str(name)]
    raise UnknownNameError(
        f"no {kind} '{name}': neither a path nor a shipped name. {known(str(name), shipped)}"
    )
