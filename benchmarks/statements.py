"""What counting statements jointly costs: one gradient with them and without, and compiling both.

    python -m benchmarks.statements [--model escape_rates] [--json FILE]

Both gradients are timed in turn, in one process, at the same points near the posterior mode, so that
their ratio does not depend on the load. Sizes of the program depend on nothing but the evidence.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

POINTS, ROUNDS = 40, 15


class _Gradient:
    """Log probability and gradient of a model at one vector."""

    def __init__(self, model: Any) -> None:
        started = time.perf_counter()
        self._run = model.logp_dlogp_function(ravel_inputs=True, mode="NUMBA")
        self._run.set_extra_values({})
        self.start = np.concatenate(
            [np.ravel(model.initial_point()[v.name]) for v in self._run._grad_vars]
        )
        self(self.start)
        self.compile_seconds = time.perf_counter() - started

    def __call__(self, point: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = self._run(point)
        return float(value), slope

    def mode(self) -> np.ndarray:
        """Point near which a chain moves."""
        from scipy.optimize import minimize

        def down(x: np.ndarray) -> tuple[float, np.ndarray]:
            value, slope = self(x)
            return (-value, -slope) if np.isfinite(value) else (1e10, np.zeros_like(x))

        found = minimize(down, self.start, jac=True, method="L-BFGS-B", options={"maxiter": 300})
        return np.asarray(found.x)


def _points(one: _Gradient) -> list[np.ndarray]:
    rng, mode = np.random.default_rng(1), one.mode()
    return [mode + 0.05 * rng.normal(size=len(mode)) for _ in range(POINTS)]


def _microseconds(one: _Gradient, points: list[np.ndarray]) -> float:
    started = time.perf_counter()
    for point in points:
        one(point)
    return (time.perf_counter() - started) / len(points) * 1e6


def measure(model: str, dataset: str) -> dict[str, Any]:
    """Time both gradients."""
    import defectmodels as dm
    from defectmodels.model.build import build_design
    from defectmodels.model.design import make_design

    spec, data = dm.load_model(model), dm.load_dataset(dataset)
    design = make_design(spec, data)
    joint = {row.statement.id for row in design.selection.joint}
    kept = tuple(one for one in data.statements if one.id not in joint and not one.grade)
    rest = make_design(spec, replace(data, statements=kept))
    whole, without = _Gradient(build_design(design)), _Gradient(build_design(rest))
    points = [(one, _points(one)) for one in (whole, without)]
    rounds = [[_microseconds(one, own) for one, own in points] for _ in range(ROUNDS)]
    all_rows, others = np.median(np.array(rounds), axis=0)
    return {
        "rows": len(design.selection.rows),
        "joint_rows": len(joint),
        "integers_of_the_program": len(design.joint.program.ints),
        "gradient_microseconds": round(float(all_rows), 1),
        "without_joint_rows_microseconds": round(float(others), 1),
        "joint_over_rest": round(float((all_rows - others) / others), 2),
        "compile_seconds": round(whole.compile_seconds, 1),
        "without_joint_rows_compile_seconds": round(without.compile_seconds, 1),
    }


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.statements")
    parser.add_argument("--model", default="escape_rates")
    parser.add_argument("--dataset", default="arrivals")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    arguments = parser.parse_args()
    found = measure(arguments.model, arguments.dataset)
    for key, value in found.items():
        print(f"{key.replace('_', ' '):36}{value}")
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
