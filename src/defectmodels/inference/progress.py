"""How far a long piece of work is, on standard error.

Invariant: without `progress` nothing is written, and the bar is drawn on a terminal only. Shown by
``tests/test_running.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def shown(what: str, total: int, progress: bool) -> Iterator[Callable[[str], None]]:
    """Show how far the work is; gives what to call, with what is to be said of it, as an item is done."""
    if not progress:
        yield lambda text: None
        return
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        done = [0]

        def step(text: str) -> None:
            done[0] += 1
            bar.update(task, completed=done[0])
            if text:
                line = f"{what} {done[0]} of {total}: {text}"
                console.print(line, highlight=False, markup=False, soft_wrap=True)

        yield step
