"""The sum-product as an operation of PyTensor graphs, and run over many draws.

Invariant: the operation gives the same numbers whichever way the graph is run, and its gradient is
that of the kernel; drawn counts have the probabilities of enumeration. Shown by ``tests/test_sumproduct.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytensor.tensor as pt
from pytensor.gradient import DisconnectedType, disconnected_type
from pytensor.graph.basic import Apply, Variable
from pytensor.graph.op import Op
from pytensor.link.numba.dispatch.basic import register_funcify_default_op_cache_key

from defectmodels.counting import calls, kernel
from defectmodels.counting.program import ConflictError, Program

_VERSION = int(hashlib.sha256(Path(calls.__file__).read_bytes()).hexdigest()[:12], 16)
"""Part of the key under which compiled graphs are kept: they contain the call of the kernel."""


class SumProduct(Op):
    """Log probability of all statements together; the other outputs are its gradient.

    Inputs are those of `calls.evaluate`. There are no second derivatives.
    """

    __props__ = ()

    def make_node(self, *inputs: Any) -> Apply:
        """Six inputs; the outputs are a scalar and its derivatives by the first four."""
        # The kernel takes addresses: what stands there has to be of the right type.
        kinds = (*["float64"] * 4, "int64", "float64")
        found = [pt.cast(x, kind) for x, kind in zip(inputs, kinds, strict=True)]
        outputs = [pt.dscalar(), *(pt.dvector() for _ in range(4))]
        return Apply(self, found, outputs)

    def perform(self, node: Apply, inputs: Sequence[Any], output_storage: Any) -> None:
        """Run the compiled kernel."""
        calls.ready()
        for storage, found in zip(output_storage, calls.evaluate_all(*inputs), strict=True):
            storage[0] = found

    def infer_shape(self, node: Apply, shapes: Any) -> list[Any]:
        """Derivatives have the shapes of the inputs."""
        return [(), *shapes[:4]]

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        """Only the log probability has derivatives, and only by the first four inputs."""
        return [[at < 4, False, False, False, False] for at in range(6)]

    def pullback(
        self,
        inputs: Sequence[Variable],
        outputs: Sequence[Variable],
        cotangents: Sequence[Variable],
    ) -> list[Variable]:
        """Cotangent of the log probability times its derivatives."""
        if isinstance(cotangents[0].type, DisconnectedType):
            return [disconnected_type() for _ in inputs]
        slopes = [cotangents[0] * one for one in outputs[1:]]  # type: ignore[operator]
        return [*slopes, disconnected_type(), disconnected_type()]


@register_funcify_default_op_cache_key(SumProduct)
def _funcify(op: SumProduct, **kwargs: Any) -> Any:
    calls.ready()
    return calls.evaluate_all, _VERSION


class EvaluatedDraws(NamedTuple):
    """What the sum-product says of many draws.

    Attributes
    ----------
    log_z : np.ndarray (draw, component)
    truth : np.ndarray (draw, pattern), posterior probability of the patterns of true readings
    """

    log_z: np.ndarray
    truth: np.ndarray


def evaluate_draws(
    program: Program, p: np.ndarray, mean: np.ndarray, size: np.ndarray, weight: np.ndarray
) -> EvaluatedDraws:
    """Run a program on many draws.

    Parameters
    ----------
    p, mean, size, weight : np.ndarray (draw, ...), see `calls.evaluate`
    """
    p, mean, size, weight = (
        np.ascontiguousarray(one, dtype=float) for one in (p, mean, size, weight)
    )
    components, patterns = len(program.components), len(program.patterns)
    return EvaluatedDraws(
        *calls.evaluate_many(
            p, mean, size, weight, program.ints, program.floats, components, patterns
        )
    )


class Drawn(NamedTuple):
    """Realised counts; those of parts that no statement touches are 0.

    Attributes
    ----------
    link : np.ndarray (draw, link), int, persons of each published total in each part
    free : np.ndarray (draw, free), int, persons on days without a total
    """

    link: np.ndarray
    free: np.ndarray


def draw_counts(
    program: Program,
    p: np.ndarray,
    mean: np.ndarray,
    size: np.ndarray,
    weight: np.ndarray,
    rng: np.random.Generator,
) -> Drawn:
    """Draw the counts given what is said of them, once for every draw of the rates.

    Parameters
    ----------
    p, mean, size, weight : np.ndarray (draw, ...), see `calls.evaluate`

    Raises
    ------
    ConflictError
        When the weights make all statements together impossible.
    """
    calls.ready()
    arrays = [np.ascontiguousarray(one, dtype=float) for one in (p, mean, size, weight)]
    drawn = Drawn(np.zeros(p.shape, dtype=np.int64), np.zeros(mean.shape, dtype=np.int64))
    if not kernel.draw_many(*arrays, program.ints, program.floats, rng, *drawn):  # type: ignore[call-arg]
        raise ConflictError("the statements cannot all be true with these weights")
    return drawn
