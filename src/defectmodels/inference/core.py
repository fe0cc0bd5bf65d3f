"""The code that a posterior follows from: its digest tells whether a study of it still holds.

What a report says changes from day to day; a study of calibration is stale only when the density, the counting
or the reading of statements has changed.

Invariant: every module that the density imports is in it, and comments and docstrings are not. Shown by
``tests/test_core.py``.
"""

from __future__ import annotations

import hashlib
import io
import tokenize
from functools import cache
from pathlib import Path

ROOMS = ("counting", "model")
"""Rooms of which every module counts."""
MODULES = (
    "evidence/cells.py",
    "evidence/intervals.py",
    "evidence/periods.py",
    "evidence/selection.py",
    "evidence/series.py",
    "evidence/statements.py",
    "inference/density.py",
    "inference/density_kernel.py",
    "inference/engine.py",
    "inference/geometry.py",
    "inference/linear.py",
    "inference/predict.py",
    "inference/rows.py",
)
_LEFT_OUT = {tokenize.COMMENT, tokenize.NL, tokenize.ENCODING}
_BREAKS = {tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
_ROOT = Path(__file__).parents[1]


def core_files() -> tuple[Path, ...]:
    """Files of the core, in order."""
    found = [path for room in ROOMS for path in (_ROOT / room).glob("*.py")]
    return tuple(sorted([*found, *(_ROOT / name for name in MODULES)]))


@cache
def core_digest() -> str:
    """Digest of the core's code."""
    found = hashlib.sha256()
    for path in core_files():
        name = path.relative_to(_ROOT).as_posix()
        found.update(f"{name}\0{code(path.read_text(encoding='utf-8'))}\0".encode())
    return found.hexdigest()[:16]


def code(text: str) -> str:
    """A module's tokens without comments and docstrings.

    The syntax tree would do, too, but is written differently from one Python to the next.
    """
    kept: list[str] = []
    found = tokenize.generate_tokens(io.StringIO(text).readline)
    tokens = [one for one in found if one.type not in _LEFT_OUT]
    begins, docstring = True, False
    for token, after in zip(tokens, [*tokens[1:], tokens[-1]], strict=True):
        if docstring or (
            begins and token.type == tokenize.STRING and after.type == tokenize.NEWLINE
        ):
            # The line ends with it.
            docstring = not docstring
            continue
        begins = token.type in _BREAKS
        # The width of an indent is a matter of taste.
        kept.append(tokenize.tok_name[token.type] if begins else token.string)
    return "\n".join(kept)
