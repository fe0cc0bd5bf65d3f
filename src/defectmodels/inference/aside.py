"""Two works that do not need each other, at once: one here, one in a copy of this process.

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
from collections.abc import Callable
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
