"""One origin, or one era left out, of a backtest: what is fitted, predicted and scored there.

Invariant: what is given back depends on the rows known, the settings and the seed, and on no other
origin. Shown by ``tests/test_backtest.py``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from defectmodels import names
from defectmodels.errors import EvidenceError
from defectmodels.estimands.checks import DIVERGING, RHAT
from defectmodels.estimands.scores import central, crps, interval_score
from defectmodels.estimands.summary import largest_rhat
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.intervals import Interval
from defectmodels.evidence.periods import Span
from defectmodels.evidence.selection import OVERHANG, JointRow, Row
from defectmodels.evidence.statements import Exact
from defectmodels.inference.refits import Kept, Refits, Refitted, Settings
from defectmodels.model.design import Design, make_design
from defectmodels.model.spec import ModelSpec
from defectmodels.studies import ahead
from defectmodels.studies.backtest_tables import Piece
from defectmodels.studies.baselines import Predictive, baseline, poisson_mixture
from defectmodels.studies.origins import (
    Known,
    Vintage,
    exact_rows,
    known_at,
    known_series,
    month_end,
    months_after,
    total_of,
)

HELD, CAME = "model, held", "model, as they came"
"""The two forecasts of the model."""
MODELS = (HELD, CAME)
WANTED = (names.EXPECTED, names.EFFECT, names.FRAILTY)
"""Variables that a forecast needs."""


def scored(found: Predictive, observed: int) -> dict[str, Any]:
    """All scores of a predictive distribution of a count."""
    median, low, high = central(found.draws)
    return {
        "observed": observed,
        "median": median,
        "low": low,
        "high": high,
        "log_score": found.log_pmf(observed),
        "crps": crps(observed, found.draws),
        "crps_log": crps(math.log(observed + 0.5), np.log(found.draws + 0.5)),
        "interval_score": interval_score(observed, low, high),
        "covered": bool(low <= observed <= high),
    }


def verdict(diverging: float, rhat: float) -> str:
    """What the report's checks would say of a share of draws that diverged, and of an R-hat."""
    if diverging > DIVERGING[1] or rhat > RHAT[1]:
        return "fail"
    return "warn" if diverging > DIVERGING[0] or rhat > RHAT[0] else "pass"


def _fit_record(name: str, design: Design, made: Refitted) -> dict[str, Any]:
    draws, rhat = math.prod(made.z.shape[:2]), largest_rhat(made.z)
    return {
        "fit": name,
        "random_seed": made.random_seed,
        "rows": len(design.selection.rows),
        "diverging": made.diverging,
        "draws": draws,
        "rhat": rhat,
        "verdict": verdict(made.diverging / draws, rhat),
        "gradients": made.gradients,
        "seconds": round(made.seconds, 2),
    }


def label_of(origin: date) -> str:
    """Quarter that an origin ends: 2019Q4."""
    return f"{origin.year}Q{origin.month // 3}"


def seed_of(random_seed: int, *parts: int) -> int:
    """Seed of one fit or one baseline, whatever else is run."""
    return int(np.random.SeedSequence([random_seed, *parts]).generate_state(1)[0])


@dataclass(frozen=True)
class Target:
    """A span to be predicted, and what came."""

    horizon: int
    span: Span
    observed: int


Part = date | Span
"""What one fit of a backtest is about: an origin, or the days of an era."""


_refits = Kept[Refits]()


@dataclass(frozen=True)
class Task:
    """An origin, or an era left out with its name and that of its series."""

    part: Part
    series: str = ""
    era: str = ""

    @property
    def key(self) -> str:
        """Its name: 'origin 2019Q4', 'without closure_eras closure'."""
        if isinstance(self.part, date):
            return f"origin {label_of(self.part)}"
        return f"without {self.series} {self.era}"


def piece_of(run: Run, task: Task) -> dict[str, Any]:
    """Rows of one origin or era, by table; in any process."""
    if isinstance(task.part, date):
        return vars(run.at_origin(task.part))
    return vars(run.without_era(task.series, task.era, task.part))


@dataclass(frozen=True)
class Run:
    """What all origins of one backtest share."""

    spec: ModelSpec
    dataset: Dataset
    definition: str
    horizons: tuple[int, ...]
    vintage: Vintage
    baselines: tuple[str, ...]
    random_seed: int
    settings: Settings

    @property
    def refits(self) -> Refits:
        """Engines of the model in this process, to which many origins come."""
        return _refits.get((self.spec.digest, self.dataset.digest), lambda: Refits(WANTED))

    @property
    def totals(self) -> tuple[Exact, ...]:
        """Exact totals of everyone as they stand today."""
        return exact_rows(self.dataset.statements, self.definition)

    def seed(self, part: Part) -> int:
        """Seed of the fit at an origin, or without an era."""
        if isinstance(part, date):
            return seed_of(self.random_seed, part.toordinal())
        return seed_of(self.random_seed, part.start.toordinal(), part.days)

    # --- an origin ---

    def at_origin(self, origin: date) -> Piece:
        """Scores of all forecasts from one origin."""
        piece = Piece()
        try:
            data = known_at(self.dataset, origin, self.vintage)
        except EvidenceError as error:
            reason = str(error)
            piece.skipped.append({"origin": label_of(origin), "method": "all", "reason": reason})
            return piece
        head: dict[str, Any] = {"origin": label_of(origin), "known": data.as_of}
        targets = self._targets(origin, piece, head)
        for target in targets:
            self._baselines(origin, data, target, piece, head | {"horizon": target.horizon})
        design = self._design(data, piece, label_of(origin))
        if design is None:
            return piece
        seed = self.seed(origin)
        made = self.refits.fit(design, self.settings, seed)
        piece.fits.append(_fit_record(label_of(origin), design, made))
        place = [span.end for span in self.spec.periods.spans].index(origin)
        by_method = {
            HELD: ahead.held(made.posterior, design, place),
            CAME: ahead.expected_draws(made.posterior),
        }
        frailty, said = ahead.frailty_draws(made.posterior), self._said_later(origin)
        for at, (method, expected) in enumerate(by_method.items()):
            rng, own = np.random.default_rng([seed, at]), {"method": method}
            for one in targets:
                mean = ahead.means(expected, frailty, self._everyone([one.span]), rng)
                found = scored(poisson_mixture(mean, rng), one.observed)
                about = {"horizon": one.horizon, "span": str(one.span)}
                piece.scores.append(head | about | own | found)
            for row, allowed in said:
                mean = ahead.means(expected, frailty, design.cell_weights(row), rng)
                found = _statement(row, ahead.log_probability(mean, allowed))
                piece.statements.append({"origin": label_of(origin)} | own | found)
        return piece

    def _design(self, data: Dataset, piece: Piece, name: str) -> Design | None:
        try:
            return make_design(self.spec, data)
        except EvidenceError as error:
            # The model fits the whole dataset, so it is the rows that are too few.
            piece.skipped.append({"origin": name, "method": "model", "reason": str(error)})
            return None

    def _everyone(self, spans: Sequence[Span]) -> np.ndarray:
        """Share of each cell that lies in some spans: np.ndarray (group, period)."""
        weights = np.sum([self.spec.periods.weights(span, OVERHANG) for span in spans], axis=0)
        return np.outer(np.ones(len(self.spec.groups)), weights)

    def _targets(self, origin: date, piece: Piece, head: dict[str, Any]) -> list[Target]:
        found = []
        for horizon in self.horizons:
            span, reason = months_after(origin, 3 * horizon), ""
            observed = total_of(self.totals, span)
            if span.end > self.spec.periods.span.end:
                reason = f"{span} ends after the fitted periods"
            elif observed is None:
                reason = f"exact totals do not count every day of {span}"
            if reason or observed is None:
                piece.skipped.append(head | {"horizon": horizon, "method": "all", "reason": reason})
            else:
                found.append(Target(horizon, span, observed))
        return found

    def _baselines(
        self, origin: date, data: Dataset, target: Target, piece: Piece, head: dict[str, Any]
    ) -> None:
        for at, name in enumerate(self.baselines):
            seed = seed_of(self.random_seed, origin.toordinal(), target.horizon, at)
            try:
                series = known_series(exact_rows(data.statements, self.definition), origin)
                found = self._baseline(name, series, target.horizon, seed)
            except EvidenceError as error:
                piece.skipped.append(head | {"method": name, "reason": str(error)})
                continue
            about = {"method": name, "span": str(target.span)}
            piece.scores.append(head | about | scored(found, target.observed))

    def _baseline(self, name: str, series: Known, horizon: int, seed: int) -> Predictive:
        if 3 * horizon % series.months:
            raise EvidenceError("only yearly totals were known")
        steps, settings = 3 * horizon // series.months, self.settings
        draws = settings.draws * settings.chains * ahead.REPEATS
        return baseline(
            name, series.counts, steps=steps, skip=series.gap, draws=draws, random_seed=seed
        )

    def _said_later(self, origin: date) -> list[tuple[Row, list[Interval]]]:
        """Today's statements on the headline group alone that end within the longest horizon."""
        if len(self.spec.groups) < 2:
            return []
        of = self.spec.headline.of if self.spec.headline else self.spec.groups[0]
        last = month_end(origin.year, origin.month + 3 * max(self.horizons))
        found = []
        for row in make_design(self.spec, self.dataset).selection.rows:
            own = row.groups == (of,) and row.statement.definition not in self.spec.scaled
            if not own or not (origin < row.span.start and row.span.end <= last):
                continue
            readings = row.readings if isinstance(row, JointRow) else (row.statement,)
            allowed = [one.interval(self.dataset.readings) for one in readings]
            # A comparison ties several counts together and is no interval of one.
            if all(one is not None for one in allowed):
                found.append((row, [one for one in allowed if one is not None]))
        return found

    # --- an era ---

    def without_era(self, series: str, era: str, span: Span) -> Piece:
        """Predict the totals inside an era without any row that touches it."""
        piece, name = Piece(), f"without {era} ({series})"
        inside = [
            (one, row)
            for row in self.totals
            if (one := row.span) is not None
            and span.contains(one)
            and self.spec.periods.span.contains(one)
        ]
        if not inside:
            reason = "no exact total lies inside"
            piece.skipped.append({"origin": name, "method": "model", "reason": reason})
            return piece
        rest = tuple(
            one
            for one in self.dataset.statements
            if one.end < span.start or (one.start is not None and one.start > span.end)
        )
        design = self._design(replace(self.dataset, statements=rest), piece, name)
        if design is None:
            return piece
        seed = self.seed(span)
        made = self.refits.fit(design, self.settings, seed)
        piece.fits.append(_fit_record(name, design, made))
        rng, frailty = np.random.default_rng([seed, 0]), ahead.frailty_draws(made.posterior)
        days = [one for one, _ in inside]
        mean = ahead.means(ahead.expected_draws(made.posterior), frailty, self._everyone(days), rng)
        told = Span(min(one.start for one in days), max(one.end for one in days))
        # Of the statements that a model could use; copies and sums are no loss.
        lost = len(make_design(self.spec, self.dataset).selection.rows) - len(design.selection.rows)
        found = scored(poisson_mixture(mean, rng), sum(int(row.low) for _, row in inside))
        head = {"series": series, "era": era, "span": str(told), "rows left out": lost}
        piece.policy.append(head | found)
        return piece


def _statement(row: Row, log_score: float) -> dict[str, Any]:
    return {
        "id": row.statement.id,
        "definition": row.statement.definition,
        "span": str(row.span),
        "low": row.interval.low,
        "high": -1 if row.interval.high is None else row.interval.high,
        "log_score": log_score,
    }
