"""What a gradient costs, and counting statements jointly in it; the PyMC graph and the engine beside it.

    python -m benchmarks.statements [--model escape_rates] [--json FILE]

Everything is timed in turn, in one process, near the posterior mode, so that ratios do not depend on the
load. Sizes of the program depend on nothing but the evidence.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

POINTS, ROUNDS = 40, 15
Gradient = Callable[[np.ndarray], Any]


def _graph(model: Any) -> Gradient:
    """Log probability and gradient as PyMC compiles them."""
    run = model.logp_dlogp_function(ravel_inputs=True, mode="NUMBA")
    run.set_extra_values({})
    return run


def _microseconds(run: Gradient, points: np.ndarray) -> float:
    started = time.perf_counter()
    for point in points:
        run(point)
    return (time.perf_counter() - started) / len(points) * 1e6


def measure(model: str, dataset: str, graph: bool = True) -> dict[str, Any]:
    """Time a gradient of the engine and of PyMC's graph, with and without the joint rows."""
    import defectmodels as dm
    from defectmodels.inference.density import ready
    from defectmodels.inference.engine import make_engine
    from defectmodels.inference.geometry import to_model
    from defectmodels.model.design import make_design

    spec, data = dm.load_model(model), dm.load_dataset(dataset)
    design = make_design(spec, data)
    joint = {row.statement.id for row in design.selection.joint}
    kept = tuple(one for one in data.statements if one.id not in joint and not one.grade)
    rest = make_design(spec, replace(data, statements=kept))
    started = time.perf_counter()
    ready()
    found: dict[str, Any] = {
        "rows": len(design.selection.rows),
        "joint_rows": len(joint),
        "integers_of_the_program": len(design.joint.program.ints),
        "kernel_ready_seconds": round(time.perf_counter() - started, 1),
    }
    runs: dict[str, tuple[Gradient, np.ndarray]] = {}
    rng = np.random.default_rng(1)
    for name, one in (("all", design), ("without_joint_rows", rest)):
        engine = make_engine(one)
        chart = engine.chart()
        z = rng.normal(size=(POINTS, len(engine.linear.layout.order)))
        runs[f"engine_{name}"] = engine.density.at(chart), z
        if graph:
            started = time.perf_counter()
            run = _graph(engine.model)
            x = to_model(engine.linear.layout, z, chart)[0]
            run(x[0])
            found[f"graph_{name}_compile_seconds"] = round(time.perf_counter() - started, 1)
            runs[f"graph_{name}"] = run, x
    rounds = [[_microseconds(*pair) for pair in runs.values()] for _ in range(ROUNDS)]
    for name, value in zip(runs, np.median(np.array(rounds), axis=0), strict=True):
        found[f"{name}_microseconds"] = round(float(value), 1)
    for kind in ("engine", "graph") if graph else ("engine",):
        whole, part = (found[f"{kind}_{one}_microseconds"] for one in ("all", "without_joint_rows"))
        found[f"{kind}_joint_over_rest"] = round((whole - part) / part, 2)
    return found


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.statements")
    parser.add_argument("--model", default="escape_rates")
    parser.add_argument("--dataset", default="arrivals")
    parser.add_argument("--no-graph", action="store_true", help="only the engine")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    arguments = parser.parse_args()
    found = measure(arguments.model, arguments.dataset, not arguments.no_graph)
    for key, value in found.items():
        print(f"{key.replace('_', ' '):44}{value}")
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
