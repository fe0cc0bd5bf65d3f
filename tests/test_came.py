"""Who came given what was published, against going through all counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from country import prior
from defectmodels.errors import FitError
from defectmodels.estimands.by_definition import realised_by_definition, side_by_side
from defectmodels.estimands.came import came as drawn_came
from defectmodels.estimands.realised import realised
from defectmodels.inference.fit import Fit
from defectmodels.model.design import make_design
from errorworld import MOST, called, mixed, overcount, revision, thinned, undercount, with_others
from smallworld import make_dataset, make_spec
from test_realised import constant_fit

E, C, P, ADDED, MISSED, FALSE = 2.3, 4.1, 0.7, 0.15, 0.3, 0.05
N = 12
"""Persons of a group who may have come, each number gone through."""
DRAWS = 40_000


def alone(elite: int, commoner: int) -> np.ndarray:
    found = np.zeros((MOST, MOST))
    found[elite, commoner] = 1.0
    return found


def stacked(chance: np.ndarray) -> np.ndarray:
    """Left out, then added to, then called by the other name."""
    added = with_others(thinned(chance, P), (ADDED * P * E, ADDED * P * C))
    return called(added, MISSED, FALSE)


@pytest.fixture(scope="module")
def law() -> np.ndarray:
    """Joint law of who came and who is published: (elite, commoner, published elite, commoner)."""
    found = np.zeros((N, N, MOST, MOST))
    for e in range(N):
        for c in range(N):
            found[e, c] = stacked(alone(e, c))
            found[e, c] *= stats.poisson.pmf(e, E) * stats.poisson.pmf(c, C)
    return found


def spec(*errors: dict[str, Any], **more: Any) -> Any:
    return make_spec("2020", "2020", "year", error=errors, **more)


def close(found: np.ndarray, want: np.ndarray) -> None:
    """Frequencies are those of a law, within four and a half standard errors and what is gone through."""
    error = np.sqrt(want * (1 - want) / DRAWS)
    np.testing.assert_array_less(np.abs(found - want), 4.5 * error + 2e-4)


def frequencies(elite: np.ndarray, commoner: np.ndarray) -> np.ndarray:
    found = np.zeros((N, N))
    keep = (elite < N) & (commoner < N)
    np.add.at(found, (elite[keep], commoner[keep]), 1.0)
    return found / len(elite)


@pytest.mark.parametrize("published", [(0, 0), (2, 4), (5, 1)])
def test_who_came_given_the_published_counts(law: np.ndarray, published: tuple[int, int]) -> None:
    design = make_design(
        spec(undercount(), overcount(), mixed()), make_dataset(("everyone", "2020", 6))
    )
    shape = (DRAWS, 2, 1)
    found = drawn_came(
        design.measurement,  # type: ignore[arg-type]
        np.broadcast_to(np.array(published)[:, None], shape),
        np.broadcast_to(np.array([[E], [C]]), shape),
        np.tile([P, ADDED, MISSED, FALSE], (DRAWS, 1)),
        None,
        np.random.default_rng(1),
    )[..., 0]
    want = law[:, :, published[0], published[1]]
    close(frequencies(found[:, 0], found[:, 1]), want / want.sum())


ERRORS = (undercount(), overcount(), mixed())
TRUTH = {"error_parameter": np.array([P, ADDED, MISSED, FALSE])}


def fit_of(*rows: tuple[Any, ...], **more: Any) -> Any:
    found = constant_fit(
        *rows, elite=E, commoner=C, draws=DRAWS, error=ERRORS, axis=("2020", "2020", "year"), **more
    )
    values = found.posterior["error_parameter"]
    found.tree["posterior"]["error_parameter"] = values * 0 + TRUTH["error_parameter"]
    # Nothing that was worked out with the errors as they were drawn.
    return Fit(found.spec, found.dataset, found.tree)


def test_realised_counts_are_of_who_came(law: np.ndarray) -> None:
    """A published total, and a range of elites among them."""
    fit = fit_of(("everyone", "2020", 6), ("elite", "2020", 1, 3))
    counts = realised(fit, random_seed=3).isel(chain=0, period=0).transpose("draw", "group").values
    want = sum(law[:, :, m, 6 - m] for m in (1, 2, 3))
    close(frequencies(*counts.T), want / want.sum())
    # More came than were published, in the mean: some were left out.
    assert counts.sum(axis=1).mean() > 6


def test_a_frailty_is_known_from_the_published_counts() -> None:
    """A year of many says that those who were left out were many, too."""
    design = make_design(
        spec(undercount(), frailty=prior(0.5, 2.0)), make_dataset(("everyone", "2020", 6))
    )
    shape, cv, published = (DRAWS, 2, 1), 0.5, 30
    found = drawn_came(
        design.measurement,  # type: ignore[arg-type]
        np.broadcast_to(np.array([[10], [20]]), shape),
        np.broadcast_to(np.array([[5.0], [10.0]]), shape),
        np.tile([P], (DRAWS, 1)),
        np.full(DRAWS, cv),
        np.random.default_rng(1),
    ).sum(axis=(1, 2))
    a = 1 / cv**2
    # Left out, given the frailty Poisson, which is gamma given the published: negative binomial.
    mean = (1 - P) * 15 * (a + published) / (a + P * 15)
    want = stats.nbinom(a + published, 1 / (1 + mean / (a + published)))
    left_out = found - published
    n = np.arange(25)
    close(np.bincount(left_out, minlength=25)[:25] / DRAWS, want.pmf(n))


def test_a_revision_of_less_leaves_out_and_one_of_more_adds() -> None:
    design = make_design(spec(revision(spans=["2020"])), make_dataset(("everyone", "2020", 300)))
    expected = np.full((4, 2, 1), 100.0)
    values = np.array([[0.9], [1.0], [1.1], [1.3]])
    kept, entries = design.measurement.persons(expected, values)  # type: ignore[union-attr]
    np.testing.assert_allclose(kept[:, 0, 0, 0], [0.9, 1.0, 1.0, 1.0])
    np.testing.assert_allclose(entries[:, 0, 0], [0.0, 0.0, 10.0, 30.0], atol=1e-12)


# --- what is not given for what it is not -------------------------------------------------------


def test_counts_that_would_be_the_published_ones_are_refused() -> None:
    more = {"definition": {"everyone": {}, "elite": {}, "press": {"factor": prior(1.5, 2.0)}}}
    rows = (("everyone", "2020", 6), ("elite", "2020", 1, 3), ("press", "2020", 4))
    fit = fit_of(*rows, definitions={"press": ["elite"]}, **more)
    with pytest.raises(
        FitError, match="ask for whole periods and for a definition without a factor"
    ):
        realised_by_definition(fit, "press", ["2020"], random_seed=1)
    with pytest.raises(FitError, match="errors of what is published"):
        realised_by_definition(fit, "elite", ["2020-03-01..2020-05-31"], random_seed=1)
    assert side_by_side(fit).empty
    own = realised_by_definition(fit, "elite", ["2020"], random_seed=1)
    by_group = realised(fit, random_seed=1).sel(group="elite", period="2020")
    np.testing.assert_array_equal(own.isel(span=0).values, by_group.values)
