"""Whether the engine draws from the posterior of the plain PyMC model: two long runs beside each other.

    python -m benchmarks.reference [--case escape_rates] [--draws 5000] [--json FILE]

Means, standard deviations and quantiles of all expected arrivals, and of the headline's ratios, differ by so
many Monte Carlo standard errors of the two runs. If both draw from one posterior, these numbers scatter like
standard normals: 95% lie within 2.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.cases import case
from benchmarks.measure import headline
from benchmarks.samplers import WAYS, Sampled, ours

METHODS: dict[str, dict[str, Any]] = {
    "mean": {"method": "mean"},
    "sd": {"method": "sd"},
    "quantile 5%": {"method": "quantile", "prob": 0.05},
    "median": {"method": "quantile", "prob": 0.5},
    "quantile 95%": {"method": "quantile", "prob": 0.95},
}


def _value(name: str, scalars: np.ndarray) -> np.ndarray:
    flat = scalars.reshape(len(scalars), -1)
    if name in ("mean", "sd"):
        return getattr(flat, {"mean": "mean", "sd": "std"}[name])(axis=1)
    return np.quantile(flat, METHODS[name].get("prob", 0.5), axis=1)


def differences(one: np.ndarray, two: np.ndarray) -> dict[str, np.ndarray]:
    """Differences of two runs in Monte Carlo standard errors: np.ndarray (scalar,) by statistic.

    Parameters
    ----------
    one, two : np.ndarray (scalar, chain, draw)
    """
    from arviz_stats.base import array_stats

    axes = {"chain_axis": -2, "draw_axis": -1}
    found = {}
    for name, how in METHODS.items():
        errors = [array_stats.mcse(run, **how, **axes) for run in (one, two)]
        found[name] = (_value(name, one) - _value(name, two)) / np.hypot(*errors)
    return found


def _quantities(name: str, sampled: Sampled) -> dict[str, np.ndarray]:
    one = case(name)
    assert sampled.expected is not None
    expected = np.log(sampled.expected.reshape(*sampled.expected.shape[:2], -1))
    found = {"log expected arrivals": np.moveaxis(expected, -1, 0)}
    asked = headline(one, sampled)
    return found | ({"headline ratios": asked} if asked is not None else {})


def measure(name: str, draws: int) -> dict[str, Any]:
    """Run both and compare."""
    one = case(name)
    mine = ours(one, draws, 1000, 1)
    plain = WAYS["plain, nutpie"].run(one, draws, 1000, 2)
    found: dict[str, Any] = {
        "case": name,
        "draws": draws,
        "gradients": [mine.gradients, plain.gradients],
        "diverging": [mine.diverging, plain.diverging],
    }
    both = _quantities(name, mine), _quantities(name, plain)
    for quantity in both[0]:
        z = differences(both[0][quantity], both[1][quantity])
        found[quantity] = {
            statistic: {
                "scalars": len(value),
                "within_2": round(float(np.mean(np.abs(value) < 2)), 3),
                "largest": round(float(np.abs(value).max()), 2),
            }
            for statistic, value in z.items()
        }
    return found


def main() -> None:
    """Read the command line, run and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.reference")
    parser.add_argument("--case", default="escape_rates")
    parser.add_argument("--draws", type=int, default=5000)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    arguments = parser.parse_args()
    found = measure(arguments.case, arguments.draws)
    print(json.dumps(found, indent=2))
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
