"""Cost against the number of groups, periods and statements, with fitted exponents.

    python -m benchmarks.scale [--quick] [--json FILE]

Made-up models with a trend, two covariates and frailty, one total for each group and period. Each size is a
process of its own. The exponent is the slope of log cost on log size over the larger half of the sizes;
numbers of the arrays do not depend on the machine.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
SIZES: dict[str, tuple[int, ...]] = {
    "groups": (1, 2, 4, 8, 10),
    "months": (28, 60, 120, 300, 600, 1200),
    "statements": (10, 50, 200, 1000),
}
KEYS = ("gradient_microseconds", "ready_seconds", "chart_gradients", "array_numbers", "peak_mib")


def measure(axis: str, size: int) -> dict[str, Any]:
    """Cost of one size, in this process."""
    from benchmarks.cases import WHY, made_up
    from defectmodels.inference.density import ready
    from defectmodels.inference.engine import make_engine
    from defectmodels.inference.geometry import Slope, settled
    from defectmodels.model.design import make_design

    groups = size if axis == "groups" else 2
    periods = size if axis == "months" else max(112, size // 2) if axis == "statements" else 112
    rng = np.random.default_rng(size)
    x = np.clip(np.cumsum(rng.normal(0.0, 0.1, (periods, 2)), axis=0), -3, 3)
    counts = rng.poisson(40.0 * np.exp(0.3 * x[:, 0]), (groups, periods))
    prior = {"median": 0.2, "factor": 3, "why": WHY}
    effects = [
        {"series": f"x{k}", "ratio": {"median": 1.0, "factor": 3, "why": WHY}} for k in (0, 1)
    ]
    one = made_up(
        "scale", counts, "month", 1900, x, frailty=prior,
        term=[{"kind": "covariates", "effect": effects},
              {"kind": "trend", "every": "year", "scale": prior}],
    )  # fmt: skip
    data = one.data
    if axis == "statements":
        from dataclasses import replace

        data = replace(
            data, statements=data.statements[:: max(1, len(data.statements) // size)][:size]
        )
    ready()
    start = time.perf_counter()
    engine = make_engine(make_design(one.spec, data))
    spent = time.perf_counter() - start
    density, calls = engine.density, [0]

    def counted(chart: Any) -> Slope:
        slope = density.at(chart)

        def run(z: np.ndarray) -> tuple[float, np.ndarray]:
            calls[0] += 1
            return slope(z)

        return run

    chart = settled(density.layout, density.own, counted)
    slope, z = density.at(chart), np.zeros(len(density.layout.order))
    times = []
    for _ in range(15):
        start = time.perf_counter()
        for _ in range(10):
            slope(z)
        times.append((time.perf_counter() - start) / 10)
    held = density.held(chart)
    return {
        "size": size,
        "coordinates": len(z),
        "cells": groups * periods,
        "gradient_microseconds": round(float(np.median(times)) * 1e6, 1),
        "ready_seconds": round(spent, 2),
        "chart_gradients": calls[0],
        "array_numbers": sum(len(one) for one in held.arrays),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def exponent(sizes: list[float], costs: list[float]) -> float:
    """Slope of log cost on log size over the larger half of the sizes."""
    half = len(sizes) // 2
    return float(np.polyfit(np.log(sizes[half:]), np.log(costs[half:]), 1)[0])


def main() -> None:
    """Read the command line, run and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.scale")
    parser.add_argument("--quick", action="store_true", help="only the two smallest sizes")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    arguments = parser.parse_args()
    found: dict[str, list[dict[str, Any]]] = {}
    for axis, sizes in SIZES.items():
        rows = []
        for size in sizes[:2] if arguments.quick else sizes:
            code = f"import json; from benchmarks.scale import measure; print(json.dumps(measure({axis!r}, {size})))"
            done = subprocess.run(
                [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
            )
            rows.append(json.loads(done.stdout.splitlines()[-1]))
        found[axis] = rows
        print(f"\n{axis:12}" + "".join(f"{key:>24}" for key in ("coordinates", *KEYS)))
        for row in rows:
            print(
                f"{row['size']:<12}" + "".join(f"{row[key]:>24}" for key in ("coordinates", *KEYS))
            )
        sizes_seen = [row["size"] for row in rows]
        slopes = [exponent(sizes_seen, [row[key] for row in rows]) for key in KEYS]
        print(f"{'exponent':12}{'':24}" + "".join(f"{slope:>24.2f}" for slope in slopes))
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
