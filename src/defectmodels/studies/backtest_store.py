"""Finished parts of a backtest on disk: one small JSON file for each origin and each era left out.

Invariant: a part is read only when model, evidence, settings, seed, versions and code that made it are
those asked for; otherwise it is made again. Shown by ``tests/test_backtest.py``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from defectmodels.errors import FitError, SpecError
from defectmodels.evidence.files import digest, read_text, write_text

FORMAT = "defectmodels backtest 1"


@dataclass(frozen=True)
class Piece:
    """Rows of the tables of a backtest."""

    scores: list[dict[str, Any]] = field(default_factory=list)
    statements: list[dict[str, Any]] = field(default_factory=list)
    policy: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[dict[str, Any]] = field(default_factory=list)
    fits: list[dict[str, Any]] = field(default_factory=list)

    NAMES: ClassVar = ("scores", "statements", "policy", "skipped", "fits")
    COLUMNS: ClassVar = {
        "scores": "origin known horizon method span observed median low high log_score crps crps_log "
        "interval_score covered",
        "statements": "origin method id definition span low high log_score",
        "policy": "series,era,span,rows left out,observed,median,low,high,log_score,crps,crps_log,"
        "interval_score,covered",
        "skipped": "origin horizon method reason",
        "fits": "fit random_seed rows diverging draws rhat verdict gradients seconds",
    }

    def add(self, other: Piece) -> None:
        """Take the rows of another piece in."""
        for name in self.NAMES:
            getattr(self, name).extend(getattr(other, name))

    def frame(self, name: str) -> pd.DataFrame:
        """One table."""
        said = self.COLUMNS[name]
        columns = said.split(",") if "," in said else said.split()
        return pd.DataFrame(getattr(self, name), columns=columns)


def _path(folder: Path, name: str) -> Path:
    """File of a part: its name, made safe for every file system."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-")[:80]
    plain = safe == name.replace(" ", "-")
    return folder / f"{safe if plain else f'{safe}-{digest(name)[:8]}'}.json"


def _read(path: Path, made: dict[str, Any]) -> Piece | None:
    """A part made of the same; None when it has to be made."""
    try:
        content = json.loads(read_text(path))
    except (ValueError, SpecError):
        content = None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise FitError(f"{path}: is no part of a backtest; give another folder, or remove the file")
    if content["made"] != json.loads(json.dumps(made)):
        return None
    return Piece(**{name: content[name] for name in Piece.NAMES})


def kept(
    folder: Path | None,
    name: str,
    made: dict[str, Any],
    work: Callable[[], Piece],
    step: Callable[[str], None],
) -> Piece:
    """A part from the folder, or made and written there.

    Parameters
    ----------
    made : dict
        What makes it.
    step : callable
        Is told what is done.

    Raises
    ------
    FitError
        When the file that stands in its place is none of a backtest's.
    """
    if folder is None:
        step(name)
        return work()
    path = _path(folder, name)
    found = _read(path, made) if path.exists() else None
    step(f"{name}: {'sampling' if found is None else f'read {path}'}")
    if found is None:
        found = work()
        content = {"format": FORMAT, "made": made}
        content |= {key: getattr(found, key) for key in Piece.NAMES}
        write_text(path, json.dumps(content, indent=1, default=str))
    return found
