"""Results of a study in a folder: one small JSON file for each task.

Invariant: a result is read only when what made it is the same, a file is whole or as it was, and a file of
something else is refused and kept. Shown by ``tests/test_running.py``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from defectmodels.errors import FitError, SpecError
from defectmodels.evidence.files import digest, read_text, write_text

FORMAT = "defectmodels study 1"
Result = dict[str, Any]
"""What JSON can hold."""


def plain(content: Any) -> Any:
    """What JSON gives back of some content: lists for tuples, text for keys."""
    return json.loads(json.dumps(content))


@dataclass(frozen=True)
class Folder:
    """Results of one study on disk.

    Attributes
    ----------
    path : Path
    made : dict
        What makes the results besides their tasks.
    """

    path: Path
    made: dict[str, Any]

    def __post_init__(self) -> None:
        if self.path.is_file():
            raise FitError(f"{self.path}: is a file; results are written to a folder, name another")

    def file(self, key: str) -> Path:
        """File of a task: its key, made safe for every file system."""
        safe = re.sub(r"[^A-Za-z0-9._-]+", "-", key.replace(" ", "_")).strip(".-")[:80]
        same = safe.replace("_", " ") == key
        return self.path / f"{safe if same else f'{safe}-{digest(key)[:8]}'}.json"

    def read(self, key: str) -> Result | None:
        """A result made of the same; None when it has to be made.

        Raises
        ------
        FitError
            When the file is none of a study's.
        """
        path = self.file(key)
        if not path.exists():
            return None
        try:
            content = json.loads(read_text(path))
        except (ValueError, SpecError):
            content = None
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise FitError(
                f"{path}: is no result of a study; give another folder, or remove the file"
            )
        same = content["made"] == plain(self.made) and content["key"] == key
        return dict(content["result"]) if same else None

    def write(self, key: str, result: Result) -> None:
        """Keep a result; the file is whole or as it was."""
        content = {"format": FORMAT, "made": self.made, "key": key, "result": result}
        write_text(self.file(key), json.dumps(content, indent=1))
