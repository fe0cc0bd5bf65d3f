"""Diagnostics of many quantities are those of each alone, whatever the quantities are."""

from __future__ import annotations

import numpy as np
import pytest
from arviz_stats.base import array_stats

from defectmodels.estimands import accuracy


def drawn(elements: int = 5, chains: int = 3, draws: int = 60) -> np.ndarray:
    """Random walks that forget, of several persistences."""
    rng = np.random.default_rng(3)
    values = rng.normal(size=(elements, chains, draws))
    for at in range(1, draws):
        values[..., at] += np.linspace(-0.4, 0.9, elements)[:, None] * values[..., at - 1]
    return values


@pytest.mark.parametrize(
    ("many", "one"),
    [
        (accuracy.mean_sizes, lambda v: array_stats.ess(v, method="mean")),
        (accuracy.bulk_sizes, lambda v: array_stats.ess(v, method="bulk")),
        (lambda v: accuracy.tail_sizes(v, (0.05, 0.95)),
         lambda v: array_stats.ess(v, method="tail", prob=(0.05, 0.95))),
        (accuracy.mean_errors, lambda v: array_stats.mcse(v, method="mean")),
        (accuracy.rhat, array_stats.rhat),
    ],
)  # fmt: skip
def test_many_are_each_alone(many, one) -> None:  # type: ignore[no-untyped-def]
    values = drawn()
    assert many(values).tolist() == [float(one(each)) for each in values]


def test_quantiles_come_with_the_error_of_each() -> None:
    values, chances = drawn(), (0.05, 0.5, 0.95)
    quantiles, errors = accuracy.quantile_errors(values, chances)
    assert quantiles.tolist() == np.quantile(values, chances, axis=(1, 2)).tolist()
    for row, chance in zip(errors, chances, strict=True):
        alone = [float(array_stats.mcse(one, method="quantile", prob=chance)) for one in values]
        assert row.tolist() == alone


def test_what_cannot_be_told_is_no_number_and_no_warning() -> None:
    flat = np.ones((2, 2, 50))
    assert accuracy.bulk_sizes(flat).shape == (2,)
    assert np.isnan(accuracy.rhat(np.ones((2, 1, 50)))).all()
    assert np.isnan(accuracy.quantile_errors(flat[..., :3], (0.5,))[1]).all()
    assert accuracy.rhat(np.zeros((0, 2, 50))).shape == (0,)
