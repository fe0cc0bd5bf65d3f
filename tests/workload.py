"""Tasks for workers of other processes, which import this file and little else."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from defectmodels.errors import FitError

MADE = {"model": "a", "settings": {"draws": 3}}


def squared(number: int) -> dict[str, Any]:
    if number == 7:
        raise FitError("seven has no posterior")
    return {"square": number**2, "part": number / 3}


def counted(log: Path, number: int) -> dict[str, Any]:
    with log.open("a") as file:
        file.write(f"{number}\n")
    return squared(number)


def deadly(marks: Path, number: int) -> dict[str, Any]:
    """The worker of task 3 is killed the first time, that of task 5 always."""
    mark = marks / str(number)
    if number == 5 or (number == 3 and not mark.exists()):
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return squared(number)


def stopped(number: int) -> dict[str, Any]:
    if number == 4:
        raise KeyboardInterrupt
    return squared(number)


def slowly(number: int) -> dict[str, Any]:
    time.sleep(0.02)
    return squared(number)


def process(task: int) -> dict[str, Any]:
    """In which process it was done; slowly, so that each has some to do."""
    time.sleep(0.05)
    return {"process": os.getpid()}
