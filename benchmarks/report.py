"""What the report of a fit costs: seconds for each section, in all, and bytes, by language.

    python -m benchmarks.report FIT [--json FILE]

Seconds are wall clock and processor time of this process; the first language pays for what is worked out once,
a second one only for words and drawings. Reading the fit and importing the package stand apart.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def timed[T](make: Callable[[], T]) -> tuple[T, float, float]:
    """A result, its seconds and its processor seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    made = make()
    return made, time.perf_counter() - wall, time.process_time() - cpu


def measured(path: Path, languages: tuple[str, ...] | None = None) -> list[dict[str, Any]]:
    """Rows of language, part, seconds, processor seconds and bytes."""
    from defectmodels.inference.fit import load_fit
    from defectmodels.report import sections
    from defectmodels.report.page import Page, html
    from defectmodels.report.view import View
    from defectmodels.wording import LANGUAGES, speaking

    rows: list[dict[str, Any]] = []

    def add(language: str, part: str, seconds: float, cpu: float, size: int = 0) -> None:
        rows.append(
            {"language": language, "part": part, "seconds": seconds, "cpu": cpu, "bytes": size}
        )

    fit, *cost = timed(lambda: load_fit(path))
    add("", "load", *cost)
    _, *cost = timed(lambda: fit.checks)
    add("", "checks", *cost)
    view = View(fit)
    for language in languages or LANGUAGES:
        made = []
        with speaking(language):
            for make in sections.SECTIONS:
                section, *cost = timed(lambda make=make: make(view))  # type: ignore[misc]
                made.append(section)
                add(language, section.key, *cost)
        page, *cost = timed(
            lambda language=language, made=made: html(  # type: ignore[misc]
                Page(fit.spec.title, "", tuple(made)), language
            )
        )
        add(language, "page", *cost, len(page.encode()))
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("fit", type=Path)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args(arguments)
    rows = measured(chosen.fit)
    for row in rows:
        size = f"{row['bytes']:>12,} bytes" if row["bytes"] else ""
        print(
            f"{row['language']:3}{row['part']:16}{row['seconds']:8.2f} s{row['cpu']:8.2f} cpu{size}"
        )
    for language in dict.fromkeys(row["language"] for row in rows):
        own = [row for row in rows if row["language"] == language]
        total, cpu = (sum(row[name] for row in own) for name in ("seconds", "cpu"))
        print(f"{language or 'once':5}all{total:19.2f} s{cpu:8.2f} cpu")
    if chosen.json:
        chosen.json.write_text(json.dumps({"report": rows}, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
