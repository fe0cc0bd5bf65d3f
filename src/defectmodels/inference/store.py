"""Fits that need not be made again: what makes a fit, and a file that holds one made of the same.

A fit follows from the model, the evidence it uses, the sampler with its settings, the seed, the
versions of the packages and the code of this one. A file of which all of these are the same holds
the fit that sampling would give.

Invariant: a change of any of them is a miss, and reading needs neither PyMC nor a sampler. Shown by
``tests/test_store.py``.
"""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from defectmodels.errors import FitError
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.fit import Fit, load_fit
from defectmodels.model.spec import ModelSpec

Sampler = Literal["nutpie", "pymc"]
Refit = Literal["never", "on_change", "always"]
TARGET_ACCEPT = 0.9
"""Mean acceptance aimed at. In the coordinates of `defectmodels.inference.geometry` the reference model
takes 8 gradients a draw at 0.8, 12 at 0.85 and 15 at 0.9 and 0.95. At 0.8 a draw diverged now and then; at
0.95 the same number of steps goes less far, which costs effective draws."""
QUICK_ACCEPT = 0.65
"""The same for refits of which only two probabilities are read, with their Monte Carlo errors: a draw takes 7
gradients, and an effective draw of what the headline quotes 9 (12 for the slowest) instead of 13 (27). None of 31,200
draws diverged at it, two of 24,000 at 0.6 and 0.7; now and then a chain stays in a tail for long."""
_PACKAGES = ("defectmodels", "pymc", "pytensor", "nutpie", "arviz", "numpy", "xarray", "numba")


@cache
def code_digest() -> str:
    """Digest of the package's own code: between two releases it changes and the version does not."""
    found, root = hashlib.sha256(), Path(__file__).parents[1]
    for path in sorted(root.rglob("*.py")):
        found.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def here() -> dict[str, Any]:
    """What of this machine makes a fit: versions of packages, and the package's own code."""
    versions = {name: version(name) for name in _PACKAGES}
    return {"versions": versions | {"python": platform.python_version()}, "code": code_digest()}


def used_by(spec: ModelSpec, dataset: Dataset) -> Dataset:
    """The dataset with only the series that a fit keeps: the model's, and labels of time."""
    eras = [name for name, one in dataset.series.items() if one.role == "labels"]
    # One that is missing is named, with all that is wrong, when model and dataset are held together.
    names = [name for name in (*spec.series, *eras) if name in dataset.series]
    return replace(dataset, series={name: dataset.series[name] for name in names})


def recipe(
    spec: ModelSpec,
    used: Dataset,
    *,
    random_seed: int,
    draws: int,
    tune: int,
    chains: int,
    sampler: Sampler,
    target_accept: float = TARGET_ACCEPT,
) -> dict[str, Any]:
    """What makes a fit, as it stands in the fit's record.

    Parameters
    ----------
    used : Dataset
        From `used_by`.
    """
    return {
        "model": spec.name,
        "model_digest": spec.digest,
        "dataset": used.name,
        "dataset_digest": used.digest,
        "as_of": used.as_of,
        "sampler": sampler,
        "settings": {
            "draws": draws,
            "tune": tune,
            "chains": chains,
            "target_accept": target_accept,
        },
        "random_seed": random_seed,
        **here(),
    }


def stored(path: Path, wanted: dict[str, Any], refit: Refit) -> Fit | None:
    """The fit in a file, when it need not be made again.

    Parameters
    ----------
    wanted : dict
        From `recipe`.
    refit : {'never', 'on_change', 'always'}
        ``never`` takes whatever fit the file holds; ``on_change`` one that was made of the same.

    Returns
    -------
    Fit or None
        None when a fit has to be made.

    Raises
    ------
    FitError
        When it is never to be made and the file holds none.
    """
    if refit == "never":
        return load_fit(path)
    if refit == "always" or not path.exists():
        return None
    try:
        found = load_fit(path)
    except FitError:
        # Damaged, or of an earlier format: made again, and replaced only when that has succeeded.
        return None
    made = found.made
    same = all(made.get(key) == json.loads(json.dumps(value)) for key, value in wanted.items())
    return found if same else None
