"""What scenarios, contrasts, forecasts and parts of a change cost on a fit.

    python -m benchmarks.scenarios FIT [--scenarios 100] [--json FILE]

Every step is done once to warm up and then timed; the smallest of a few times is printed, in seconds. What
does not depend on the load stands beside it: draws, scenarios, and the cells that differ from what was.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROUNDS = 3
SPANS = ("2019", "2020..2023")


def _seconds(work: Callable[[], Any]) -> float:
    work()
    found = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return round(min(found), 3)


def measure(path: Path, count: int) -> dict[str, Any]:
    """Time what a user asks of a fit of the reference model."""
    import defectmodels as dm

    fit = dm.load_fit(path)
    many = [
        dm.Scenario(
            name=f"s{at}",
            title="made up",
            change=[
                {"kind": "level", "series": "border_closure", "from": "2020-01-31", "value": level},
                {"kind": "level", "series": "sanctions", "from": "2016-03-02", "value": 0.5},
            ],
        )
        for at, level in enumerate(np.linspace(0.3, 1.0, count))
    ]
    grid = {"border_closure": np.linspace(0.3, 1.0, 10), "sanctions": np.linspace(0.0, 1.0, 10)}
    found = dm.scenarios(fit, many, SPANS)
    draws = fit.posterior.sizes["chain"] * fit.posterior.sizes["draw"]
    changed = int(found.support["changed"].sum())
    return {
        "draws": draws,
        "scenarios": count,
        "cells_that_differ": changed * draws * len(fit.spec.groups),
        "all_whole_years_seconds": _seconds(lambda: dm.scenarios(fit, many)),
        "two_spans_seconds": _seconds(lambda: dm.scenarios(fit, many, SPANS)),
        "two_spans_and_persons_seconds": _seconds(
            lambda: dm.scenarios(fit, many, SPANS, counts=True)
        ),
        "one_contrast_table_seconds": _seconds(lambda: dm.contrast(found, "s0").table()),
        "grid_of_100_seconds": _seconds(lambda: dm.surface(fit, grid, "2023", "2023")),
        "forecast_to_2030_seconds": _seconds(lambda: dm.forecast(fit, "2030")),
        "parts_of_change_seconds": _seconds(lambda: dm.parts_of_change(fit, "2019", "2023")),
    }


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.scenarios")
    parser.add_argument("fit", type=Path, help="a fit of escape_rates to arrivals")
    parser.add_argument("--scenarios", type=int, default=100)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    arguments = parser.parse_args()
    found = measure(arguments.fit, arguments.scenarios)
    for key, value in found.items():
        print(f"{key.replace('_', ' '):36}{value:,}")
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
