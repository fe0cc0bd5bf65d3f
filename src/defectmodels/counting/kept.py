"""Compiled code kept on disk: forgotten when a file that it was made of has changed, or it is damaged.

Numba keeps compiled code by function and looks at the function's own file only. Code that contains, or
calls by name, what another file defines would go on using what is no longer there.

Invariant: what is read from disk was made of the files as they are. Shown by ``tests/test_kept.py``.
"""

from __future__ import annotations

import contextlib
import hashlib
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from defectmodels.evidence.files import write_text

_MARK = "made-of"
"""Ending of the file that says what a module's compiled code was made of."""


def digest_of(files: Sequence[Path]) -> str:
    """Digest of the content of some files, in their order."""
    found = hashlib.sha256()
    for path in files:
        found.update(path.read_bytes() + b"\0")
    return found.hexdigest()


def forget(folder: Path, module: str) -> None:
    """Remove what is kept of a module; other processes that run it are not disturbed."""
    for path in folder.glob(f"{module}.*.nb[ic]"):
        path.unlink(missing_ok=True)


def from_disk[T](function: Any, files: Sequence[Path], work: Callable[[], T]) -> T:
    """Do work that compiles or reads what is kept, of the files as they are.

    Parameters
    ----------
    function : Dispatcher
        A compiled function of the module, which knows where its code is kept.
    files : sequence of Path
        All that the code is made of; the module itself is the last one.
    """
    folder, module = Path(function.stats.cache_path), files[-1].stem
    mark, made_of = folder / f"{module}.{_MARK}", digest_of(files)
    # A folder that cannot be written to cannot be cleaned either, and was never written to.
    with contextlib.suppress(OSError):
        if not mark.exists() or mark.read_text() != made_of:
            forget(folder, module)
            write_text(mark, made_of)
    try:
        return work()
    except (pickle.UnpicklingError, EOFError, ValueError, KeyError, AttributeError, IndexError):
        # Cut short by a full disk or a lost machine: make it again.
        with contextlib.suppress(OSError):
            forget(folder, module)
        return work()
