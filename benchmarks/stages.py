"""Seconds and peak memory of every stage from import to report, for one model.

    python -m benchmarks.stages [--model escape_rates] [--draws 1000] [--cold] [--json FILE]

Each run is a fresh process. --cold also runs with empty compilation caches. Seconds depend on the
machine and on what else it does; gradient evaluations and effective draws do not.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

STAGES = (
    "import",
    "load",
    "compile",
    "build",
    "settle",
    "sample",
    "predict",
    "checks",
    "save",
    "report",
)


def _timed(into: dict[str, Any], stage: str, work: Callable[[], Any]) -> Any:
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    into[stage] = {
        "seconds": round(time.perf_counter() - wall, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "peak_mib": round(peak),
    }
    return result


def stages(model: str, dataset: str, draws: int, folder: Path) -> dict[str, Any]:
    """Run every stage in this process and measure it."""
    found: dict[str, Any] = {}

    def load_packages() -> None:
        import nutpie  # noqa: F401
        import pymc  # noqa: F401

        import defectmodels.inference.sampling
        import defectmodels.report.page  # noqa: F401

    _timed(found, "import", load_packages)
    import defectmodels as dm
    from defectmodels.estimands.quoted import quoted_quantities
    from defectmodels.estimands.summary import effective

    spec, data = _timed(found, "load", lambda: (dm.load_model(model), dm.load_dataset(dataset)))
    fit = dm.fit(spec, data, random_seed=1, draws=draws, tune=max(draws // 2, 1), progress=False)
    peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    for stage, seconds in fit.made["seconds"].items():
        found[stage] = {"seconds": seconds, "peak_mib": peak}
    checks = _timed(found, "checks", lambda: fit.checks)
    _timed(found, "save", lambda: fit.save(folder / "fit.nc"))
    _timed(found, "report", lambda: dm.write_report(fit, folder / "report.html"))
    sampled = fit.group("sample_stats")
    found["sampling"] = {
        "verdict": checks.verdict,
        "gradients_a_draw": round(float(sampled["n_steps"].mean()), 1),
        "diverging": int(sampled["diverging"].sum()),
        "least_ess_quoted": round(min(effective(one) for one in quoted_quantities(fit).values())),
        "fit_mib": round((folder / "fit.nc").stat().st_size / 2**20, 1),
        "report_mib": round((folder / "report.html").stat().st_size / 2**20, 2),
    }
    return found


def in_new_process(arguments: argparse.Namespace, cold: bool) -> dict[str, Any]:
    """Run all stages in a fresh process, with empty compilation caches when `cold`."""
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ)
        if cold:
            environment["PYTENSOR_FLAGS"] = f"base_compiledir={folder}/pytensor"
            environment["NUMBA_CACHE_DIR"] = f"{folder}/numba"
        command = [sys.executable, "-m", "benchmarks.stages", "--one", folder]
        command += ["--model", arguments.model, "--dataset", arguments.dataset]
        done = subprocess.run(
            [*command, "--draws", str(arguments.draws)],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
    return json.loads(done.stdout.splitlines()[-1])


def _print(title: str, found: dict[str, Any]) -> None:
    print(f"\n{title}\n{'stage':10}{'seconds':>10}{'peak MiB':>10}")
    for stage in STAGES:
        if stage in found:
            print(f"{stage:10}{found[stage]['seconds']:10.2f}{found[stage]['peak_mib']:10}")
    print(f"{'in all':10}{sum(found[s]['seconds'] for s in STAGES if s in found):10.2f}")
    print(", ".join(f"{key} {value}" for key, value in found["sampling"].items()))


def main() -> None:
    """Read the command line, run and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.stages")
    parser.add_argument("--model", default="escape_rates")
    parser.add_argument("--dataset", default="arrivals")
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--cold", action="store_true", help="also with empty compilation caches")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(
            json.dumps(stages(arguments.model, arguments.dataset, arguments.draws, arguments.one))
        )
        return
    runs = {
        name: in_new_process(arguments, name == "cold")
        for name in (["cold"] if arguments.cold else []) + ["warm"]
    }
    for name, found in runs.items():
        _print(f"{arguments.model}, {name} caches", found)
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(runs, indent=2))


if __name__ == "__main__":
    main()
