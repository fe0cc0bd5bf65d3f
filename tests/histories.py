"""Scenarios of a few lines, made in memory."""

from __future__ import annotations

from typing import Any

from defectmodels.evidence.scenario import Scenario


def change(kind: str, series: str, start: str | None = None, **more: Any) -> dict[str, Any]:
    """A change as a file has it, from a day on."""
    first = {} if start is None else {"from": start}
    return {"kind": kind, "series": series} | first | more


def history(*changes: dict[str, Any], name: str = "other", **more: Any) -> Scenario:
    """A scenario of some changes."""
    content = {"name": name, "title": f"Scenario {name}", "change": changes}
    return Scenario.model_validate(content | more)


def unknown(low: float, high: float, dist: str = "uniform") -> dict[str, Any]:
    """A number that is not known."""
    return {"low": low, "high": high, "dist": dist}


HOLD = history(name="hold", beyond="hold")
"""Every series keeps its last known level."""
