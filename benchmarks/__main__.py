"""Effective draws by gradient and by second, of every model and every way to sample, in one run.

    python -m benchmarks [--full] [--case NAME]... [--way NAME]... [--draws 1000] [--seeds 1]
                         [--also PYTHON]... [--json FILE]

Each run is a fresh process. Ways that are not installed are named; --also gives other Pythons that have
them (this package and Stan, say). Seconds depend on the machine and on what else it does, so ways are
compared within one run; gradients and effective draws do not. `python -m benchmarks.compare A B`
compares two runs by the latter.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.cases import SHIPPED, SMALL
from benchmarks.samplers import WAYS

QUICK_CASES = ("escape_rates", *SMALL)
# What a user would take instead is slow on the reference model: minutes, with --full only.
QUICK_WAYS = {"escape_rates": ("defectmodels", "plain, nutpie")}
ROOT = Path(__file__).resolve().parent.parent
COLUMNS = {
    "before_seconds": "before s",
    "sample_seconds": "sampling s",
    "gradients_a_draw": "grad/draw",
    "diverging": "div",
    "ess_bulk": "ESS",
    "gradients_an_effective_draw": "grad/ESS",
    "ess_a_second": "ESS/s",
    "headline_gradients_an_effective_draw": "grad/ESS hl",
    "headline_ess_a_second": "ESS/s hl",
    "peak_mib": "MiB",
}


def one(python: str, name: str, way: str, draws: int, seed: int) -> dict[str, Any]:
    """Run one case one way in a process of its own."""
    code = (
        "import json, sys; from benchmarks.measure import run; "
        f"print('RESULT', json.dumps(run({name!r}, {way!r}, {draws}, {seed})))"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [python, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if done.returncode or not lines:
        reason = (done.stderr.strip().splitlines() or ["no output"])[-1]
        return {"case": name, "way": way, "failed": reason[:200]}
    return dict(json.loads(lines[-1].removeprefix("RESULT ")))


def wherever_installed(
    pythons: list[str], name: str, way: str, draws: int, seed: int
) -> dict[str, Any]:
    """The first Python that has what the way needs."""
    for python in pythons:
        found = one(python, name, way, draws, seed)
        if "missing" not in found or "cannot" in found["missing"]:
            break
    return found


def show(found: list[dict[str, Any]]) -> None:
    """Print a table for each case, with each way's effective draws a second over the plain model's."""
    for name in dict.fromkeys(row["case"] for row in found):
        rows = [row for row in found if row["case"] == name]
        plain = [r["ess_a_second"] for r in rows if r["way"] == "plain, nutpie" and "ess_bulk" in r]
        print(
            f"\n{name}\n{'way':22}"
            + "".join(f"{one:>12}" for one in COLUMNS.values())
            + "  over plain"
        )
        for row in rows:
            if "ess_bulk" not in row:
                print(f"{row['way']:22}{row.get('missing') or 'failed: ' + row['failed']}")
                continue
            cells = "".join(f"{row.get(key, ''):>12}" for key in COLUMNS)
            over = f"{row['ess_a_second'] / plain[0]:12.1f}" if plain else ""
            print(
                f"{row['way']:22}{cells}{over}{'' if row['counts'] else '  no score: checks fail'}"
            )


def main() -> None:
    """Read the command line, run and print."""
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("--full", action="store_true", help="every shipped model, every way")
    parser.add_argument("--case", action="append", choices=(*SHIPPED, *SMALL))
    parser.add_argument("--way", action="append", choices=tuple(WAYS))
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--also", action="append", default=[], help="another Python to look in")
    parser.add_argument("--json", type=Path, help="also write the numbers to this file")
    arguments = parser.parse_args()
    pythons = [sys.executable, *arguments.also]
    cases = arguments.case or ((*SHIPPED, *SMALL) if arguments.full else QUICK_CASES)
    found = []
    for name in cases:
        ways = arguments.way or (WAYS if arguments.full else QUICK_WAYS.get(name, WAYS))
        for seed in range(1, arguments.seeds + 1):
            for way in ways:
                print(f"{name}, {way}, seed {seed}", file=sys.stderr, flush=True)
                row = wherever_installed(pythons, name, way, arguments.draws, seed)
                found.append(row)
                if arguments.json:
                    arguments.json.parent.mkdir(parents=True, exist_ok=True)
                    arguments.json.write_text(json.dumps(found, indent=2))
    show(found)


if __name__ == "__main__":
    main()
