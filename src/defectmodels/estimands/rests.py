r"""What each quoted number rests on: which priors, and which evidence moved it.

*Prior share.* In a posterior that is normal, precisions add. With u the scores of a prior
(`defectmodels.estimands.prior_scores`), that prior supplies the share sum_j corr(q, u_j)^2 var(u_j) of the
precision of a number q; over all priors and all rows these shares are 1. Of one parameter it is
1 - contraction. Of two that only their sum is known of, each is narrower than its prior, and yet all of
what is known of either is the prior's: contraction does not see that, the share does.

*Pull.* Raising the density of a prior or the probability of some rows to the power 1 + e moves the mean of
a number by e times its covariance with their logarithm (power-scaling: Kallioinen, Paananen, Bürkner &
Vehtari 2024, Detecting and diagnosing prior and likelihood sensitivity with power-scaling). *Narrowing* is
the same derivative of the log variance, with its sign turned. Both in posterior standard deviations of the
number's normal scores, which tails do not disturb; of an event the pull is that on its probability.

Monte Carlo errors come from means over batches of each chain.

Invariant: in a normal posterior the shares are those of the precision, and pulls are derivatives of the
weighted mean. Shown by ``tests/test_rests.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd
import xarray as xr

from defectmodels import names
from defectmodels.errors import UnknownNameError, known
from defectmodels.estimands.batches import Batched, batch_errors, batched, normal_scores, shares
from defectmodels.estimands.called import called
from defectmodels.estimands.decision import CLEAR
from defectmodels.estimands.identification import CONTRACTION, OWN, in_verdict, informed, is_event
from defectmodels.estimands.judged import labels
from defectmodels.estimands.prior_scores import BETWEEN, prior_scores
from defectmodels.estimands.quoted import quoted_quantities
from defectmodels.inference.fit import Fit, once
from defectmodels.inference.without import origin_of
from defectmodels.wording import listed, named, say

PRIOR_SHARE = 1 - CONTRACTION[1]
"""A number of which priors supply more of the precision is driven by them: there they weigh three times what
the evidence does, as at the lower threshold of contraction."""
_NAMED = 3
"""Priors named at most."""
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Identification:
    """What every quoted number of a fit rests on.

    Attributes
    ----------
    numbers : pd.DataFrame
        One row for each: name; verdict, whether the report's verdict has it; contraction; prior_share
        and prior_error; driven, whether it is driven by priors; by, names of the priors that supply most,
        the first first; prior_pull and evidence_pull, of all priors of the model file and of all rows
        together, with their errors. NaN of events, whose precision is no share of anything.
    """

    numbers: pd.DataFrame
    _own: pd.DataFrame = field(repr=False, compare=False)
    _scores: Batched = field(repr=False, compare=False)
    _rows: Batched = field(repr=False, compare=False)
    _said: pd.DataFrame = field(repr=False, compare=False)
    _groups: dict[str, tuple[list[str], Batched, list[int]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def _grouped(self, by: str) -> tuple[list[str], Batched, list[int]]:
        """Names of groups of rows, their log probabilities, and how many rows each has."""
        if by not in self._groups:
            told = list(dict.fromkeys(self._said[by]))
            member = np.array([[one == other for other in self._said[by]] for one in told], float)
            shape = self._rows.values.shape
            values = (member @ self._rows.values.reshape(shape[0], -1)).reshape(-1, *shape[1:])
            self._groups[by] = told, Batched(values), member.sum(axis=1).astype(int).tolist()
        return self._groups[by]

    def _place(self, name: str) -> int:
        found = self.numbers["name"].tolist()
        if name not in found:
            raise UnknownNameError(f"unknown number '{name}'. {known(name, found)}")
        return found.index(name)

    @property
    def driven(self) -> tuple[str, ...]:
        """Names of the numbers that are driven by priors."""
        return tuple(self.numbers["name"][self.numbers["driven"]])

    def priors(self, name: str) -> pd.DataFrame:
        """Share and pull of every prior on a number, the largest share first.

        Returns
        -------
        pd.DataFrame
            prior, share, share_error, pull, pull_error.

        Raises
        ------
        UnknownNameError
            When no number is called so.
        """
        self._place(name)
        own = self._own[self._own["name"] == name].drop(columns="name")
        return own.sort_values("share", ascending=False, kind="stable", ignore_index=True)

    def evidence(self, name: str, by: str = "origin") -> pd.DataFrame:
        """Pull and narrowing of the rows on a number, those that move it most first.

        Each row's probability is that given all other rows. Without the rows of an origin the number
        would lie about `pull` standard deviations lower, as far as that is a small change.

        Parameters
        ----------
        name : str
        by : {'origin', 'definition', 'row'}

        Returns
        -------
        pd.DataFrame
            What `by` says; rows, their number; pull, pull_error; narrowing, narrowing_error; moves, the
            size of both together, sqrt(pull^2 + narrowing^2 / 2).

        Raises
        ------
        UnknownNameError
            When no number is called so, or rows are not told apart so.
        """
        at = self._place(name)
        if by not in self._said:
            raise UnknownNameError(f"unknown way '{by}'. {known(by, self._said.columns)}")
        told, rows, count = self._grouped(by)
        one = self._scores.values[at : at + 1]
        pulls = Batched(one).times(rows)[:, 0]
        size = float(np.mean(one**2))
        narrow = -Batched(one**2 / size - 1.0).times(rows)[:, 0]
        event = is_event(name)
        table = pd.DataFrame(
            {
                by: told,
                "rows": count,
                "pull": pulls.mean(axis=0),
                "pull_error": batch_errors(pulls),
                "narrowing": np.nan if event else narrow.mean(axis=0),
                "narrowing_error": np.nan if event else batch_errors(narrow),
            }
        )
        moves = np.hypot(table["pull"], table["narrowing"].fillna(0.0) / np.sqrt(2))
        table = table.assign(moves=moves)
        return table.sort_values("moves", ascending=False, kind="stable", ignore_index=True)

    def movers(self, name: str, most: int = 3) -> pd.DataFrame:
        """Origins that move a number most, those whose pull is clear of its Monte Carlo error.

        Returns
        -------
        pd.DataFrame
            As `evidence`, `most` rows at most.
        """
        table = self.evidence(name)
        clear = table["pull"].abs() > CLEAR * table["pull_error"]
        return table[clear].head(most).reset_index(drop=True)

    def sentence(self, name: str) -> str:
        """Say what a number rests on.

        Raises
        ------
        UnknownNameError
            When no number is called so.
        """
        row = self.numbers.iloc[self._place(name)]
        number, priors = called(name), listed([prior_called(one) for one in row["by"]])
        if np.isnan(row["prior_share"]):
            return say("rest-none", number=number)
        share = f"{min(max(row['prior_share'], 0.0), 1.0):.0%}"
        if row["driven"]:
            return say("rest-driven", number=number, priors=priors, share=share)
        first = str(self.evidence(name)["origin"].iloc[0])
        return say("rest-evidence", number=number, priors=priors, share=share, origin=first)


def prior_called(name: str) -> str:
    """Say what a prior is called: ``effect.sanctions``."""
    kind, _, of = name.partition(".")
    return say("rest-prior", kind=kind, of=named(of))


def identification(fit: Fit) -> Identification:
    """What every quoted number of a fit, and every parameter, rests on: priors, and evidence.

    Nothing is fitted anew: all of it comes from how the draws of a number go together with those of each
    prior's quantity and with the log probability of each row.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Identification
    """
    return _identify(fit, False)


def verdict_identification(fit: Fit) -> Identification:
    """The same of the numbers of the report's verdict and of effects."""
    return _identify(fit, True)


@once
def _identify(fit: Fit, shown: bool) -> Identification:
    shape = tuple(fit.posterior.sizes[dim] for dim in names.SAMPLE)
    told, draws = _draws(_numbers_of(fit, shown), shape)
    scores, own = batched(draws), prior_scores(fit)
    said, rows = _row_logs(fit)
    whole = np.concatenate([one.values for one in own.values()])
    # Raising the power of what stands between priors and data would double what its scale's prior does.
    top = [one.logs for name, one in own.items() if name.partition(".")[0] not in BETWEEN]
    moments = scores.times(batched(whole))
    total = dict(zip(("prior_share", "prior_error"), shares(moments), strict=True))
    sides = {"prior": np.sum(top, axis=0)}
    if not shown:
        # Powers weigh draws as the checks do, and one of the checks is found here.
        from defectmodels.estimands.powers import log_likelihood

        sides["evidence"] = log_likelihood(fit).transpose(*names.SAMPLE).values
    for side, logs in sides.items():
        pulls = scores.times(batched(logs[None]))[..., 0]
        total |= {f"{side}_pull": pulls.mean(axis=0), f"{side}_pull_error": batch_errors(pulls)}
    pulls = scores.times(batched(np.array([one.logs for one in own.values()])))
    table = _prior_table(told, {name: len(one.values) for name, one in own.items()}, moments, pulls)
    numbers = _numbers(told, total, table, informed(fit))
    return Identification(numbers, table, scores, rows, said)


def _numbers_of(fit: Fit, shown: bool) -> dict[str, xr.DataArray]:
    """What is quoted, and the parameters with a prior of their own."""
    quoted = quoted_quantities(fit)
    if shown:
        return {
            name: one for name, one in quoted.items() if in_verdict(name) or name == names.EFFECT
        }
    return quoted | {name: fit.posterior[name] for name in OWN if name in fit.posterior}


def _draws(
    numbers: Mapping[str, xr.DataArray], shape: tuple[int, ...]
) -> tuple[list[str], np.ndarray]:
    """Names and normal scores of the numbers that vary: np.ndarray (number, chain, draw)."""
    told: list[str] = []
    found = [np.zeros((0, *shape))]
    for name, array in numbers.items():
        values = array.transpose(..., *names.SAMPLE).values.astype(float)
        values = values.reshape(-1, shape[0] * shape[1])
        size = np.max(np.abs(values), axis=1, initial=0.0, where=np.isfinite(values))
        varies = ~(np.ptp(values, axis=1) <= _ROUNDING * size)
        kept = values[varies]
        told += list(labels(name, array)[varies])
        scores = kept if is_event(name) else normal_scores(kept)
        found.append(scores.reshape(-1, *shape))
    return told, np.concatenate(found)


def _row_logs(fit: Fit) -> tuple[pd.DataFrame, Batched]:
    """Row, origin and definition of every row, and its log probability at every draw."""
    logs, found, ids = fit.group("log_likelihood"), [], []
    for variable, dim in (
        (names.DIRECT_COUNT, names.DIRECT),
        (names.NESTED_COUNT, names.NESTED),
        (names.JOINT_COUNT, names.JOINT),
    ):
        if variable in logs:
            found.append(logs[variable].transpose(dim, *names.SAMPLE).values)
            ids += [str(one) for one in logs[dim].values]
    statements = {row.statement.id: row.statement for row in fit.design.selection.rows}
    said = pd.DataFrame(
        {
            "row": ids,
            "origin": [origin_of(statements[one]) for one in ids],
            "definition": [statements[one].definition for one in ids],
        }
    )
    return said, batched(np.concatenate(found))


def _prior_table(
    told: Sequence[str], sizes: Mapping[str, int], moments: np.ndarray, pulls: np.ndarray
) -> pd.DataFrame:
    """Share and pull of every prior on every number."""
    ends = np.cumsum([0, *sizes.values()])
    pairs = [shares(moments[..., begin:end]) for begin, end in pairwise(ends)]
    share, error = (np.concatenate(one) for one in zip(*pairs, strict=True))
    table = pd.DataFrame(
        {
            "name": np.tile(np.array(told, dtype=object), len(sizes)),
            "prior": np.repeat(np.array(list(sizes), dtype=object), len(told)),
            "share": share,
            "share_error": error,
            "pull": pulls.mean(axis=0).T.ravel(),
            "pull_error": batch_errors(pulls).T.ravel(),
        }
    )
    table.loc[table["name"].map(is_event), ["share", "share_error"]] = np.nan
    return table


def _numbers(
    told: Sequence[str],
    total: Mapping[str, np.ndarray],
    table: pd.DataFrame,
    known_of: pd.DataFrame,
) -> pd.DataFrame:
    contraction = known_of.drop_duplicates("name").set_index("name")["contraction"]
    found = pd.DataFrame({"name": told, **total})
    found.loc[found["name"].map(is_event), ["prior_share", "prior_error"]] = np.nan
    found.insert(1, "verdict", np.array([in_verdict(name) for name in told], dtype=bool))
    found.insert(2, "contraction", contraction.reindex(list(told)).to_numpy(float))
    low = found["contraction"] < CONTRACTION[1]
    found.insert(5, "driven", low | (found["prior_share"] > PRIOR_SHARE))
    by = _by(table)
    found.insert(6, "by", pd.Series([by.get(name, ()) for name in told], dtype=object))
    return found


def _by(table: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Priors that supply most of the priors' share, for each number."""
    wide = table.pivot(index="name", columns="prior", values="share").fillna(0.0).clip(lower=0.0)
    found = {}
    for name, row in zip(wide.index, wide.to_numpy(), strict=True):
        order = np.argsort(-row, kind="stable")[:_NAMED]
        # Half of what priors supply, and no prior that supplies little beside the first.
        enough = int(np.searchsorted(np.cumsum(row[order]), row.sum() / 2)) + 1
        chosen = [at for at in order[:enough] if row[at] > 0]
        found[str(name)] = tuple(str(wide.columns[at]) for at in chosen)
    return found
