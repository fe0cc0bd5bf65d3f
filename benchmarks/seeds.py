"""Divergences and R-hat at the default settings, over many seeds, of every shipped model.

    python -m benchmarks.seeds [--case NAME]... [--seeds 20] [--json FILE]

One process a model; nothing here depends on the machine's load but the seconds.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.cases import SHIPPED, case
from benchmarks.measure import least


def measure(name: str, seeds: int, draws: int = 1000, tune: int = 500) -> dict[str, Any]:
    """Draw with seeds 1 to `seeds`."""
    from defectmodels.inference.engine import make_engine
    from defectmodels.model.design import make_design

    one = case(name)
    engine = make_engine(make_design(one.spec, one.data))
    chart = engine.chart()
    start, diverging, rhat, bulk, steps = time.perf_counter(), [], [], [], []
    for seed in range(1, seeds + 1):
        drawn = engine.draw(chart, random_seed=seed, draws=draws, tune=tune, chains=4, cores=2)
        found = least(np.moveaxis(drawn.z, -1, 0))
        diverging.append(int(drawn.stats["diverging"].sum()))
        steps.append(float(drawn.stats["n_steps"].mean()))
        rhat.append(found["rhat"])
        bulk.append(found["bulk"])
        print(f"{name}, seed {seed}: {diverging[-1]} diverged", file=sys.stderr, flush=True)
    return {
        "case": name,
        "seeds": seeds,
        "diverging": sum(diverging),
        "seeds_with_divergences": int(np.count_nonzero(diverging)),
        "largest_rhat": round(max(rhat), 4),
        "least_ess_bulk": round(min(bulk)),
        "gradients_a_draw": round(float(np.mean(steps)), 1),
        "seconds_a_run": round((time.perf_counter() - start) / seeds, 1),
    }


def main() -> None:
    """Read the command line, run and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.seeds")
    parser.add_argument("--case", action="append", choices=SHIPPED)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    arguments = parser.parse_args()
    found = []
    for name in arguments.case or SHIPPED:
        found.append(measure(name, arguments.seeds))
        print("  ".join(f"{key} {value}" for key, value in found[-1].items()), flush=True)
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
