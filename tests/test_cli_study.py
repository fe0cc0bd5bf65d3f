"""Options that every study has, whatever it asks."""

from __future__ import annotations

from typing import Any

import click
import pytest

from defectmodels.verbs.study import COMMANDS

SHARED = ("model", "dataset", "executor", "folder", "seed", "quiet", "out", "as_json")
SIZES = ("draws", "tune", "chains")


def shared(command: click.Command) -> dict[str, dict[str, Any]]:
    """All that is said of the options that studies share, by name."""
    return {one.name: one.to_info_dict() for one in command.params if one.name in SHARED}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one.name)
def test_every_study_has_the_same_options(command: click.Command) -> None:
    found = shared(command)
    assert set(found) == set(SHARED)
    assert found == shared(COMMANDS[0])
    defaults = {one.name: one.default for one in command.params}
    assert all(defaults[name] >= 1 for name in SIZES)
