"""Many tasks of one study, on one machine or many, and what of them is on disk already.

A task is a function of what it is given alone, so its result does not depend on which worker ran it, or
when. Each result is one small JSON file; a study that was interrupted takes up where it was.

Invariant: the results are the same for every executor and however often a study was interrupted, and a
task that fails is in the results with its reason. Shown by ``tests/test_running.py``.
"""

from __future__ import annotations

import platform
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from numpy.linalg import LinAlgError
from threadpoolctl import threadpool_limits

from defectmodels.errors import DefectModelsError, FitError
from defectmodels.inference.folder import Folder, Result, plain
from defectmodels.inference.progress import shown
from defectmodels.inference.workers import Workers, cores, opened

TRIES = 3
"""Workers of our own that a task may lose before it is given up."""
_AHEAD = 512
"""Tasks handed at most to an executor whose number of workers is not known."""
_FINDINGS = (DefectModelsError, ArithmeticError, LinAlgError, RuntimeError)
"""Errors of a task that are findings, a RuntimeError being nutpie's; any other is a fault of the code."""
_HOME = uuid4().hex
"""Names this process; a number of the system might be that of a process elsewhere."""
_UNLIKE = "the worker on {host} has {said}; install the same on all"
_BROKEN = (
    "the executor broke with {left} tasks to do; what was finished is kept where a folder was given: start "
    "the study again with a sound executor"
)


@dataclass(frozen=True)
class Failure:
    """A task that gave no result.

    Attributes
    ----------
    key : str
    reason : str
    seed : int, optional
        With which it can be tried alone.
    """

    key: str
    reason: str
    seed: int | None = None

    def __str__(self) -> str:
        seed = "" if self.seed is None else f" (seed {self.seed})"
        return f"{self.key}{seed} failed: {self.reason}"


@dataclass(frozen=True)
class Outcomes:
    """Results and failures of a study, both in the order of its tasks.

    Attributes
    ----------
    results : dict of str to dict
    failures : tuple of Failure
    read : int
        Results that were on disk.
    """

    results: dict[str, Result]
    failures: tuple[Failure, ...]
    read: int


def missing(failures: Sequence[Failure]) -> list[str]:
    """One line on tasks that gave no result, with their seeds; none when there are none."""
    if not failures:
        return []
    said = "; ".join(str(one) for one in failures)
    return [f"{len(failures)} gave no result and are missing from the tables: {said}."]


def run_tasks(
    work: Callable[[Any], Result],
    tasks: Mapping[str, Any],
    *,
    made: Mapping[str, Any],
    executor: Workers | None = None,
    folder: str | Path | None = None,
    seeds: Mapping[str, int] | None = None,
    label: str = "study",
    progress: bool = False,
) -> Outcomes:
    """Do every task that is not done.

    Parameters
    ----------
    work : callable
        From a task to its result. For processes and other machines it and the tasks are pickled, so it is
        a function of a module, or a `functools.partial` of one.
    tasks : mapping
        What each task is given, by its key.
    made : mapping
        What makes the results besides their tasks: a result on disk is read when it was made of the same.
    executor : concurrent.futures.Executor, or one of 'serial', 'threads', 'processes'; optional
        Threads by default, as many as there are processors.
    folder : str or Path, optional
        Where results are kept, one file each, written whole.
    seeds : mapping, optional
        Seeds of the tasks by their keys, which a failure is told with; a task that is a whole number is its
        own seed.
    label : str
        What the progress bar calls the study.
    progress : bool
        Whether to show on standard error how far it is.

    Returns
    -------
    Outcomes

    Raises
    ------
    FitError
        When a file in the folder is none of a study's, an executor given from outside has broken, or one of
        its workers has other code or other versions of packages; what was finished is on disk.
    """
    kept = None if folder is None else Folder(Path(folder), dict(made))
    # All earlier files are read first: a wrong one is said before minutes of sampling, not after.
    found = {key: one for key in tasks if kept and (one := kept.read(key)) is not None}
    failed: dict[str, Failure] = {}
    left = {key: task for key, task in tasks.items() if key not in found}
    seeds = {key: task for key, task in tasks.items() if isinstance(task, int)} | dict(seeds or {})
    with shown(label, len(tasks), progress) as step, _alone():
        for at in range(len(found)):
            step(f"read {len(found)} from {folder}" if at == len(found) - 1 else "")
        like = _here() if isinstance(executor, Executor) and "code" in made else None
        for key, result in _done(_Job(work, like), left, executor or "threads"):
            if isinstance(result, str):
                failed[key] = Failure(key, result, seeds.get(key))
                step(str(failed[key]))
                continue
            if kept:
                kept.write(key, result)
            found[key] = result
            step(key)
    return Outcomes(
        {key: found[key] for key in tasks if key in found},
        tuple(failed[key] for key in tasks if key in failed),
        len(tasks) - len(left),
    )


@contextmanager
def _alone() -> Iterator[None]:
    """What threads would restore in each other's way is set once around all of them."""
    with threadpool_limits(1, "blas"), warnings.catch_warnings():
        yield


@cache
def _here() -> dict[str, str]:
    """Code and versions of this machine."""
    # The tasks of a study have loaded it; a process without one need not.
    from defectmodels.inference.store import here

    found = here()
    return {**found["versions"], "code": found["code"]}


@dataclass(frozen=True)
class _Job:
    """What is sent with every task.

    Attributes
    ----------
    like : dict or None
        Code and versions that a worker must have.
    home : str
        Process that sends it.
    """

    work: Callable[[Any], Result]
    like: dict[str, str] | None = None
    home: str = _HOME

    def __call__(self, task: Any) -> Result | str:
        """Result of one task, or why there is none."""
        if self.like is not None and self.home != _HOME and self.like != _here():
            wanted = set(self.like.items()) - set(_here().items())
            said = ", ".join(
                f"{name} {_here()[name]} and not {value}" for name, value in sorted(wanted)
            )
            raise FitError(_UNLIKE.format(host=platform.node(), said=said))
        try:
            # As it will be read from disk, so that both ways give the same.
            return dict(plain(self.work(task)))
        except _FINDINGS as error:
            # nutpie's errors carry addresses of its own code.
            said = str(error).partition("Stack backtrace")[0]
            return f"{type(error).__name__}: {' '.join(said.split())}"


def _done(
    job: _Job, tasks: Mapping[str, Any], workers: Workers
) -> Iterator[tuple[str, Result | str]]:
    """Results, or why there is none, as they come."""
    if workers == "serial":
        for key, task in tasks.items():
            yield key, job(task)
        return
    lost, left = dict.fromkeys(tasks, 0), dict(tasks)
    while left:
        # One of the tasks that a lost worker may have been at is what ends it: they go on one by one.
        doubted = {key: task for key, task in left.items() if lost[key]}
        with opened(workers, 1 if doubted else cores()) as pool:
            # A few ahead of our own workers, so that whoever stops the study waits for few.
            most = 1 if doubted else _AHEAD if pool is workers else 2 * cores()
            for key, result in _from_pool(pool, job, doubted or dict(left), most):
                if isinstance(result, _Lost):
                    if pool is workers and not result.given_up:
                        raise FitError(_BROKEN.format(left=len(left)))
                    lost[key] += 2 if result.given_up else 1
                    if lost[key] < TRIES:
                        continue
                    result = "each worker that took it ended without a word"
                del left[key]
                yield key, result


@dataclass(frozen=True)
class _Lost:
    """A task whose worker ended; Dask gives a task up when several have ended, and goes on itself."""

    given_up: bool


def _from_pool(
    pool: Executor, job: _Job, tasks: Mapping[str, Any], most: int
) -> Iterator[tuple[str, Result | str | _Lost]]:
    """Results as they come, with some tasks at most handed over at a time, until the pool breaks."""
    waiting: dict[Future[Result | str], str] = {}
    queue, broken = iter(tasks.items()), False
    try:
        while True:
            while not broken and len(waiting) < most and (item := next(queue, None)) is not None:
                key, task = item
                try:
                    waiting[pool.submit(job, task)] = key
                except (BrokenExecutor, RuntimeError):
                    broken = True
                    yield key, _Lost(given_up=False)
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                key = waiting.pop(future)
                try:
                    found: Result | str | _Lost = future.result()
                except (BrokenExecutor, CancelledError):
                    broken, found = True, _Lost(given_up=False)
                except Exception as error:
                    if type(error).__name__ != "KilledWorker":
                        raise
                    found = _Lost(given_up=True)
                yield key, found
    finally:
        for future in waiting:
            future.cancel()
