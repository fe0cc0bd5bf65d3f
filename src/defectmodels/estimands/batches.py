"""How draws of numbers go together with those of others, with Monte Carlo errors from batches of each chain.

Means over batches of neighbours are nearly independent of each other, however the draws resemble their
neighbours, so that their scatter gives the error of the whole.

Invariant: errors are those of repetition. Shown by ``tests/test_rests.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

_BATCHES = 10
"""Of each chain."""
_FEW = 5
"""Draws of a batch at least."""


@dataclass(frozen=True)
class Batched:
    """Draws of several rows, cut into batches of neighbours: np.ndarray (row, batch, draw)."""

    values: np.ndarray

    def times(self, other: Batched) -> np.ndarray:
        """Mean product with rows of another, in each batch: np.ndarray (batch, row, other row)."""
        left, right = self.values.transpose(1, 0, 2), other.values.transpose(1, 2, 0)
        found: np.ndarray = left @ right / self.values.shape[2]
        return found


def batched(values: np.ndarray) -> Batched:
    """Centre rows and cut them: np.ndarray (row, chain, draw)."""
    rows, chains, draws = values.shape
    batches = max(1, min(_BATCHES, draws // _FEW))
    size = draws // batches
    kept = values[:, :, : size * batches].reshape(rows, chains * batches, size)
    return Batched(kept - kept.mean(axis=(1, 2), keepdims=True))


def batch_errors(batches: np.ndarray) -> np.ndarray:
    """Monte Carlo errors of means over batches: np.ndarray (batch, ...) to (...)."""
    count = len(batches)
    if count < 2:
        return np.full(batches.shape[1:], np.nan)
    found: np.ndarray = batches.std(axis=0, ddof=1) / np.sqrt(count)
    return found


def normal_scores(values: np.ndarray) -> np.ndarray:
    """Replace draws by the normal quantiles of their ranks: np.ndarray (row, sample)."""
    size = values.shape[1]
    quantiles = special.ndtri((np.arange(size) + 0.5) / size)
    quantiles /= quantiles.std()
    found = np.empty(values.shape)
    np.put_along_axis(found, np.argsort(values, axis=1), quantiles[None], axis=1)
    return found


def shares(moments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share of the precision that some scores supply, and its Monte Carlo error.

    Parameters
    ----------
    moments : np.ndarray (batch, number, score)
        Mean products of a number's scores with those of a prior, in each batch.

    Returns
    -------
    np.ndarray (number,)
        The square of a mean of batches is too large by their variance, which is taken off.
    np.ndarray (number,)
    """
    mean, error = moments.mean(axis=0), batch_errors(moments)
    found = (mean**2 - np.nan_to_num(error**2)).sum(axis=1)
    return found, 2 * batch_errors(np.einsum("bnj,nj->bn", moments, mean))
