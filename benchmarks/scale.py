"""Cost against the number of groups, periods, statements and cells, with fitted exponents.

    python -m benchmarks.scale [--quick | --full] [--json FILE]

Made-up models with a trend by year, two covariates whose effects are pooled over the groups, and frailty.
`groups` have totals of their own by month, as countries do; `tied` have one year's total in common, so that
their coordinates are one part. `untrended` cells have no trends. Each size is a process of its own. The exponent
is the slope of log cost on log size over the larger half of the sizes; numbers of the arrays and gradients do not
depend on the machine. `--full` adds the largest sizes: a million cells take many minutes.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parent.parent


class World(NamedTuple):
    """Groups and months, how many statements of which length, whether groups are tied and have trends."""

    groups: int = 2
    months: int = 120
    statements: int = 100_000
    every: str = "month"
    tied: bool = False
    trend: bool = True


SIZES: dict[str, dict[int, World]] = {
    "groups": {n: World(groups=n) for n in (2, 5, 10, 20, 50, 100, 200)},
    "tied": {n: World(groups=n, tied=True) for n in (2, 4, 8, 16, 32)},
    "months": {n: World(months=n) for n in (28, 60, 120, 300, 600, 1200)},
    "statements": {n: World(5, 1200, n) for n in (10, 50, 200, 1000, 5000)},
    "cells": {n * 1200: World(n, 1200, 5000, "year") for n in (10, 40, 160, 840)},
    "untrended": {n * 1200: World(n, 1200, 5000, "year", trend=False) for n in (10, 40, 160, 840)},
}
LARGEST = {"tied": 16, "cells": 160 * 1200, "untrended": 160 * 1200}
"""Sizes beyond these only with `--full`."""
KEYS = (
    "gradient_microseconds",
    "ready_seconds",
    "chart_seconds",
    "chart_gradients",
    "array_numbers",
    "peak_mib",
)


def made(world: World) -> Any:
    """A model and its evidence."""
    from benchmarks.cases import WHY, covariate_series, made_up

    rng = np.random.default_rng(world.groups * world.months)
    x = np.clip(np.cumsum(rng.normal(0.0, 0.1, (world.months, 2)), axis=0), -3, 3)
    length = 12 if world.every == "year" else 1
    level = x[: world.months // length * length, 0].reshape(-1, length).mean(axis=1)
    counts = rng.poisson(40.0 * length * np.exp(0.3 * level), (world.groups, len(level)))
    prior = {"median": 0.2, "factor": 3, "why": WHY}
    effects = [
        {"series": f"x{k}", "ratio": {"median": 1.0, "factor": 3, "why": WHY}} for k in (0, 1)
    ]
    end = f"{1900 + (world.months - 1) // 12}-{(world.months - 1) % 12 + 1:02}"
    one = made_up(
        "scale", counts, world.every, 1900, np.zeros((len(level), 0)), frailty=prior,
        axis={"start": "1900-01", "end": end, "every": "month"},
        term=[{"kind": "covariates", "effect": effects},
              {"kind": "trend", "every": "year", "scale": prior}][: 2 if world.trend else 1],
    )  # fmt: skip
    data, rows = one.data, list(one.data.statements)
    if world.tied:
        # The first year of all of them instead of each one's.
        first = [row for row in rows if row.start.year == 1900]
        whole = {"definition": "all", "id": "all", "end": max(row.end for row in first)}
        whole |= dict.fromkeys(("low", "high"), sum(row.low for row in first))
        rows = [first[0].model_copy(update=whole), *rows[len(first) // world.groups :]]
        rows = [row for row in rows if row.id == "all" or row.start.year > 1900]
        everyone = data.header.definition[0].model_copy(update={"name": "all", "groups": ("*",)})
        header = data.header.model_copy(update={"definition": (*data.header.definition, everyone)})
        data = replace(data, header=header)
    step = max(1, len(rows) // world.statements)
    kept = tuple(rows[::step][: world.statements])
    return one.spec, replace(data, statements=kept, series=covariate_series(x, "month", 1900))


def measure(axis: str, size: int) -> dict[str, Any]:
    """Cost of one size, in this process."""
    from defectmodels.inference.density import ready
    from defectmodels.inference.engine import make_engine
    from defectmodels.inference.geometry import Slope, settled
    from defectmodels.model.design import make_design

    spec, data = made(SIZES[axis][size])
    ready()
    start = time.perf_counter()
    engine = make_engine(make_design(spec, data))
    spent = time.perf_counter() - start
    density, calls = engine.density, [0]

    def counted(chart: Any) -> Slope:
        slope = density.at(chart)

        def run(z: np.ndarray) -> tuple[float, np.ndarray]:
            calls[0] += 1
            return slope(z)

        return run

    start = time.perf_counter()
    chart = settled(density.layout, density.own, counted)
    settling = time.perf_counter() - start
    slope, z = density.at(chart), np.zeros(len(density.layout.order))
    times = []
    for _ in range(15):
        start = time.perf_counter()
        for _ in range(10 if len(z) < 10_000 else 1):
            slope(z)
        times.append((time.perf_counter() - start) / (10 if len(z) < 10_000 else 1))
    held = density.held(chart)
    return {
        "size": size,
        "parts": len(density.layout.parts) - 1,
        "coordinates": len(z),
        "cells": engine.design.exposure.size,
        "rows": len(engine.design.selection.rows),
        "gradient_microseconds": round(float(np.median(times)) * 1e6, 1),
        "ready_seconds": round(spent, 2),
        "chart_seconds": round(settling, 2),
        "chart_gradients": calls[0],
        "array_numbers": sum(len(one) for one in held.arrays),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def exponent(sizes: list[float], costs: list[float]) -> float:
    """Slope of log cost on log size over the larger half of the sizes, two at least."""
    half = min(len(sizes) // 2, len(sizes) - 2)
    return float(np.polyfit(np.log(sizes[half:]), np.log(costs[half:]), 1)[0])


def main() -> None:
    """Read the command line, run and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.scale")
    parser.add_argument("--quick", action="store_true", help="only the two smallest sizes")
    parser.add_argument("--full", action="store_true", help="also the largest sizes")
    parser.add_argument("--axis", choices=SIZES, action="append", help="only this axis")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    arguments = parser.parse_args()
    found: dict[str, list[dict[str, Any]]] = {}
    for axis in arguments.axis or SIZES:
        rows = []
        sizes = [n for n in SIZES[axis] if arguments.full or n <= LARGEST.get(axis, n)]
        for size in sizes[:2] if arguments.quick else sizes:
            code = f"import json; from benchmarks.scale import measure; print(json.dumps(measure({axis!r}, {size})))"
            done = subprocess.run(
                [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
            )
            rows.append(json.loads(done.stdout.splitlines()[-1]))
        found[axis] = rows
        print(f"\n{axis:12}" + "".join(f"{key:>22}" for key in ("parts", "coordinates", *KEYS)))
        for row in rows:
            print(
                f"{row['size']:<12}"
                + "".join(f"{row[key]:>22}" for key in ("parts", "coordinates", *KEYS))
            )
        sizes_seen = [row["size"] for row in rows]
        slopes = [exponent(sizes_seen, [row[key] for row in rows]) for key in KEYS]
        print(f"{'exponent':12}{'':44}" + "".join(f"{slope:>22.2f}" for slope in slopes))
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
