"""The sum-product as an operation of PyTensor graphs.

Invariant: the operation gives the same numbers whichever way the graph is run, and its gradient is
that of the kernel. Shown by ``tests/test_sumproduct.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytensor.tensor as pt
from pytensor.gradient import DisconnectedType, disconnected_type
from pytensor.graph.basic import Apply, Variable
from pytensor.graph.op import Op
from pytensor.link.numba.dispatch.basic import register_funcify_default_op_cache_key

from defectmodels.counting import calls

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
