"""Few draws of a fit, rounded, so that a page can hold them and another program reads the very same.

Expected arrivals and effects of one draw stay together. The logs of expected arrivals, and the effects, are
rounded to steps of which there are `CODES` between the smallest and the largest draw of each.

Invariant: what is rounded is rounded to itself, and differs from the fit's draws by less than one part in
a million. Shown by ``tests/test_explorer.py``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr

from defectmodels import names
from defectmodels.estimands.rates import expected, years_of
from defectmodels.estimands.summary import effective
from defectmodels.inference.fit import Fit

DRAWS = 500
"""Draws that are kept, at most."""
CODES = 2**24 - 1
"""Steps between the smallest and the largest draw: three bytes."""


@dataclass(frozen=True)
class Rounded:
    """Draws of some quantities in steps that a few bytes can count.

    Attributes
    ----------
    low, step : np.ndarray (quantity,)
    codes : np.ndarray (quantity, draw), whole numbers from 0 to `CODES`
    """

    low: np.ndarray
    step: np.ndarray
    codes: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray) -> Rounded:
        """Round np.ndarray (quantity, draw)."""
        low = values.min(axis=1, initial=np.inf)
        step = (values.max(axis=1, initial=-np.inf) - low) / CODES
        whole = (values - low[:, None]) / np.where(step > 0, step, 1.0)[:, None]
        return cls(low, step, np.rint(whole).astype(np.uint32))

    @property
    def values(self) -> np.ndarray:
        """np.ndarray (quantity, draw), as a page reads them back."""
        return self.low[:, None] + self.codes * self.step[:, None]


@dataclass(frozen=True)
class Thin:
    """Few draws of a fit, rounded.

    Attributes
    ----------
    fit : Fit
        With expected arrivals and effects alone in its posterior.
    log_expected : Rounded (group and period, draw)
    effect : Rounded (group and covariate, draw)
    every : int
        One draw of so many is kept, in each chain.
    """

    fit: Fit
    log_expected: Rounded
    effect: Rounded
    every: int

    @property
    def draws(self) -> int:
        """How many draws are kept."""
        return int(np.prod([self.fit.posterior.sizes[dim] for dim in names.SAMPLE]))

    @cached_property
    def effective(self) -> float:
        """Smallest effective sample size of yearly arrivals and effects, at most the number of draws."""
        kept = self.fit.posterior
        years = years_of(self.fit) or [str(self.fit.spec.periods.span)]
        found = [
            effective(one)
            for one in (expected(self.fit, years), kept.get(names.EFFECT))
            if one is not None
        ]
        # With a handful of draws there is no estimate, and one of them may be all there is.
        return min(self.draws, *(size if size == size else 1.0 for size in found))


def _packed(array: xr.DataArray, second: str) -> np.ndarray:
    """Group and another dim first, draws behind each other last: np.ndarray (quantity, draw)."""
    values = array.transpose(names.GROUP, second, *names.SAMPLE).values
    return values.reshape(-1, values.shape[-2] * values.shape[-1])


def _unpacked(values: np.ndarray, like: xr.DataArray, second: str) -> xr.DataArray:
    laid = like.transpose(names.GROUP, second, *names.SAMPLE)
    return laid.copy(data=values.reshape(laid.shape)).transpose(*like.dims)


def thin(fit: Fit, draws: int = DRAWS) -> Thin:
    """Keep one draw of every few in each chain, no more than `draws` in all, and round them."""
    sizes = fit.posterior.sizes
    every = max(1, math.ceil(sizes["draw"] / max(1, draws // sizes["chain"])))
    posterior = fit.posterior.isel(draw=slice(None, None, every))
    arrivals = posterior[names.EXPECTED]
    log_expected = Rounded.of(np.log(_packed(arrivals, names.PERIOD)))
    kept = {names.EXPECTED: _unpacked(np.exp(log_expected.values), arrivals, names.PERIOD)}
    effect = Rounded.of(np.zeros((0, log_expected.codes.shape[1])))
    if names.EFFECT in posterior:
        effect = Rounded.of(_packed(posterior[names.EFFECT], names.COVARIATE))
        kept[names.EFFECT] = _unpacked(effect.values, posterior[names.EFFECT], names.COVARIATE)
    tree = xr.DataTree.from_dict({"posterior": xr.Dataset(kept), "constant_data": fit.constant})
    tree.attrs = fit.tree.attrs
    own = Fit(fit.spec, fit.dataset, tree)
    # The same model and evidence: nothing of the design hangs on the draws.
    own.__dict__["design"] = fit.design
    return Thin(own, log_expected, effect, every)
