"""Several fits side by side: what each answers, where they differ, and which predicts rows better.

Fits may be of other models, other evidence or evidence as of another day. Their draws are not
paired, and most share statements, so that there is no posterior of a difference between two fits;
answers are held against each other by the rule of `differences`.

Invariant: a fit that fails its checks gives no number, and leave-one-out stands only beside fits of
the same rows of the same evidence. Shown by ``tests/test_compare.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Literal

import pandas as pd

from defectmodels.errors import SpanError, SpecError, UnknownNameError
from defectmodels.estimands.decomposition import Decomposition, decompose
from defectmodels.estimands.loo import Loo, evidence_of, leave_one_out, why_apart
from defectmodels.estimands.quoted import comparisons
from defectmodels.estimands.rates import SPAN, resolve
from defectmodels.estimands.summary import INTERVAL, Probability, tidy
from defectmodels.inference.fit import Fit
from defectmodels.wording import joined, say

SURE_ENOUGH = 0.8
"""Two fits contradict each other when each gives its own direction at least so much: from here on
ICD 203 says "very likely", and a reader of either would take the direction as settled."""
EVENTS = {"share": "share_up", "count": "count_up", "total": "total_up"}
BOTH = "share_up & ~count_up"


@dataclass(frozen=True)
class Difference:
    """Two fits whose answers differ in one quantity.

    Attributes
    ----------
    first, second : str
        Names of the fits.
    quantity : str
        share, count or total.
    kind : {'contradict', 'apart'}
        The directions are contrary, or the intervals of the ratios have no number in common. Of a
        pair with both, contrary directions are named.
    """

    first: str
    second: str
    quantity: str
    kind: Literal["contradict", "apart"]


@dataclass(frozen=True)
class Compared:
    """Fits side by side.

    Attributes
    ----------
    fits : dict of str to Fit
        By name, in the order given.
    of : str
        The group.
    before, after : str
        The spans that are compared.
    """

    fits: dict[str, Fit]
    of: str
    before: str
    after: str

    @property
    def quantities(self) -> tuple[str, ...]:
        """What is compared: of fits of one group there is no share, and the total is the count."""
        several = all(len(fit.spec.groups) > 1 for fit in self.fits.values())
        return ("share", "count", "total") if several else ("count",)

    @property
    def withheld(self) -> tuple[str, ...]:
        """Names of the fits that fail their checks."""
        return tuple(name for name, fit in self.fits.items() if fit.checks.verdict == "fail")

    @cached_property
    def changes(self) -> dict[str, Decomposition]:
        """The change that each fit gives, of those that may be quoted."""
        return {
            name: decompose(fit, self.before, self.after, of=self.of)
            for name, fit in self.fits.items()
            if name not in self.withheld
        }

    def chance(self, name: str, quantity: str) -> Probability:
        """Probability of a fit that a quantity rose."""
        return self.changes[name].prob(EVENTS[quantity])

    @cached_property
    def estimates(self) -> pd.DataFrame:
        """Levels and ratios, one row each.

        Returns
        -------
        pd.DataFrame
            fit, what, item, median, low, high, mean, sd, mcse, mcse_low, mcse_high, units,
            interval; nothing rounded. `item` is a span, or "BEFORE -> AFTER" for a ratio. Of the
            probabilities `median` and `mean` are the probability.
        """
        found: list[pd.DataFrame] = []
        label = f"{self.before} -> {self.after}"
        for name, change in self.changes.items():
            for what in self.quantities:
                levels = tidy(change.data[what], INTERVAL).rename(columns={SPAN: "item"})
                ratio = tidy(change.ratio(what).expand_dims(item=[label], axis=-1), INTERVAL)
                found += [
                    levels.assign(fit=name, what=what),
                    ratio.assign(fit=name, what=f"{what} ratio"),
                ]
            found.append(self._chances(name, change))
        table = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=_COLUMNS)
        return table[_COLUMNS]

    def _chances(self, name: str, change: Decomposition) -> pd.DataFrame:
        events = [EVENTS[what] for what in self.quantities]
        events += [BOTH] if "share" in self.quantities else []
        odds = [(event, change.prob(event)) for event in events]
        return pd.DataFrame(
            {
                "fit": name, "what": "probability", "item": [event for event, _ in odds],
                "median": [p.value for _, p in odds], "mean": [p.value for _, p in odds],
                "mcse": [p.mcse for _, p in odds], "units": "probability",
            }
        )  # fmt: skip

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """Where the answers of two fits differ.

        A pair contradicts each other in a quantity when one gives a rise a probability of
        `SURE_ENOUGH` or more and the other a fall, each clear of the bound by two Monte Carlo
        errors. Else its answers are apart when the central intervals of the two ratios have no
        number in common, which is strict: intervals that overlap a little may still differ.
        """
        found = [
            Difference(first, second, what, kind)
            for first, second in combinations(self.changes, 2)
            for what in self.quantities
            if (kind := self._kind(first, second, what))
        ]
        return tuple(found)

    def _kind(self, first: str, second: str, what: str) -> Literal["contradict", "apart"] | None:
        if {_direction(self.chance(name, what)) for name in (first, second)} == {-1, 1}:
            return "contradict"
        rows = self.estimates[self.estimates["what"] == f"{what} ratio"].set_index("fit")
        one, other = rows.loc[first], rows.loc[second]
        apart = max(one["low"], other["low"]) > min(one["high"], other["high"])
        return "apart" if apart else None

    @cached_property
    def loo(self) -> tuple[Loo, ...]:
        """Leave-one-out of every two fits or more of the same rows of the same evidence."""
        return tuple(
            leave_one_out({name: self.fits[name] for name in names})
            for names in self._alike
            if len(names) > 1
        )

    @property
    def _alike(self) -> tuple[tuple[str, ...], ...]:
        """Names of the fits that are not withheld, by evidence."""
        by: dict[str, list[str]] = {}
        for name in self.changes:
            by.setdefault(evidence_of(self.fits[name]), []).append(name)
        return tuple(map(tuple, by.values()))

    @property
    def without_loo(self) -> dict[str, str]:
        """Why leave-one-out says nothing of some fits against the first that may be quoted."""
        if not self.changes:
            return {}
        first = self._alike[0]
        return {
            name: why_apart(self.fits[first[0]], self.fits[name])
            for names in self._alike[1:]
            for name in names
        }


_COLUMNS = [
    "fit", "what", "item", "median", "low", "high", "mean", "sd", "mcse", "mcse_low", "mcse_high",
    "units", "interval",
]  # fmt: skip


def _direction(up: Probability) -> int:
    """1 where a rise is likely enough, -1 where a fall is, else 0."""
    if up.value - 2 * up.mcse >= SURE_ENOUGH:
        return 1
    return -1 if 1 - up.value - 2 * up.mcse >= SURE_ENOUGH else 0


def fit_names(fits: Sequence[Fit], files: Sequence[str | Path] = ()) -> list[str]:
    """Name fits by their model, and by no more than tells them apart.

    Date of the evidence, dataset, seed and file name are added in this order until all names
    differ; else they are numbered.
    """
    parts: list[list[str]] = [[fit.spec.name] for fit in fits]
    more = [
        [_day(fit) for fit in fits],
        [fit.made["dataset"] for fit in fits],
        [say("compared-seed", seed=str(fit.made["random_seed"])) for fit in fits],
        [Path(file).name for file in files] or [""] * len(fits),
        [say("compared-number", number=str(number)) for number in range(1, len(fits) + 1)],
    ]
    for level in more:
        names = [_name(part) for part in parts]
        if len(set(names)) == len(names):
            return names
        # What all of them share tells nothing apart.
        if len(set(level)) > 1:
            parts = [
                [*part, text] if text else part for part, text in zip(parts, level, strict=True)
            ]
    return [_name(part) for part in parts]


def _day(fit: Fit) -> str:
    """As of which day a fit's evidence is; nothing where it is all."""
    day = fit.made["as_of"]
    return say("compared-day", day=str(day)) if day else ""


def _name(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else joined(parts, ", ")


def compare(
    fits: Sequence[Fit],
    names: Sequence[str] | None = None,
    *,
    of: str | None = None,
    spans: tuple[str, str] | None = None,
) -> Compared:
    """Set several fits side by side.

    Parameters
    ----------
    fits : sequence of Fit
        Two or more. Groups are matched by name.
    names : sequence of str, optional
        What they are called; by default their models, and what tells them apart.
    of : str, optional
        Group; by default that of the first fit's headline.
    spans : pair of str, optional
        Spans that are compared; by default the first pair of the first fit's headline.

    Returns
    -------
    Compared

    Raises
    ------
    SpecError
        Of fewer than two fits, names that are not as many or not unique.
    UnknownNameError, SpanError
        When a fit lacks the group or the spans; it is named.
    """
    if len(fits) < 2:
        raise SpecError(f"{len(fits)} fit(s) to compare; give two or more")
    names = list(names) if names is not None else fit_names(fits)
    if len(names) != len(fits) or len(set(names)) != len(names):
        raise SpecError(
            f"{len(fits)} fits need as many names, each its own; got {', '.join(names)}"
        )
    group, pairs = comparisons(fits[0])
    if spans is None and not pairs:
        raise SpanError(f"{names[0]}: has no comparison and fewer than two whole years; name spans")
    made = dict(zip(names, fits, strict=True))
    before, after = spans or pairs[0]
    _check(made, of or group, (before, after))
    return Compared(made, of or group, before, after)


def _check(fits: dict[str, Fit], of: str, spans: tuple[str, str]) -> None:
    """Refuse fits that do not share the group and the days of both spans."""
    for name, fit in fits.items():
        if of not in fit.spec.groups:
            every = [set(one.spec.groups) for one in fits.values()]
            shared = sorted(set.intersection(*every))
            said = f"all have: {', '.join(shared)}" if shared else "no group is in all of them"
            raise UnknownNameError(
                f"{name}: has no group '{of}' (its groups: {', '.join(fit.spec.groups)}); {said}"
            )
    for text in spans:
        days: dict[str, str] = {}
        for name, fit in fits.items():
            try:
                days[name] = str(resolve(fit, text))
            except SpanError as error:
                raise SpanError(f"{name}: {error}") from None
        if len(set(days.values())) > 1:
            said = "; ".join(f"{name}: {span}" for name, span in days.items())
            raise SpanError(f"'{text}' is not the same days in all fits ({said}); give dates")
