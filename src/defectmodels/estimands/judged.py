"""What a check says: its verdict, what was found, and what to do.

Invariant: a value that is not a number fails. Shown by ``tests/test_checks.py``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
import xarray as xr

from defectmodels import names

Verdict = Literal["pass", "warn", "fail"]
ORDER: tuple[Verdict, ...] = ("pass", "warn", "fail")


@dataclass(frozen=True)
class Check:
    """One check of a fit: its verdict, what was found and what to do about it.

    `concerns` says what a verdict other than pass stands in the way of: quoting the fit, or only
    comparing it with other models. Name, text and remedy are in English, whatever language is spoken
    when the fit is judged; `said` says them in another.
    """

    name: str
    verdict: Verdict
    text: str
    remedy: str = ""
    concerns: Literal["quoting", "comparing"] = "quoting"


def graded(value: float, limits: tuple[float, float], more_is_worse: bool = True) -> Verdict:
    """Verdict of a value: beyond the first limit it warns, beyond the second it fails."""
    if math.isnan(value):
        return "fail"
    bad = (
        (value > limits[0], value > limits[1])
        if more_is_worse
        else (value < limits[0], value < limits[1])
    )
    return "fail" if bad[1] else "warn" if bad[0] else "pass"


def labels(name: str, array: xr.DataArray) -> np.ndarray:
    """Names of a quantity's elements, ``share of elite[2019]``: np.ndarray (element,), str.

    In the order of the dims other than chain and draw.
    """
    if array.ndim <= len(names.SAMPLE):
        return np.array([name], dtype=object)
    own = [array[dim].values for dim in array.dims if dim not in names.SAMPLE]
    made = [f"{name}[{', '.join(map(str, one))}]" for one in product(*own)]
    return np.array(made, dtype=object)
