from __future__ import annotations

from itertools import product
from math import factorial
from typing import Any

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from country import ROWS, country, country_spec, prior
from defectmodels.errors import FitError
from defectmodels.estimands import realised as module
from defectmodels.estimands.realised import over_spans, realised
from defectmodels.inference.fit import Fit
from defectmodels.model.design import make_design
from fabricate import centre, fabricate
from smallworld import make_dataset, make_spec

YEARS = ("2020", "2021", "year")
DRAWS = 20_000


def constant_fit(
    *rows: tuple[Any, ...],
    elite: float = 3.0,
    commoner: float = 5.0,
    draws: int = DRAWS,
    **model: Any,
) -> Fit:
    """A fit without any doubt about the rates, which are arrivals a period."""
    axis, definitions = model.pop("axis", YEARS), model.pop("definitions", None)
    length = {"year": 1.0, "quarter": 0.25}[axis[2]]
    base = {"elite": elite / length, "commoner": commoner / length}
    baseline = {g: {"rate": prior(rate, 2.0) | {"dist": "lognormal"}} for g, rate in base.items()}
    spec = make_spec(*axis, baseline=baseline, **model)
    fit = fabricate(
        spec, make_dataset(*rows, definitions=definitions), chains=1, draws=draws, spread=0.0
    )
    # Lengths of 365 and 366 days would only blur the numbers worked out here.
    whole = fit.posterior["expected"].copy()
    whole.loc[{"group": "elite"}], whole.loc[{"group": "commoner"}] = elite, commoner
    fit.tree["posterior"]["expected"] = whole
    return fit


def counts_of(fit: Fit, seed: int = 1) -> xr.DataArray:
    counts = realised(fit, random_seed=seed)
    assert counts.dims == ("chain", "draw", "group", "period")
    assert counts.dtype.kind == "i" and int(counts.min()) >= 0
    assert counts.attrs["units"] == "persons"
    return counts


# --- what was published holds on every draw -------------------------------------------------


def test_every_draw_agrees_with_what_was_published(country_fit: Fit) -> None:
    counts = counts_of(country_fit)
    total, elite = counts.sum("group"), counts.sel(group="elite")

    def of(array: xr.DataArray, *periods: str) -> np.ndarray:
        return array.sel(period=list(periods)).sum("period").values

    year = lambda y: [f"{y}Q{q}" for q in range(1, 5)]  # noqa: E731
    assert (of(total, *year(2019)) == 420).all() and (of(total, *year(2020)) == 260).all()
    assert (of(total, "2021Q1", "2021Q2") == 90).all() and (
        of(total, "2021Q3", "2021Q4") == 80
    ).all()
    assert (of(total, "2022Q1") == 45).all() and (of(total, "2022Q2") == 40).all()
    assert (of(total, "2022Q3", "2022Q4") == 85).all()
    assert (of(elite, *year(2019)) == 40).all()
    assert ((of(elite, *year(2020)) >= 22) & (of(elite, *year(2020)) <= 34)).all()
    assert (of(elite, "2022Q3", "2022Q4") >= 3).all()
    # Of a span that cuts periods: at least so many in the periods that it touches.
    assert (of(elite, "2021Q1", "2021Q2") >= 6).all()
    assert (of(elite, "2021Q3", "2021Q4", "2022Q1") >= 8).all()
    # Nothing is so sure that it does not vary.
    assert counts.std("draw").min() > 0


def test_the_shipped_evidence_holds(shipped: Any, escape_rates: Any) -> None:
    design = make_design(escape_rates, shipped)
    at_risk = (design.exposure * design.periods.years).mean(axis=1)
    flat = {name: np.zeros_like(value) for name, (_, value) in centre(design).items()}
    # Eleven elites and 220 commoners a quarter: a share that every statement allows.
    changed = {name: flat[name] for name in ("effect", "season_effect", "trend")}
    changed["log_baseline"] = np.log([11.0, 220.0]) - np.log(at_risk)
    fit = fabricate(escape_rates, shipped, chains=1, draws=20, changed=changed)
    counts = counts_of(fit).values[0]
    whole = [row for row in design.selection.direct if set(row.weights) <= {0.0, 1.0}]
    # Only the two parts of 2011 cut a quarter; together they are the year.
    cut = [row for row in design.selection.direct if row not in whole]
    assert {row.span.start.year for row in cut} == {2011}
    assert len(whole) > 50
    assert (counts[:, :, 52:56].sum(axis=(1, 2)) == sum(row.interval.low for row in cut)).all()
    for row in whole:
        assert ((counts * design.cell_weights(row)).sum(axis=(1, 2)) == row.interval.low).all(), row
    # No elite row is certain: each holds about as often as its grade is reliable.
    about = next(row for row in design.selection.joint if row.statement.id == "E001")
    counted = (counts * design.cell_weights(about)).sum(axis=(1, 2))
    assert ((counted >= 8) & (counted <= 19)).mean() > 0.7


def test_the_same_seed_gives_the_same_counts(country_fit: Fit) -> None:
    first, again, other = (counts_of(country_fit, seed) for seed in (3, 3, 4))
    xr.testing.assert_identical(first, again)
    assert not first.equals(other)


def test_a_range_without_a_total_holds() -> None:
    fit = constant_fit(("everyone", "2020", 9, 10), ("elite", "2021", 4, None), draws=500)
    counts = counts_of(fit)
    both = counts.sum("group").sel(period="2020")
    assert set(np.unique(both)) == {9, 10}
    assert int(counts.sel(group="elite", period="2021").min()) == 4
    # The year of which nothing was said of the commoners is free.
    assert int(counts.sel(group="commoner", period="2021").min()) <= 2


def test_a_statement_beyond_its_total_counts_the_free_persons_too() -> None:
    fit = constant_fit(("everyone", "2020", 8), ("elite", "2020..2021", 7), draws=2000)
    assert len(fit.design.selection.joint) == 1
    counts = counts_of(fit)
    assert (counts.sum("group").sel(period="2020") == 8).all()
    assert (counts.sel(group="elite").sum("period") == 7).all()
    assert len(np.unique(counts.sel(group="elite", period="2020"))) > 4


def test_persons_before_the_axis_are_of_no_period() -> None:
    rows = (("everyone", "2020", 60), ("everyone", "2021", 60))
    fit = constant_fit(*rows, ("elite", "2019-12-10..2021-12-31", 55, 70), elite=30.0, draws=400)
    assert len(fit.design.selection.joint) == 1
    assert (counts_of(fit).sum("group") == 60).all()


def test_a_definition_of_its_own_ties_nothing() -> None:
    loose = country_spec(definition={"everyone": {}, "press": {"factor": prior(1.3, 2.0)}})
    fit = fabricate(loose, country(("everyone", "2019", 60), ("press", "2019", 50)), draws=200)
    assert [row.statement.definition for row in fit.design.selection.nested] == ["press"]
    assert float(counts_of(fit).sel(group="elite").sum("period").mean()) < 150


# --- distribution ---------------------------------------------------------------------------


def close(found: np.ndarray, law: np.ndarray) -> None:
    """Frequencies agree with probabilities, within 4.5 standard errors of each."""
    error = np.sqrt(law * (1 - law) / DRAWS)
    assert (np.abs(found - law) <= 4.5 * error + 1e-9).all(), (found, law)


def frequencies(values: np.ndarray, most: int) -> np.ndarray:
    return np.bincount(values.ravel(), minlength=most + 1)[: most + 1] / values.size


def test_without_totals_counts_are_poisson() -> None:
    counts = counts_of(constant_fit(("elite", "2021", 0, 1000)))
    free = counts.sel(period="2020")
    for group, mean in (("elite", 3.0), ("commoner", 5.0)):
        close(frequencies(free.sel(group=group).values, 12), stats.poisson(mean).pmf(np.arange(13)))
    correlation = np.corrcoef(free.sel(group="elite")[0], free.sel(group="commoner")[0])[0, 1]
    assert abs(correlation) < 4.5 / np.sqrt(DRAWS)


def test_frailty_is_common_to_the_groups_of_a_period() -> None:
    cv = 0.6
    fit = constant_fit(("elite", "2021", 0, 1000), frailty=prior(cv, 2.0), elite=4.0, commoner=6.0)
    counts = counts_of(fit)
    free = counts.sel(period="2020")
    elite, commoner = free.sel(group="elite").values[0], free.sel(group="commoner").values[0]
    size = 1 / cv**2
    law = stats.nbinom(size, size / (size + 4.0))
    close(frequencies(elite, 15), law.pmf(np.arange(16)))
    # Var = m + m^2 cv^2, and the covariance of two groups is m1 m2 cv^2.
    assert elite.var() == pytest.approx(4.0 + 16 * cv**2, rel=0.08)
    assert np.cov(elite, commoner)[0, 1] == pytest.approx(4 * 6 * cv**2, rel=0.1)
    other = counts.sel(group="elite", period="2021").values[0]
    assert abs(np.corrcoef(elite, other)[0, 1]) < 4.5 / np.sqrt(DRAWS)


def test_a_total_is_split_in_proportion() -> None:
    counts = counts_of(constant_fit(("everyone", "2020", 10)))
    elite = counts.sel(group="elite", period="2020").values
    close(frequencies(elite, 10), stats.binom(10, 3 / 8).pmf(np.arange(11)))


def cells(means: np.ndarray, allowed: Any, most: int) -> dict[int, float]:
    """Law of the first cell's count by enumeration, given what is allowed."""
    law: dict[int, float] = {}
    for counts in product(range(most + 1), repeat=means.size):
        if allowed(np.array(counts).reshape(means.shape)):
            chance = np.prod(
                [m**n / factorial(n) for m, n in zip(means.ravel(), counts, strict=True)]
            )
            law[counts[0]] = law.get(counts[0], 0.0) + float(chance)
    total = sum(law.values())
    return {count: chance / total for count, chance in law.items()}


def against_enumeration(fit: Fit, allowed: Any, most: int, group: str = "elite") -> None:
    means = fit.posterior["expected"].values[0, 0]
    law = cells(means, allowed, most)
    found = frequencies(counts_of(fit).sel(group=group, period="2020").values, most)
    close(found, np.array([law.get(n, 0.0) for n in range(most + 1)]))


def test_enumeration_of_a_total_over_two_years_with_a_part() -> None:
    fit = constant_fit(
        ("everyone", "2020..2021", 6), ("elite", "2020", 2, 3), elite=1.0, commoner=2.0
    )
    against_enumeration(fit, lambda n: n.sum() == 6 and 2 <= n[0, 0] <= 3, most=6)


def test_enumeration_of_two_totals_tied_by_one_statement() -> None:
    rows = (("everyone", "2020", 5), ("everyone", "2021", 3), ("elite", "2020..2021", 4, None))
    fit = constant_fit(*rows, elite=1.0, commoner=2.0)

    def allowed(n: np.ndarray) -> bool:
        return n[:, 0].sum() == 5 and n[:, 1].sum() == 3 and n[0].sum() >= 4

    against_enumeration(fit, allowed, most=5)


def test_enumeration_of_a_total_with_free_persons_beyond_it() -> None:
    fit = constant_fit(("everyone", "2020", 4), ("elite", "2020..2021", 3), elite=1.0, commoner=1.0)
    # Commoners of 2021 are free and independent: 0 to 9 of them are all there are.
    against_enumeration(
        fit, lambda n: n[:, 0].sum() == 4 and n[0].sum() == 3 and n[1, 1] == 0, most=4
    )


def test_enumeration_of_a_range_without_a_total() -> None:
    fit = constant_fit(("everyone", "2020", 4, 6), elite=1.0, commoner=3.0)
    against_enumeration(fit, lambda n: 4 <= n[:, 0].sum() <= 6 and n[:, 1].sum() == 0, most=6)


def test_a_part_of_a_period_holds_by_chance() -> None:
    """Of 6 persons in 91 days, 3 elites in the first 45: 3 or more elites, more often more."""
    rows = (("everyone", "2020Q1", 6), ("elite", "2020-01-01..2020-02-14", 3))
    fit = constant_fit(*rows, axis=("2020Q1", "2020Q2", "quarter"), elite=2.0, commoner=2.0)
    elite = counts_of(fit).sel(group="elite", period="2020Q1").values
    n = np.arange(7)
    law = stats.binom(6, 0.5).pmf(n) * stats.binom(n, 45 / 91).pmf(3)
    close(frequencies(elite, 6), law / law.sum())


# --- refusals -------------------------------------------------------------------------------


def test_a_statement_next_to_impossible_still_holds() -> None:
    rows = (("everyone", "2020", 1000), ("elite", "2020", 990, 995))
    counts = counts_of(constant_fit(*rows, elite=1.0, commoner=999.0, draws=50))
    elite = counts.sel(group="elite", period="2020").values
    assert (elite >= 990).all() and (elite <= 995).all()


def test_a_total_too_small_for_its_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Atoms of a total above 20 are drawn as independent; together they may ask for too much."""
    monkeypatch.setattr(module, "TRIES", 3)
    rows = (
        ("everyone", "2020..2021", 30),
        ("elite", "2020", 20, 25),
        ("elite", "2021", 20, 25),
    )
    fit = constant_fit(*rows, draws=20)
    with pytest.raises(FitError, match="3 draws in a row take more persons") as raised:
        realised(fit, random_seed=1)
    assert "\n" not in str(raised.value)


def test_over_spans_adds_whole_periods(country_fit: Fit) -> None:
    counts = counts_of(country_fit)
    found = over_spans(country_fit, counts, ["2019", "2021Q2..2021Q4"])
    by_hand = counts.sel(period=["2021Q2", "2021Q3", "2021Q4"]).sum("period")
    np.testing.assert_array_equal(
        found.sel(span="2021Q2..2021Q4").transpose("chain", "draw", "group"), by_hand
    )
    assert (found.sel(span="2019").sum("group") == 420).all()
    assert found.dtype.kind == "i"


@pytest.mark.parametrize("span", ["2020-02-01..2020-06-30", "First"])
def test_over_spans_refuses_to_cut_persons(country_fit: Fit, span: str) -> None:
    counts = counts_of(country_fit)
    with pytest.raises(FitError, match=f"'{span}' cuts a quarter; choose whole quarters"):
        over_spans(country_fit, counts, ["2019", span])


def test_the_rows_of_the_country_are_all_used(country_fit: Fit) -> None:
    """Without this, the test above would hold of statements that are left out."""
    selection = country_fit.design.selection
    assert len(selection.rows) == len(ROWS) and not selection.unused
