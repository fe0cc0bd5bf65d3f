"""Options that every study has.

Invariant: every study takes the same options for workers, folder and seed. Shown by ``tests/test_cli_study.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

EXECUTOR = click.option(
    "--executor",
    default="threads",
    show_default=True,
    metavar="KIND",
    help="serial, threads, processes, dask (on this machine), or dask=ADDRESS of a scheduler.",
)


def study_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Model, dataset, and the options that every study has: executor, resume, seed, quiet."""
    for one in reversed(
        (
            click.argument("model"),
            click.argument("dataset"),
            EXECUTOR,
            click.option(
                "--resume",
                "folder",
                default=None,
                type=click.Path(path_type=Path),
                help="Keep finished tasks here, and take them up again.",
            ),
            click.option(
                "--seed", default=1, show_default=True, help="The same seed gives the same numbers."
            ),
            click.option("--quiet", is_flag=True, help="No progress."),
        )
    ):
        command = one(command)
    return command
