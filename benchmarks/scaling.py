"""One study with one worker and with two, by every executor, in one run.

    python -m benchmarks.scaling [--study refits] [--model escape_rates] [--tasks 16] [--workers 1,2]
                                 [--rounds 2] [--executors processes,threads,dask] [--json FILE]

A task of `refits` fits the model to the dataset with a seed of its own; one of `sbc`, simulation-based
calibration, simulates, fits and ranks. All workers have done one task
before the clock starts. Rounds of one and of two workers alternate, so that what else the machine does meets
both. Wall seconds depend on it most: `busy` is the share of the workers' time that they had a processor. CPU
seconds depend on it where two hyperthreads share a core. The table of docs/cluster.md has some of the columns.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

SETTINGS = {"draws": 200, "tune": 200, "chains": 1}
THOUSAND = 1000


def clocked(work: Any, task: Any) -> dict[str, Any]:
    """A task's result with the CPU seconds of its process, which does one task at a time."""
    begin = time.process_time()
    found = work(task)
    return {"found": found, "cpu": time.process_time() - begin, "pid": os.getpid()}


@cache
def _refits(model: str) -> Any:
    """Engines of a model in this process."""
    from defectmodels.inference.refits import Refits

    return Refits(("expected",))


def refitted(spec: Any, data: Any, seed: int) -> dict[str, Any]:
    """Fit once, as a study does."""
    from defectmodels.inference.refits import Settings
    from defectmodels.model.design import make_design

    made = _refits(spec.digest).fit(make_design(spec, data), Settings(**SETTINGS), seed)
    sums = made.posterior["expected"].mean(("chain", "draw")).values
    return {"gradients": made.gradients, "diverging": made.diverging, "means": sums.tolist()}


def work_of(study: str, spec: Any, data: Any) -> Any:
    """What does one task."""
    from defectmodels.inference.store import used_by

    if study == "refits":
        return partial(refitted, spec, used_by(spec, data))
    from defectmodels.inference.refits import Settings
    from defectmodels.studies.sbc_run import Plan, simulated

    return partial(simulated, Plan(spec, used_by(spec, data), Settings(**SETTINGS)))


@contextmanager
def executor_of(kind: Any, workers: int) -> Iterator[Executor]:
    if kind != "dask":
        from defectmodels.inference.workers import opened

        with opened(kind, workers) as pool:
            yield pool
    else:
        from distributed import Client, LocalCluster

        with (
            LocalCluster(
                n_workers=workers, threads_per_worker=1, dashboard_address="127.0.0.1:0"
            ) as cluster,
            Client(cluster) as client,
        ):
            yield client.get_executor(pure=False)


def timed(work: Any, tasks: dict[str, Any], kind: str, workers: int) -> dict[str, Any]:
    """Seconds of the tasks and of starting, and the results."""
    from defectmodels.inference.running import run_tasks

    begin = time.perf_counter()
    with executor_of(kind, workers) as pool:
        done: set[int] = set()
        first = next(iter(tasks.values()))
        # A worker that has done none would read the model off under the clock.
        while len(done) < (1 if kind == "threads" else workers):
            warm = {f"warm {at}": first for at in range(2 * workers)}
            made = run_tasks(partial(clocked, work), warm, made={}, executor=pool)
            if made.failures:
                raise SystemExit(f"{kind}: {made.failures[0]}")
            done |= {one["pid"] for one in made.results.values()}
        start = time.perf_counter() - begin
        begin, cpu = time.perf_counter(), time.process_time()
        made = run_tasks(partial(clocked, work), tasks, made={}, executor=pool)
        wall, own = time.perf_counter() - begin, time.process_time() - cpu
    theirs = sum(one["cpu"] for one in made.results.values())
    found = {key: one["found"] for key, one in made.results.items()}
    return {
        "start": start,
        "wall": wall,
        # Threads share one clock of the processor; what the sender spends counts, too.
        "cpu": own if kind == "threads" else theirs + own,
        "failures": len(made.failures),
        "found": found,
    }


def measure(
    study: str,
    model: str,
    dataset: str,
    tasks: int,
    workers: Sequence[int],
    executors: Sequence[str],
    rounds: int,
) -> dict[str, Any]:
    """Rows of the table, and whether all results are the same."""
    import defectmodels as dm

    work = work_of(study, dm.load_model(model), dm.load_dataset(dataset))
    jobs = {f"task {at}": at + 1 for at in range(tasks)}
    runs: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for _ in range(rounds):
        for kind in executors:
            for number in workers:
                one = timed(work, jobs, kind, number)
                print(
                    f"{kind}, {number}: {one['wall']:.1f} s, {one['cpu']:.1f} CPU s",
                    file=sys.stderr,
                )
                runs.setdefault((kind, number), []).append(one)
    results = [json.dumps(one["found"], sort_keys=True) for found in runs.values() for one in found]
    rows = [_row(kind, number, found, tasks) for (kind, number), found in runs.items()]
    for row in rows:
        alone = next((one for one in rows if one["executor"] == row["executor"]), row)
        row["speed"] = round(alone["wall seconds"] / row["wall seconds"], 2)
    return {
        "study": study, "tasks": tasks, "settings": SETTINGS, "processors": os.cpu_count(),
        "load": [round(one, 1) for one in os.getloadavg()], "same": len(set(results)) == 1, "rows": rows,
    }  # fmt: skip


def _row(kind: str, workers: int, found: list[dict[str, Any]], tasks: int) -> dict[str, Any]:
    """The round in which the machine did least else."""
    best = min(found, key=lambda one: one["wall"])
    cpu = min(one["cpu"] for one in found)
    return {
        "executor": kind,
        "workers": workers,
        "start": round(min(one["start"] for one in found), 1),
        "wall seconds": round(best["wall"], 2),
        "CPU seconds a task": round(cpu / tasks, 3),
        "tasks a CPU second": round(tasks / cpu, 2),
        "busy": round(min(1.0, best["cpu"] / best["wall"] / workers), 2),
        "minutes for 1,000": round(best["wall"] / tasks * THOUSAND / 60, 1),
        "failures": sum(one["failures"] for one in found),
    }


COLUMNS = (
    "executor", "workers", "start", "wall seconds", "speed", "CPU seconds a task", "tasks a CPU second", "busy",
    "minutes for 1,000",
)  # fmt: skip


def lines(found: dict[str, Any]) -> list[str]:
    """The table as Markdown."""
    rows = [COLUMNS, ("---",) * len(COLUMNS)]
    rows += [tuple(str(row[name]) for name in COLUMNS) for row in found["rows"]]
    return [f"| {' | '.join(row)} |" for row in rows]


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.scaling")
    parser.add_argument("--study", default="refits", choices=["refits", "sbc"])
    parser.add_argument("--model", default="escape_rates")
    parser.add_argument("--dataset", default="arrivals")
    parser.add_argument("--tasks", type=int, default=16)
    parser.add_argument("--workers", default="1,2")
    parser.add_argument("--executors", default="processes,threads,dask")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    said = parser.parse_args()
    numbers = [int(one) for one in said.workers.split(",")]
    found = measure(
        said.study,
        said.model,
        said.dataset,
        said.tasks,
        numbers,
        said.executors.split(","),
        said.rounds,
    )
    print("\n".join(lines(found)))
    print(
        f"\n{said.study} of {said.model}, {found['tasks']} tasks, {SETTINGS}; {found['processors']} processors"
    )
    print(f"load at the end: {', '.join(map(str, found['load']))}")
    print(f"results of all runs the same: {'yes' if found['same'] else 'NO'}")
    if said.json:
        said.json.parent.mkdir(parents=True, exist_ok=True)
        said.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
