"""Compare two runs by what does not depend on the machine's load; exit with 1 where something got worse.

    python -m benchmarks.compare BEFORE.json AFTER.json [--most 0.2]

Gradients a draw, gradients an effective draw and divergences are compared where the same case was run
the same way. Effective sample sizes scatter from seed to seed, so a change of a fifth is let pass.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path
from typing import Any

KEYS = ("gradients_a_draw", "gradients_an_effective_draw", "headline_gradients_an_effective_draw")


def medians(rows: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, float]]:
    """Median over seeds of each number, by case and way; of divergences the sum."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for place in dict.fromkeys((row["case"], row["way"]) for row in rows if "ess_bulk" in row):
        own = [row for row in rows if (row["case"], row["way"]) == place and "ess_bulk" in row]
        numbers = {key: statistics.median(row[key] for row in own) for key in KEYS if key in own[0]}
        found[place] = numbers | {"diverging": sum(row["diverging"] for row in own)}
    return found


def worse(before: list[dict[str, Any]], after: list[dict[str, Any]], most: float) -> list[str]:
    """What got worse, in words."""
    old, new = medians(before), medians(after)
    found = [f"{case}, {way}: is gone" for case, way in old if (case, way) not in new]
    for (case, way), numbers in new.items():
        for key, value in numbers.items():
            was = old.get((case, way), {}).get(key)
            if was is None:
                continue
            limit = was if key == "diverging" else was * (1.0 + most)
            if value > limit:
                found.append(f"{case}, {way}: {key} was {was:g}, is {value:g}")
    return found


def main() -> None:
    """Read the command line, compare and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.compare")
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--most", type=float, default=0.2, help="largest change let pass")
    arguments = parser.parse_args()
    rows = [json.loads(path.read_text()) for path in (arguments.before, arguments.after)]
    found = worse(rows[0], rows[1], arguments.most)
    for line in found or ["nothing got worse"]:
        print(line)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
