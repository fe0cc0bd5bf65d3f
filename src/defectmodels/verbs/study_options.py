"""Options that studies share.

Invariant: every study takes the same options for workers, folder, seed and file. Shown by
``tests/test_cli_study.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
EXECUTOR = click.option(
    "--executor",
    default="threads",
    show_default=True,
    metavar="KIND",
    help="serial, threads, processes, dask (on this machine), or dask=ADDRESS of a scheduler.",
)
SEED = click.option(
    "--seed", default=1, show_default=True, help="The same seed gives the same numbers."
)
OUT = click.option(
    "-o",
    "--out",
    default=None,
    type=click.Path(path_type=Path),
    help="Write the study to a .json file, which `report --study` shows.",
)


def _together(*options: Decorator) -> Decorator:
    """Several options as one, in the order in which help lists them."""

    def added(command: Callable[..., Any]) -> Callable[..., Any]:
        for one in reversed(options):
            command = one(command)
        return command

    return added


study_options = _together(
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
    SEED,
    click.option("--quiet", is_flag=True, help="No progress."),
)
"""Model, dataset, and the options that every study has: executor, resume, seed, quiet."""


def sizes(draws: int, tune: int, chains: int) -> Decorator:
    """Size of each fit, with a study's own defaults: draws, tune, chains."""
    return _together(
        click.option("--draws", default=draws, show_default=True, help="Draws kept in each chain."),
        click.option(
            "--tune", default=tune, show_default=True, help="Draws thrown away in each chain."
        ),
        click.option("--chains", default=chains, show_default=True),
    )
