"""Priors as data: a positive quantity by its median and how far 90% of the mass reaches.

Invariant: 90% of a `LogNormal` prior lies between median / factor and median * factor, and each
prior carries its reason. Shown by ``tests/test_priors.py``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field
from scipy import stats

from defectmodels.evidence.files import FileModel

if TYPE_CHECKING:
    from pytensor.tensor import TensorVariable

Z90 = 1.6448536269514722
"""95% quantile of the standard normal: half of a central 90% interval."""

Positive = Annotated[float, Field(gt=0)]


class LogNormal(FileModel):
    """A positive quantity: 90% of the prior lies between median / factor and median * factor."""

    dist: Literal["lognormal"] = "lognormal"
    median: Positive
    factor: Annotated[float, Field(gt=1)]
    why: str

    @property
    def mu(self) -> float:
        """Mean of the logarithm."""
        return math.log(self.median)

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm."""
        return math.log(self.factor) / Z90

    def log_rv(self, name: str, divisor: float = 1.0, **kwargs: Any) -> TensorVariable:
        """Random variable of the logarithm of the quantity over `divisor`."""
        import pymc as pm

        return pm.Normal(name, self.mu - math.log(divisor), self.sigma, **kwargs)

    def quantile(self, probability: float) -> float:
        """Quantile of the quantity."""
        return float(stats.lognorm(self.sigma, scale=self.median).ppf(probability))


class Gamma(FileModel):
    """A positive quantity with a Gamma prior, conjugate to Poisson counts."""

    dist: Literal["gamma"]
    mean: Positive
    shape: Positive
    why: str

    def log_rv(self, name: str, divisor: float = 1.0, **kwargs: Any) -> TensorVariable:
        """Random variable of the logarithm of the quantity over `divisor`.

        The density of y = log x is that of x times x (the Jacobian).
        """
        import pymc as pm

        def logp(value: Any, shape: Any, rate: Any) -> Any:
            import pytensor.tensor as pt

            return shape * pt.log(rate) - pt.gammaln(shape) + shape * value - rate * pt.exp(value)

        def random(shape: Any, rate: Any, rng: Any = None, size: Any = None) -> Any:
            return np.log(rng.gamma(shape, 1.0 / rate, size=size))

        # PyTensor would hold a Python number that fits in single precision as one.
        shape = np.float64(self.shape)
        return pm.CustomDist(
            name,
            shape,
            shape / (self.mean / divisor),
            logp=logp,
            random=random,
            signature="(),()->()",
            **kwargs,
        )

    def quantile(self, probability: float) -> float:
        """Quantile of the quantity."""
        return float(stats.gamma(self.shape, scale=self.mean / self.shape).ppf(probability))


class Beta(FileModel):
    """A probability, with as much doubt as if `size` cases had been seen."""

    dist: Literal["beta"] = "beta"
    mean: Annotated[float, Field(gt=0, lt=1)]
    size: Positive
    why: str

    @property
    def shapes(self) -> tuple[float, float]:
        """Shapes a and b of the beta distribution."""
        return self.mean * self.size, (1.0 - self.mean) * self.size

    def quantile(self, probability: float) -> float:
        """Quantile of the probability."""
        return float(stats.beta(*self.shapes).ppf(probability))


Prior = Annotated[LogNormal | Gamma, Field(discriminator="dist")]
