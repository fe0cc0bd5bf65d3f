"""Make the reference posteriors of the shipped models, or say which are stale.

    python scripts/reference_posteriors.py                   # those that are missing or stale
    python scripts/reference_posteriors.py escape_rates      # this one, whatever it is
    python scripts/reference_posteriors.py --check           # only say; exit 1 when one is

    python scripts/reference_posteriors.py escape_rates_all_effects --thin 12
    python scripts/reference_posteriors.py escape_rates_by_sex --thin 8

Each is a run of 10 chains of 5,000 draws after 1,000 of tuning, of which every fifth draw is kept, unless --thin
says more (the two above, whose fifth draws are too alike). Two cores need some minutes for a model of quarters.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from defectmodels import catalog
from defectmodels.evidence.dataset import Dataset, load_dataset
from defectmodels.model.spec import load_model
from defectmodels.studies.reference import LONG, THIN, load_reference, make_reference, stale

FOLDER = Path(__file__).parents[1] / "models" / "reference"
SEED = 20_251_126


def state(name: str, dataset: Dataset, folder: Path) -> str:
    """Say of a reference whether it is there and of what it is not."""
    path = folder / f"{name}.json"
    if not path.exists():
        return "missing"
    moved = stale(load_reference(path), load_model(name), dataset)
    return f"stale ({', '.join(moved)} changed)" if moved else "up to date"


def main() -> int:
    """Read the command line and work."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", help="shipped models; those missing or stale")
    parser.add_argument("--check", action="store_true", help="make nothing")
    parser.add_argument(
        "--thin", type=int, default=THIN, help="keep one draw of so many, of 10,000 times as many"
    )
    parser.add_argument("--folder", type=Path, default=FOLDER)
    asked = parser.parse_args()
    dataset, wrong = load_dataset("arrivals"), 0
    for name in asked.models or catalog.models():
        found = state(name, dataset, asked.folder)
        print(f"{name}: {found}", flush=True)
        if asked.check or (found == "up to date" and not asked.models):
            wrong += found != "up to date"
            continue
        settings = replace(LONG, draws=1000 * asked.thin)
        made = make_reference(
            load_model(name), dataset, random_seed=SEED, settings=settings, thin=asked.thin
        )
        path = made.save(asked.folder / f"{name}.json")
        table, facts = made.tables["numbers"], made.facts
        print(
            f"  {path}: {len(table)} numbers, {facts['draws']:,} draws, R-hat {table['rhat'].max():.4f}, "
            f"smallest ESS {table['ess_bulk'].min():,.0f}, {facts['diverging']} divergences, "
            f"{facts['gradients']:,} gradients, {facts['cpu_seconds']} CPU s",
            flush=True,
        )
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
