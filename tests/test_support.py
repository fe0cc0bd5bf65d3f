"""How far a scenario lies from what was seen: nothing for what was seen and its mixtures."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from country import country, country_spec
from defectmodels.estimands.courses import Reckoner
from defectmodels.estimands.support import OUTSIDE, beyond_range, hull_distance, support
from defectmodels.evidence.scenario import Scenario, factual
from defectmodels.inference.fit import Fit
from fabricate import fabricate
from histories import HOLD, change, history, unknown


def scaled(points: np.ndarray, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    size = np.ptp(seen, axis=0)
    size = np.where(size > 0, size, 1.0)
    return points / size, seen / size


def inside(point: np.ndarray, seen: np.ndarray) -> bool:
    """Whether a point is a mixture of others, by linear programming."""
    matrix = np.vstack([seen.T, np.ones(len(seen))])
    found = linprog(np.zeros(len(seen)), A_eq=matrix, b_eq=np.append(point, 1.0), method="highs")
    return bool(found.status == 0)


def nearest(point: np.ndarray, seen: np.ndarray) -> float:
    """Distance to the hull: over all faces, the projection onto each that lies within it."""
    best = min(float(np.linalg.norm(one - point)) for one in seen)
    for size in range(2, min(len(seen), len(point) + 1) + 1):
        for chosen in combinations(range(len(seen)), size):
            corner, *others = seen[list(chosen)]
            edges = np.array(others) - corner
            shares = np.linalg.lstsq(edges.T, point - corner, rcond=None)[0]
            if (shares >= -1e-12).all() and shares.sum() <= 1 + 1e-12:
                best = min(best, float(np.linalg.norm(corner + shares @ edges - point)))
    return best


# ---------------------------------------------------------------- the distance


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_the_distance_is_that_of_going_through_all_faces(seed: int, dims: int) -> None:
    rng = np.random.default_rng([seed, dims])
    seen, points = rng.normal(size=(7, dims)), 1.5 * rng.normal(size=(8, dims))
    found = hull_distance(points, seen)
    own, rows = scaled(points, seen)
    want = [nearest(point, rows) for point in own]
    np.testing.assert_allclose(found, want, rtol=1e-6, atol=1e-8)
    assert [distance < 1e-7 for distance in found] == [inside(point, rows) for point in own]


@given(st.integers(1, 5), st.integers(1, 30), st.integers(0, 10_000))
@settings(deadline=None, max_examples=60)
def test_what_was_seen_and_its_mixtures_have_distance_0(dims: int, rows: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    seen = np.round(rng.normal(size=(rows, dims)), 1) * rng.gamma(1.0, 3.0, dims) + rng.normal(
        0, 9, dims
    )
    mixed = rng.dirichlet(np.full(rows, 0.3), 6) @ seen
    assert hull_distance(np.vstack([seen, mixed]), seen).max() < 1e-7
    # One unit of the range beyond the largest, in one direction.
    out = seen[[0]].copy()
    size = np.ptp(seen[:, 0]) or 1.0
    out[0, 0] = seen[:, 0].max() + size
    assert hull_distance(out, seen)[0] >= 1.0 - 1e-6


def test_the_distance_does_not_depend_on_where_0_lies_or_on_the_unit() -> None:
    rng = np.random.default_rng(1)
    seen, points = rng.normal(size=(20, 3)), 2.0 * rng.normal(size=(9, 3))
    want = hull_distance(points, seen)
    for shift, unit in ((1e4, 1.0), (-3e3, 1e-3), (0.0, 1e5)):
        found = hull_distance(points * unit + shift, seen * unit + shift)
        np.testing.assert_allclose(found, want, rtol=1e-6, atol=1e-7)


def test_distances_by_hand() -> None:
    seen = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 4.0]])
    points = np.array([[1.0, 1.0], [2.0, 4.0], [-1.0, 0.0], [0.5, 3.0], [2.0, 4.0]])
    # In shares of the ranges: (1, 1) lies half a diagonal from the long side, (-0.5, 0) half a range.
    want = [0.0, np.sqrt(0.5), 0.5, 0.0, np.sqrt(0.5)]
    np.testing.assert_allclose(hull_distance(points, seen), want, atol=1e-7)
    # What never varied counts in its own unit.
    flat = np.array([[0.0, 3.0], [1.0, 3.0]])
    np.testing.assert_allclose(hull_distance(np.array([[0.5, 3.2]]), flat), [0.2], rtol=1e-6)
    assert hull_distance(np.zeros((4, 0)), np.zeros((9, 0))).tolist() == [0.0] * 4


def test_the_range_by_hand() -> None:
    seen = np.array([[0.0, 3.0], [2.0, 5.0]])
    points = np.array([[1.0, 4.0], [-0.5, 5.5], [2.0, 1.0]])
    assert beyond_range(points, seen).tolist() == [[0.0, 0.0], [0.5, 0.5], [0.0, 2.0]]


# ---------------------------------------------------------------- scenarios


@pytest.fixture(scope="module")
def fit() -> Fit:
    return fabricate(country_spec(), country(), draws=20)


def reckoner(fit: Fit, to: str | None = None) -> Reckoner:
    return Reckoner(fit, fit.spec.periods.until(to) if to else fit.spec.periods, 1)


def held_against(fit: Fit, scenario: Scenario, to: str | None = None) -> dict[str, np.ndarray]:
    own = reckoner(fit, to)
    found = support(own, [own.course(scenario)])
    assert found["scenario"].values.tolist() == [scenario.name]
    assert found["period"].values.tolist() == list(own.periods.labels)
    found = found.isel(scenario=0)
    return {str(name): found[name].values for name in found.data_vars}


def test_what_changes_nothing_is_supported(fit: Fit) -> None:
    for scenario in (factual(), history(change("level", "closure", "2020-04-01", value=1.0))):
        found = held_against(fit, scenario)
        assert not found["changed"].any() and not found["later"].any()
        assert (found["range"] == 0).all() and (found["hull"] == 0).all()


def test_a_value_never_seen_is_told_by_covariate_and_period(fit: Fit) -> None:
    found = held_against(fit, history(change("level", "closure", "2021-04-01", value=1.5)))
    at = np.arange(16) >= 9
    np.testing.assert_array_equal(found["changed"], at)
    np.testing.assert_allclose(found["range"], [0.5 * at, 0.0 * at], atol=1e-12)
    # The elites have sanctions too; these were on with the border closed.
    np.testing.assert_allclose(found["hull"], [0.5 * at, 0.5 * at], atol=1e-7)


def test_values_never_seen_together_lie_outside_the_hull_of_one_group(fit: Fit) -> None:
    """Sanctions came with a closed border only, and act on the elites."""
    found = held_against(fit, history(change("level", "closure", "2021-01-01", value=0.0)))
    at = np.arange(16) >= 8
    assert (found["range"] == 0).all()
    np.testing.assert_allclose(found["hull"][0], np.sqrt(0.5) * at, atol=1e-7)
    np.testing.assert_allclose(found["hull"][1], 0.0, atol=1e-7)
    assert found["hull"][0].max() > OUTSIDE


def test_a_mixture_of_what_was_seen_is_supported(fit: Fit) -> None:
    halves = history(
        change("level", "closure", "2021-01-01", value=0.9),
        change("level", "sanctions", "2021-01-01", value=0.7),
    )
    found = held_against(fit, halves)
    assert found["changed"].sum() == 8
    assert found["hull"].max() < 1e-7 and found["range"].max() < 1e-12


def test_an_exposure_moves_no_covariate(fit: Fit) -> None:
    found = held_against(fit, history(change("scale", "officials", "2021-01-01", by=3.0)))
    assert found["changed"].sum() == 8
    assert found["hull"].max() == 0 and found["range"].max() == 0
    bare = fabricate(
        country_spec(term=[one for one in country_spec().term if one.kind != "covariates"]),
        country(),
        draws=5,
    )
    found = held_against(bare, history(change("scale", "officials", "2021-01-01", by=3.0)))
    assert found["changed"].sum() == 8 and found["range"].shape == (0, 16)
    assert (found["hull"] == 0).all()


def test_later_periods_are_told_in_years(fit: Fit) -> None:
    found = held_against(fit, HOLD, "2024")
    np.testing.assert_array_equal(found["changed"], np.arange(24) >= 16)
    days = np.cumsum([90, 91, 92, 92, 91, 91, 92, 92])
    np.testing.assert_allclose(found["later"], np.r_[np.zeros(16), days / 365.25], rtol=1e-12)
    assert found["hull"].max() < 1e-7
    opened = history(change("level", "closure", "2024-01-01", value=0.0), beyond="hold")
    hull = held_against(fit, opened, "2024")["hull"]
    np.testing.assert_allclose(hull[0], np.sqrt(0.5) * (np.arange(24) >= 20), atol=1e-7)


def test_an_uncertain_path_is_looked_at_in_its_middle_and_its_ends(fit: Fit) -> None:
    found = held_against(
        fit, history(change("level", "closure", "2021-01-01", value=unknown(0.8, 1.6)))
    )
    far = found["range"][0, 8:]
    # The 95% quantile of 40 draws of a level from 0.8 to 1.6, less 1.
    assert (far > 0.4).all() and (far < 0.6).all() and np.ptp(far) < 1e-12
    np.testing.assert_allclose(found["hull"][1, 8:], far, rtol=1e-6)


def test_scenarios_stand_side_by_side(fit: Fit) -> None:
    own = reckoner(fit)
    listed = [
        factual(),
        history(change("level", "closure", "2021-01-01", value=0.0), name="open"),
        history(change("level", "closure", "2021-04-01", value=1.5), name="shut"),
    ]
    whole = support(own, [own.course(one) for one in listed])
    assert whole["hull"].dims == ("scenario", "group", "period")
    assert whole["range"].dims == ("scenario", "covariate", "period")
    assert whole.attrs["every"] == "quarter"
    for at, one in enumerate(listed):
        alone = held_against(fit, one)
        for name in ("hull", "range", "changed"):
            np.testing.assert_array_equal(whole[name].values[at], alone[name])
