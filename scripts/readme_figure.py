"""Take the verdict's figure out of a report, for the README.

    python scripts/readme_figure.py out/report.html docs/figures/verdict.svg

The two panels are put side by side on white, with the light page's colours written out.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

COLOURS = {"currentColor": "#1b1d21", "var(--paper)": "#ffffff", "var(--accent)": "#0067a5"}


def panels(page: str) -> list[tuple[str, float, float]]:
    """Drawings of the verdict's section, with width and height."""
    section = page[page.index('id="verdict"') :]
    section = section[: section.index("</figure>")]
    found = []
    for drawing in re.findall(r"<svg.*?</svg>", section, flags=re.DOTALL):
        box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawing)
        assert box is not None, "a panel without a view box"
        found.append((drawing, float(box[1]), float(box[2])))
    return found


def main() -> None:
    """Read the report and write the figure."""
    drawings = panels(Path(sys.argv[1]).read_text(encoding="utf-8"))
    width, height = sum(one[1] for one in drawings), max(one[2] for one in drawings)
    body, left = "", 0.0
    for drawing, own, tall in drawings:
        body += drawing.replace("<svg ", f'<svg x="{left:g}" width="{own:g}" height="{tall:g}" ', 1)
        left += own
    for name, colour in COLOURS.items():
        body = body.replace(name, colour)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        'font-family="Helvetica, Arial, sans-serif">'
    )
    page = f'{opening}<rect width="100%" height="100%" fill="#ffffff"/>{body}</svg>\n'
    target = Path(sys.argv[2])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
