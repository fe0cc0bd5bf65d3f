"""Definitions within definitions, against enumeration of all counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pymc as pm
import pytest
from scipy import stats

from defectmodels.counting.calls import evaluate
from defectmodels.model.build import build_design
from defectmodels.model.design import Design, make_design
from defectmodels.model.inputs import counting_inputs, simulate
from smallworld import FAST, make_dataset, make_spec

SHARE = {"dist": "beta", "mean": 0.4, "size": 10.0, "why": "a test"}
FACTOR = {"median": 1.5, "factor": 3.0, "why": "a test"}
EXPECTED = np.array([[1.0, 2.0, 3.0, 4.0], [9.0, 8.0, 10.0, 11.0]])
POINTS = [EXPECTED * np.exp(np.random.default_rng(i).normal(0, 0.7, (2, 4))) for i in range(5)]
EVERYONE: dict[str, Any] = {"everyone": {}, "elite": {}}
ENVOYS = EVERYONE | {"envoys": {"within": "elite", "share": SHARE}}
CHAIN = {
    "everyone": {},
    "press": {"factor": FACTOR},
    "staff": {"within": "press", "share": SHARE},
    "envoys": {"within": "staff", "share": SHARE},
}
COUNTED = {"envoys": ["elite"], "staff": ["elite"], "press": ["elite"]}


def world(*rows: tuple[Any, ...], definition: dict[str, Any] | None = None, **more: Any) -> Design:
    """Quarters of 2020, elites and commoners; envoys are a part of the elites."""
    spec = make_spec(definition=definition or ENVOYS, **more)
    return make_design(spec, make_dataset(*rows, definitions=COUNTED))


def log_probability(
    design: Design, expected: np.ndarray, factor: Sequence[float], frailty: float | None = None
) -> float:
    """Log probability of the joint rows, which are all certain."""
    cv = None if frailty is None else np.array(frailty)
    p, mean, size = counting_inputs(design, expected, np.array(factor), cv, np)
    program = design.joint.program
    return float(
        evaluate(p, mean, size, np.ones(program.weights), program.ints, program.floats)[0].sum()
    )


def outcomes(persons: int, cells: int) -> Iterator[tuple[int, ...]]:
    """All ways to put persons into cells."""
    if cells == 1:
        yield (persons,)
        return
    for first in range(persons + 1):
        for rest in outcomes(persons - first, cells - 1):
            yield (first, *rest)


def divided(persons: int, expected: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray]:
    """All ways to divide a total of two quarters, with their log probabilities.

    Returns
    -------
    np.ndarray (outcome, cell)
        Envoys in each quarter, other elites in each quarter, commoners.
    np.ndarray (outcome,)
    """
    elite = expected[0] / expected.sum()
    shares = [*(elite * share), *(elite * (1 - share)), 1 - elite.sum()]
    found = np.array(list(outcomes(persons, 5)))
    return found, stats.multinomial(persons, shares).logpmf(found)


ROWS = (
    ("everyone", "2020H1", 7),
    ("everyone", "2020H2", 6),
    ("elite", "2020", None, 4),
    ("envoys", "2020-04-01..2020-09-30", 1, None),
)


@pytest.mark.parametrize("share", [0.05, 0.4, 0.97])
@pytest.mark.parametrize(
    "more", [(), (("elite", "2020Q1..2020Q3", 1, 3),), (("envoys", "2020H1", 2),)], ids=str
)
def test_a_part_and_its_container_are_enumeration(
    more: tuple[tuple[Any, ...], ...], share: float
) -> None:
    design = world(*ROWS, *more)
    assert {row.statement.id for row in design.joint.rows} == {
        f"S{at}" for at in range(2, 4 + len(more))
    }
    for expected in POINTS:
        first, log_first = divided(7, expected[:, :2], share)
        second, log_second = divided(6, expected[:, 2:], share)
        a, b = first.T[:, :, None], second.T[:, None, :]
        elite = a[:4].sum(axis=0) + b[:4].sum(axis=0)
        envoys = a[1] + b[0]
        true = (elite <= 4) & (envoys >= 1)
        if more and more[0][0] == "elite":
            counted = a[:4].sum(axis=0) + b[0] + b[2]
            true &= (counted >= 1) & (counted <= 3)
        elif more:
            true &= a[0] + a[1] == 2
        want = np.log(np.exp(log_first[:, None] + log_second[None, :])[true].sum())
        assert log_probability(design, expected, [share]) == pytest.approx(want, abs=1e-8)


def test_a_part_of_an_exact_total_of_its_container_is_binomial() -> None:
    design = world(("elite", "2020", 30), ("envoys", "2020Q1..2020Q3", 8, 11))
    assert [row.statement.id for row in design.selection.direct] == ["S0"]
    for expected in POINTS:
        inside = 0.4 * expected[0, :3].sum() / expected[0].sum()
        want = np.log(stats.binom.pmf(np.arange(8, 12), 30, inside).sum())
        assert log_probability(design, expected, [0.4]) == pytest.approx(want, abs=1e-9)


def test_a_container_and_its_part_divide_an_exact_total() -> None:
    """What the container has on some days is not known; on all days together it is the total."""
    design = world(("elite", "2020", 9), ("elite", "2020H1", 2, 5), ("envoys", "2020Q2..2020Q3", 3))
    assert {row.statement.id for row in design.joint.rows} == {"S1", "S2"}
    for expected in POINTS:
        shares = expected[0] / expected[0].sum()
        cells = [shares[0], *(0.3 * shares[1:3]), *(0.7 * shares[1:3]), shares[3]]
        found = np.array(list(outcomes(9, 6)))
        half = found[:, [0, 1, 3]].sum(axis=1)
        true = (half >= 2) & (half <= 5) & (found[:, 1] + found[:, 2] == 3)
        want = np.log(stats.multinomial(9, cells).pmf(found[true]).sum())
        assert log_probability(design, expected, [0.3]) == pytest.approx(want, abs=1e-8)


def test_a_chain_of_three_on_days_without_a_total() -> None:
    design = world(
        ("press", "2020H1", None, 6),
        ("staff", "2020-04-01..2020-09-30", 2, None),
        ("envoys", "2020Q2", 1),
        definition=CHAIN,
    )
    assert design.scaled == ("press", "staff", "envoys")
    assert {one.family for row in design.joint.rows for one in row.counted} == {"press"}
    n = np.arange(30)
    for expected in POINTS:
        q1, q2, q3 = expected[0, :3]
        press, staff, envoys = 1.7, 1.7 * 0.4, 1.7 * 0.4 * 0.3
        a = stats.poisson.pmf(n, press * q1)
        b, c = (stats.poisson.cdf(n, f * q2) for f in (press - staff, staff - envoys))
        c = np.diff(c, prepend=0)
        want = 0.0
        for one, prob in enumerate(c):
            rest = 6 - 1 - one
            within = sum(a[i] * b[rest - i] for i in range(rest + 1)) if rest >= 0 else 0.0
            beyond = stats.poisson.sf(2 - 1 - one - 1, staff * q3)
            want += prob * within * beyond
        want *= stats.poisson.pmf(1, envoys * q2)
        found = log_probability(design, expected, [press, staff, envoys])
        assert found == pytest.approx(np.log(want), abs=1e-8)


def test_frailty_scatters_by_the_periods_that_are_left() -> None:
    """Envoys of one quarter are taken off; the size follows from what each period keeps."""
    design = world(("press", "2020H1", 3), ("staff", "2020Q2", 1), definition=CHAIN)
    _, mean, size = counting_inputs(design, EXPECTED, np.array([1.5, 0.6]), np.array(0.5), np)
    rest = np.array([1.5 * 1.0, 0.9 * 2.0])
    np.testing.assert_allclose(sorted(mean), sorted([rest.sum(), 0.6 * 2.0]))
    want = rest.sum() ** 2 / (rest**2).sum() / 0.25
    np.testing.assert_allclose(size[mean.argmax()], want)
    np.testing.assert_allclose(size[mean.argmin()], 1 / 0.25)


def test_without_statements_on_the_part_nothing_is_cut() -> None:
    rows = (("everyone", "2020H1", 30), ("everyone", "2020H2", 60), ("elite", "2020", 9))
    assert world(*rows).joint.problem == world(*rows, definition=EVERYONE).joint.problem


def test_only_the_days_that_the_part_speaks_of_are_cut() -> None:
    rows = (("everyone", "2020H1", 300), ("everyone", "2020H2", 600), ("elite", "2020", 9, 12))
    design = world(*rows, ("envoys", "2020Q1", 2))
    sums = design.joint.problem.sums
    place = {one.definition: at for one, at in design.joint.sum_of.items()}
    whole, part = sums[place["elite"]], sums[place["envoys"]]
    assert set(part.parts) < set(whole.parts) and len(whole.parts) == 2


def test_simulated_parts_do_not_exceed_their_container() -> None:
    design = world(
        ("everyone", "2020H1", 300),
        ("everyone", "2020H2", 600),
        ("elite", "2020", 90),
        ("envoys", "2020", 30),
    )
    p, mean, size = counting_inputs(design, EXPECTED, np.array([0.4]), None, np)
    rng = np.random.default_rng(1)
    draws = simulate(design, *(np.tile(one, (4000, 1)) for one in (p, mean, size)), rng)
    ids = [row.statement.id for row in design.joint.rows]
    elite, envoys = draws[:, ids.index("S2")], draws[:, ids.index("S3")]
    assert (envoys <= elite).all()
    want = 300 * 3 / 20 + 600 * 7 / 28
    for found, mean_of in ((elite, want), (envoys, 0.4 * want)):
        assert abs(found.mean() - mean_of) < 5 * found.std() / np.sqrt(len(found))


def test_simulation_agrees_with_the_probability() -> None:
    design = world(*ROWS)
    p, mean, size = counting_inputs(design, EXPECTED, np.array([0.4]), None, np)
    rng = np.random.default_rng(2)
    draws = simulate(design, *(np.tile(one, (6000, 1)) for one in (p, mean, size)), rng)
    ids = [row.statement.id for row in design.joint.rows]
    true = (draws[:, ids.index("S2")] <= 4) & (draws[:, ids.index("S3")] >= 1)
    want = np.exp(log_probability(design, EXPECTED, [0.4]))
    assert abs(true.mean() - want) < 5 * np.sqrt(want * (1 - want) / len(draws))


def test_the_factor_of_a_part_is_its_share_of_its_containers() -> None:
    design = world(
        ("everyone", "2020", 900),
        ("press", "2020", 40, 60),
        ("envoys", "2020", 7),
        definition=CHAIN,
    )
    # Nothing is said of the staff, but the envoys are a part of it.
    assert design.scaled == ("press", "staff", "envoys")
    with build_design(design):
        tree = pm.sample_prior_predictive(400, random_seed=1, compile_kwargs={"mode": FAST})
    factor = tree["prior"]["definition_factor"].isel(chain=0)
    assert (factor.sel(definition="envoys") < factor.sel(definition="staff")).all()
    assert (factor.sel(definition="staff") < factor.sel(definition="press")).all()
    share = factor.sel(definition="staff") / factor.sel(definition="press")
    assert float(share.mean()) == pytest.approx(0.4, abs=5 * 0.15 / 20)


def test_the_model_has_the_probability_of_the_counts_and_a_finite_gradient() -> None:
    design = world(*ROWS)
    model = build_design(design)
    names = ["definition_factor", "expected"]
    value = model.compile_fn(
        [*model.replace_rvs_by_values([model[name] for name in names]), model.logp(sum=False)[-1]],
        inputs=model.value_vars,
        mode=FAST,
    )
    gradient = model.compile_dlogp()
    for seed in range(5):
        rng = np.random.default_rng(seed)
        point = {
            name: start + rng.normal(0, 0.5, np.shape(start))
            for name, start in model.initial_point().items()
        }
        factor, expected, logp = value(point)
        want = log_probability(design, expected, factor)
        assert logp.sum() == pytest.approx(want, abs=1e-9)
        assert np.isfinite(gradient(point)).all()


def test_a_share_near_one_leaves_almost_nothing() -> None:
    design = world(*ROWS)
    near = log_probability(design, EXPECTED, [1.0 - 1e-12])
    assert np.isfinite(near)
    first, log_first = divided(7, EXPECTED[:, :2], 1.0 - 1e-12)
    second, log_second = divided(6, EXPECTED[:, 2:], 1.0 - 1e-12)
    elite = first[:, :4].sum(axis=1)[:, None] + second[:, :4].sum(axis=1)[None, :]
    envoys = first[:, 1][:, None] + second[:, 0][None, :]
    true = (elite <= 4) & (envoys >= 1)
    want = np.log(np.exp(log_first[:, None] + log_second[None, :])[true].sum())
    assert near == pytest.approx(want, abs=1e-8)


def test_groups_that_the_part_does_not_count_are_left_whole() -> None:
    counted = COUNTED | {"others": ["elite", "commoner"]}
    definition = {"others": {}, "envoys": {"within": "others", "share": SHARE}}
    rows = (("others", "2020", 20, 30), ("envoys", "2020", 2))
    design = make_design(make_spec(definition=definition), make_dataset(*rows, definitions=counted))
    for expected in POINTS:
        elite, commoner = expected.sum(axis=1)
        n = np.arange(18, 29)
        want = (
            stats.poisson.pmf(2, 0.4 * elite) * stats.poisson.pmf(n, 0.6 * elite + commoner).sum()
        )
        found = log_probability(design, expected, [0.4])
        assert found == pytest.approx(np.log(want), abs=1e-8)
