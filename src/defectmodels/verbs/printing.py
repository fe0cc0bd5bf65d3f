"""How commands print, and the options that several share.

Invariant: with --json standard output holds one JSON document and nothing else. Shown by
``tests/test_cli.py``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pandas as pd

    from defectmodels.inference.fit import Fit

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Write JSON for machines.")
AS_CSV = click.option("--csv", "as_csv", is_flag=True, help="Write CSV.")
FIT = click.argument("fit_file", metavar="FIT", type=click.Path(path_type=Path))
WITHHELD = "withheld: checks failed; see the report, or: defectmodels check"


def show_result(content: Any, as_json: bool, lines: Callable[[], None]) -> None:
    """Print content as JSON, or the lines."""
    if as_json:
        click.echo(json.dumps(content, indent=2, ensure_ascii=False, default=str, allow_nan=False))
    else:
        lines()


def records(frame: pd.DataFrame) -> list[Any]:
    """Rows for JSON, which knows no NaN: what has no number has null."""
    return frame.astype(object).where(frame.notna(), None).to_dict(orient="records")


def print_table(frame: pd.DataFrame) -> None:
    """Print a table of text."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, pad_edge=False, header_style="bold")
    for name in frame.columns:
        made.add_column(str(name), overflow="fold")
    for row in frame.itertuples(index=False):
        made.add_row(*(Text("" if value is None else str(value)) for value in row))
    # A pipe has no width of its own; 80 columns would fold every row.
    Console(width=None if sys.stdout.isatty() else 200, highlight=False).print(made)


def load(path: Path) -> Fit:
    """Read a fit."""
    from defectmodels.inference.fit import load_fit

    return load_fit(path)
