"""Refits with other evidence: by exchanging arrays, and by building the PyMC model again.

    python -m benchmarks.refits [--model escape_rates] [--refits 20] [--rebuilds 2] [--json FILE]

Each refit has totals drawn from the posterior predictive distribution of the first fit. A short refit is
one chain of 300 + 500 draws, as a calibration study takes by the thousand, two side by side; a whole one is
what `fit` does, 4 chains of 500 + 500, and a quick one has the steps of `study flip`. A rebuild makes the same short
draws with `build` and `pm.sample`.
"""

from __future__ import annotations

import argparse
import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

SHORT = {"draws": 500, "tune": 300, "chains": 1, "cores": 1}
WHOLE = {"draws": 500, "tune": 500, "chains": 4, "cores": 2}


def measure(model: str, dataset: str, refits: int, rebuilds: int) -> dict[str, Any]:
    """Time refits."""
    import pymc as pm

    import defectmodels as dm
    from defectmodels.evidence.dataset import Dataset
    from defectmodels.inference.engine import Engine, make_engine
    from defectmodels.inference.geometry import to_model
    from defectmodels.inference.predict import Predictor, cut
    from defectmodels.inference.store import QUICK_ACCEPT
    from defectmodels.model.build import build
    from defectmodels.model.design import make_design

    spec, data = dm.load_model(model), dm.load_dataset(dataset)
    engine = make_engine(make_design(spec, data))
    chart = engine.chart()
    first = engine.draw(chart, random_seed=1, **SHORT)
    x = to_model(engine.linear.layout, first.z.reshape(-1, first.z.shape[-1]), chart)[0]
    predictor = Predictor(engine.design, engine.model)
    variables, moments, _ = predictor.run(cut(engine.model, x))
    drawn = predictor.simulated(variables, moments, engine.chance, np.random.default_rng(1))
    ids = [row.statement.id for row in engine.design.selection.direct]

    def other(at: int) -> Dataset:
        """The dataset with the totals of one predictive draw."""
        counts = dict(zip(ids, drawn["direct"][at].tolist(), strict=True))
        return replace(
            data,
            statements=tuple(
                one.model_copy(update={"low": counts[one.id], "high": counts[one.id]})
                if one.id in counts and one.kind == "exact"
                else one
                for one in data.statements
            ),
        )

    def refit(at: int, settings: dict[str, Any]) -> tuple[Engine, Any]:
        design = make_design(spec, other(at % len(x)))
        # Prior probabilities of the joint rows are taken as they were; a row may have been settled.
        place = [row.statement.id for row in engine.design.joint.rows]
        chance = np.array([engine.chance[place.index(r.statement.id)] for r in design.joint.rows])
        moved = engine.with_rows(design, chance)
        return moved, moved.draw(chart, random_seed=at + 1, **settings)

    found: dict[str, Any] = {}
    for name, more in (("whole", {}), ("whole_quick", {"target_accept": QUICK_ACCEPT})):
        start = time.perf_counter()
        refits_made = [refit(at, WHOLE | more)[1] for at in range(3)]
        found[f"{name}_refit_seconds"] = round((time.perf_counter() - start) / 3, 2)
        steps = np.mean([one.stats["n_steps"].values for one in refits_made])
        found[f"{name}_refit_gradients_a_draw"] = round(float(steps), 1)
        found[f"{name}_refit_diverging"] = sum(
            int(one.stats["diverging"].sum()) for one in refits_made
        )
    start = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda at: refit(at, SHORT), range(refits)))
    found["short_refit_seconds"] = round((time.perf_counter() - start) / refits, 3)
    found["short_refits"] = refits
    found["a_thousand_short_refits_minutes"] = round(found["short_refit_seconds"] * 1000 / 60, 1)
    found["diverging"] = sum(int(one.stats["diverging"].sum()) for _, one in made)
    if rebuilds:
        start = time.perf_counter()
        for at in range(rebuilds):
            with build(spec, other(at)):
                pm.sample(500, tune=300, chains=1, cores=1, random_seed=at, progressbar=False,
                          nuts_sampler="nutpie", compute_convergence_checks=False)  # fmt: skip
        found["rebuild_seconds"] = round((time.perf_counter() - start) / rebuilds, 1)
        found["rebuild_over_refit"] = round(
            found["rebuild_seconds"] / found["short_refit_seconds"], 1
        )
    return found


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.refits")
    parser.add_argument("--model", default="escape_rates")
    parser.add_argument("--dataset", default="arrivals")
    parser.add_argument("--refits", type=int, default=20)
    parser.add_argument("--rebuilds", type=int, default=2)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    arguments = parser.parse_args()
    found = measure(arguments.model, arguments.dataset, arguments.refits, arguments.rebuilds)
    for key, value in found.items():
        print(f"{key.replace('_', ' '):36}{value}")
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
