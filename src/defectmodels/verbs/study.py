"""The group `study`: commands that ask whether a model's answer can be trusted.

Invariant: every study takes the same options for workers, folder, seed and file. Shown by
``tests/test_cli_study.py``.
"""

from __future__ import annotations

import click

from defectmodels.verbs.study_flip import flip
from defectmodels.verbs.study_multiverse import multiverse
from defectmodels.verbs.study_sbc import sbc
from defectmodels.verbs.study_sensitivity import sensitivity


@click.group()
def study() -> None:
    """Ask whether a model's answer can be trusted."""


COMMANDS: tuple[click.Command, ...] = (flip, multiverse, sbc, sensitivity)
for _one in COMMANDS:
    study.add_command(_one)
