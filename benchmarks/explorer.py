"""What the explorer of a report costs: seconds to make, bytes, and milliseconds for every move of a slider.

    python -m benchmarks.explorer FIT [--moves 200] [--json FILE]

The page is opened in a Chromium that is installed, without a window. Every slider of it is set at random, and
each move is timed in the page, from the event to the last cell of the tables and the drawing. Medians and the
longest stand apart for moves while one slider is away from what was and while all are. What the page's process
worked for each move, which does not depend on the load, stands beside it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

MOVE = """([moves, all]) => {
  let state = 7;
  const random = () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
  const sliders = [...document.querySelectorAll('.explorer input')];
  const move = (slider) => {
    slider.value = String(Math.floor(random() * (Number(slider.max) + 1)));
    const started = performance.now();
    slider.dispatchEvent(new Event('input'));
    return performance.now() - started;
  };
  if (all) sliders.forEach(move);
  return Array.from({ length: moves }, (_, at) => {
    if (!all) document.getElementById('explorer-reset').click();
    return move(sliders[at % sliders.length]);
  });
}"""
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def _page(path: Path) -> tuple[str, dict[str, Any]]:
    """The page with the explorer alone, and what it took to make."""
    import defectmodels as dm
    from defectmodels.report.explorer import explorer
    from defectmodels.report.page import Page, html
    from defectmodels.report.pieces import Explorer
    from defectmodels.report.view import View

    fit = dm.load_fit(path)
    # What other sections of a report have asked for by then.
    view = View(fit)
    _ = view.withheld, view.pairs, fit.design
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        section = explorer(view)
        seconds.append(time.perf_counter() - started)
    pieces = [piece for piece in section.pieces if isinstance(piece, Explorer)]
    if not pieces:
        sys.exit(
            f"{path}: its report has no explorer; it has failed its checks or has no covariates"
        )
    text = html(Page(fit.spec.title, "", (section,)))
    return text, {
        "seconds_to_make": round(min(seconds), 3),
        "bytes_of_data": len(pieces[0].data.encode()),
        "bytes_of_script": len(pieces[0].script.encode()),
        "sliders": sum(len(sliders) for _, sliders in pieces[0].themes),
        "spans": len(pieces[0].spans),
        "draws": json.loads(pieces[0].data)["draws"],
    }


def _worked(session: Any) -> float:
    """Seconds that the processes of pages have worked so far."""
    found = session.send("SystemInfo.getProcessInfo")["processInfo"]
    return float(sum(one["cpuTime"] for one in found if one["type"] == "renderer"))


def measure(path: Path, moves: int) -> dict[str, Any]:
    """Make the explorer of a fit and move its sliders."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if program is None:
        sys.exit(f"no browser is installed; one of {', '.join(_BROWSERS)} is needed")
    text, found = _page(path)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        place = Path(folder) / "explorer.html"
        place.write_text(text, encoding="utf-8")
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(place.as_uri())
        session = browser.new_browser_cdp_session()
        for name, every in (("one_away", False), ("all_away", True)):
            before = _worked(session)
            taken = page.evaluate(MOVE, [moves, every])
            # A reset before each move, where one slider is away, is an answer too.
            answers = moves if every else 2 * moves
            found[f"{name}_worked_ms"] = round(1000 * (_worked(session) - before) / answers, 1)
            found[f"{name}_median_ms"] = round(statistics.median(taken), 1)
            found[f"{name}_longest_ms"] = round(max(taken), 1)
        browser.close()
    return found


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.explorer")
    parser.add_argument("fit", type=Path, help="a fit of a model with covariates")
    parser.add_argument("--moves", type=int, default=200)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    arguments = parser.parse_args()
    found = measure(arguments.fit, arguments.moves)
    for key, value in found.items():
        print(f"{key.replace('_', ' '):24}{value:,}")
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
