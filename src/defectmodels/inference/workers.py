"""Who does the tasks of a study: this process, its threads, processes, or machines behind a Dask scheduler.

Invariant: an executor from outside is left as it was, and processes of our own end with the one that started
them, however it ends; those that stay are made anew where one has ended. Shown by ``tests/test_running.py``.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, get_args

from defectmodels.errors import SpecError

Kind = Literal["serial", "threads", "processes"]


@dataclass
class Standing:
    """Processes of ours that stay from one set of tasks to the next, which need not begin anew; see `standing`."""

    _pool: Executor | None = None
    _number: int = 0

    def pool(self, number: int) -> Executor:
        """Some processes; others where there were not as many, or one has ended."""
        if self._pool is not None and (number != self._number or _broken(self._pool)):
            self.close()
        if self._pool is None:
            self._pool, self._number = _processes(number), number
        return self._pool

    def close(self) -> None:
        """End them."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = None


Workers = Executor | Kind | Standing
KNOWN = (*get_args(Kind), "dask", "dask=tcp://HOST:PORT")
"""What the command line takes."""
_WAIT = 10
"""Seconds within which a scheduler has to answer."""


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def workers_of(text: str) -> Iterator[Workers]:
    """Workers that a text of the command line names.

    Parameters
    ----------
    text : str
        'serial', 'threads', 'processes', 'dask=ADDRESS' with the address of a scheduler such as
        tcp://10.0.0.5:8786, or 'dask' alone: a scheduler and workers of our own on this machine.

    Raises
    ------
    SpecError
        When it names none, Dask Distributed is not installed, or no scheduler answers there.
    """
    for kind in get_args(Kind):
        if text == kind:
            yield kind
            return
    name, apart, address = text.partition("=")
    if name != "dask" or bool(apart) != bool(address):
        raise SpecError(f"executor '{text}' is not known; known: {', '.join(KNOWN)}")
    with _client(address) as client:
        # Each task is done when it is asked for; Dask would else look for equal ones first.
        yield client.get_executor(pure=False)


@contextmanager
def _client(address: str) -> Iterator[Any]:
    """A client of the scheduler at an address, or of one of our own."""
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise SpecError(
            "executor 'dask' needs Dask Distributed, which is not installed; install the extra: "
            "pip install 'defectmodels[dask]'"
        ) from None
    if not address:
        own = LocalCluster(n_workers=cores(), threads_per_worker=1, dashboard_address="127.0.0.1:0")
        with own, Client(own) as client:
            yield client
        return
    try:
        # A client that finds no scheduler cannot be closed, and its threads stay.
        asyncio.run(_called(address))
        client = Client(address, timeout=_WAIT)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise SpecError(
            f"executor 'dask={address}': no scheduler answers there ({reason}); start one with: dask scheduler"
        ) from None
    with client:
        yield client


async def _called(address: str) -> None:
    """Connect once, and hang up."""
    from distributed.comm import connect

    # Something else may listen there, and say nothing.
    async with asyncio.timeout(2 * _WAIT):
        comm = await connect(address, timeout=_WAIT)
        await comm.close()


@contextmanager
def opened(workers: Workers, number: int) -> Iterator[Executor]:
    """An executor: the one given, or a pool of our own with some workers, closed at the end."""
    if isinstance(workers, Executor):
        yield workers
        return
    if isinstance(workers, Standing):
        yield workers.pool(number)
        return
    if workers == "threads":
        pool: Executor = ThreadPoolExecutor(number)
    elif workers == "processes":
        pool = _processes(number)
    else:
        raise SpecError(f"executor '{workers}' is not known; known: {', '.join(get_args(Kind))}")
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def standing(workers: Workers | None) -> Iterator[Workers | None]:
    """The same workers; processes of our own stay for all that is done within."""
    if workers != "processes":
        yield workers
        return
    own = Standing()
    try:
        yield own
    finally:
        own.close()


def _processes(number: int) -> Executor:
    # A fork would copy locks that other threads hold.
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(number, mp_context=spawn, initializer=begin)


def _broken(pool: Executor) -> bool:
    """Whether a pool takes no tasks any more, since a process of it has ended."""
    try:
        pool.submit(int).result()
    except BrokenExecutor:
        return True
    return False


def begin() -> None:
    """Make a process of ours end with the one that started it, and leave its interrupts to that one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
