"""Works that do not need each other, at once: some here, some in a copy of this process.

A copy has at once all that this process has read and worked out; a process begun anew would take longer to
import and read that again than half of such a work takes. What it works out comes back pickled.

Invariant: what is found is what doing one after the other finds, its errors too; the copy ends with this
process, and nothing of it stays behind. Shown by ``tests/test_aside.py``.
"""

from __future__ import annotations

import multiprocessing
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Sequence
from multiprocessing.connection import Connection

from threadpoolctl import threadpool_limits

from defectmodels.inference.workers import begin, cores


def beside[A, B](here: Callable[[], A], there: Callable[[], B]) -> tuple[A, B]:
    """Do two works at once where that is safe and pays, else one after the other.

    Parameters
    ----------
    here : callable
        Done by this process.
    there : callable
        Done by the copy. What it gives must be what pickle takes, and what it keeps elsewhere is lost.
    """
    if not _pays():
        return here(), there()
    fork = multiprocessing.get_context("fork")
    receiver, sender = fork.Pipe(duplex=False)
    copy = fork.Process(target=_tell, args=(there, sender), daemon=True)
    # Two works with two threads of linear algebra each would be in each other's way.
    with threadpool_limits(1, "blas"):
        with warnings.catch_warnings():
            # Idle threads of libraries, which these begin again in a copy; of our own there are none.
            warnings.simplefilter("ignore", DeprecationWarning)
            copy.start()
        sender.close()
        try:
            own = here()
            try:
                good, found = receiver.recv()
            except EOFError:  # the copy was ended from outside, for want of memory perhaps
                return own, there()
        finally:
            copy.kill()
            copy.join()
            receiver.close()
    if not good:
        raise found
    return own, found


def divided[T](works: Sequence[Callable[[], T]]) -> list[T]:
    """Do works, the first of them here and the last in the copy, each taking the next until none is left.

    Parameters
    ----------
    works : sequence of callable
        Each may be done by either; what it gives must be what pickle takes.
    """
    if not _pays():
        return [work() for work in works]
    left = multiprocessing.get_context("fork").Semaphore(len(works))

    def some(places: Iterable[int]) -> dict[int, T]:
        # As many are taken as there are, so that both ends together never take one twice.
        return {at: works[at]() for at in places if left.acquire(block=False)}

    here, there = beside(lambda: some(range(len(works))), lambda: some(reversed(range(len(works)))))
    found = here | there
    # What a copy had taken that was ended from outside.
    return [found[at] if at in found else works[at]() for at in range(len(works))]


def _pays() -> bool:
    """Whether a copy is safe and has a processor: it would hold for ever what another thread has locked."""
    return (
        sys.platform == "linux"
        and threading.active_count() == 1
        and multiprocessing.parent_process() is None
        and cores() > 1
    )


def _tell(there: Callable[[], object], sender: Connection) -> None:
    """Do a work in the copy, and tell what came of it."""
    begin()
    try:
        found: tuple[bool, object] = True, there()
    except Exception as error:
        found = False, error
    sender.send(found)
    sender.close()
