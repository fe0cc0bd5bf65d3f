"""Joint rows as one observed variable of a PyMC model.

Invariant: the log probability is that of the sum-product, and a draw of a row is that of
`defectmodels.model.inputs.simulate` at the same rates. Shown by ``tests/test_joint.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt

from defectmodels import names
from defectmodels.counting.sumproduct import SumProduct
from defectmodels.model.inputs import counting_inputs, simulate

if TYPE_CHECKING:
    from pytensor.tensor import TensorVariable

    from defectmodels.model.design import Design


def add_joint(
    design: Design, expected: TensorVariable, factor: Any, frailty: Any, weight: TensorVariable
) -> None:
    """Add the joint rows to the model in context.

    The log probability of all of them stands with the first: they have no probabilities of their
    own. `defectmodels.inference.rows` gives each row's, given the others.
    """
    rows = design.selection.joint
    ints = pytensor.shared(design.joint.program.ints, name="counting_steps")
    floats = pytensor.shared(design.joint.program.floats, name="counting_constants")
    p, mean, size = counting_inputs(design, expected, factor, frailty, pt)
    first = np.eye(1, len(rows))[0]

    def logp(value: Any, p: Any, mean: Any, size: Any, weight: Any, first: Any) -> Any:
        return SumProduct()(p, mean, size, weight, ints, floats)[0] * first  # type: ignore[index]

    def random(
        p: Any, mean: Any, size_: Any, weight: Any, first: Any, rng: Any = None, size: Any = None
    ) -> Any:
        batch = tuple(size or ())
        p, mean, size_ = (np.tile(one, (int(np.prod(batch)), 1)) for one in (p, mean, size_))
        return simulate(design, p, mean, size_, rng).reshape((*batch, len(rows)))

    pm.CustomDist(
        names.JOINT_COUNT,
        p,
        mean,
        size,
        weight,
        first,
        logp=logp,
        random=random,
        dtype="int64",
        observed=np.array([row.interval.low for row in rows]),
        dims=names.JOINT,
        signature="(l),(f),(f),(w),(n)->(n)",
    )
