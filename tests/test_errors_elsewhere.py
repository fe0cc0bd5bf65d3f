"""Errors of what is published in the studies, the report and the names of priors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from country import ROWS, country, country_spec, prior
from defectmodels.errors import EvidenceError, FitError, SpecError
from defectmodels.estimands.came import error_draws, published
from defectmodels.estimands.forecast import forecast
from defectmodels.estimands.prior_scores import prior_scores
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.without import dataset_without
from defectmodels.model.design import make_design
from defectmodels.model.priors import Beta
from defectmodels.model.tagged import prior_of, tags, with_prior
from defectmodels.report.arrivals import arrivals
from defectmodels.report.assumptions import model, prior_rows
from defectmodels.report.equations import equations
from defectmodels.report.pieces import Paragraph, Table
from defectmodels.report.view import View
from defectmodels.studies.backtest import backtest
from defectmodels.studies.simulation import Simulator
from defectmodels.wording import speaking
from errorworld import mixed, overcount, revision, undercount
from fabricate import fabricate
from smallworld import make_dataset, make_spec
from test_forecast import HOLD

ERRORS = (undercount(), overcount(spans=["2020"]), mixed(), revision(spans=["2022"]))
TAGS = {
    "error.undercount included", "error.overcount added", "error.misclassification missed",
    "error.misclassification false", "error.revision size",
}  # fmt: skip


@pytest.fixture(scope="module")
def fit() -> Any:
    return fabricate(country_spec(error=ERRORS), country(), draws=100)


# --- priors -------------------------------------------------------------------------------------


def test_priors_of_errors_have_names_and_can_be_replaced() -> None:
    spec, data = country_spec(error=ERRORS), country()
    assert set(tags(make_design(spec, data))) >= TAGS
    assert not any(tag.startswith("error") for tag in tags(make_design(country_spec(), data)))
    one = "error.misclassification false"
    other = Beta(mean=0.3, size=9.0, why="a test")
    changed, _ = with_prior(spec, data, one, other)
    assert prior_of(changed, data, one) == other
    for tag in TAGS:
        same, _ = with_prior(spec, data, tag, prior_of(spec, data, tag))
        assert same == spec
    with pytest.raises(SpecError, match="a beta prior cannot stand there"):
        with_prior(spec, data, "error.overcount added", other)


def test_scores_of_errors_are_of_their_own_draws(fit: Any) -> None:
    scores = prior_scores(fit)
    assert scores.keys() >= TAGS
    draws = np.log(error_draws(fit.posterior, "revision size").values)
    size = fit.spec.error[3].size
    np.testing.assert_allclose(
        scores["error.revision size"].values[0], (draws - size.mu) / size.sigma
    )


# --- studies ------------------------------------------------------------------------------------


def test_a_backtest_is_refused() -> None:
    with pytest.raises(SpecError, match=r"take a model without \[\[error\]\]"):
        backtest(country_spec(error=ERRORS), country(), random_seed=1)


def test_what_is_simulated_is_what_would_be_published() -> None:
    """A tenth are published: the totals are a tenth of those who are expected, in the mean."""
    rate = {g: {"rate": prior(400.0, 1.01) | {"dist": "lognormal"}} for g in ("elite", "commoner")}
    included = {"mean": 0.1, "size": 1e5, "why": "a test"}
    spec = make_spec("2020", "2021", "year", baseline=rate, error=[undercount(included=included)])
    made = Simulator(spec, make_dataset(("everyone", "2020", 80), ("elite", "2021", 40)))
    counts = []
    for seed in range(12):
        world = made.world(seed)
        counts.append([one.low for one in world.dataset.statements])  # type: ignore[attr-defined]
    mean = np.mean(counts, axis=0)
    assert mean == pytest.approx([80, 40], rel=0.12)


def test_a_forecast_is_not_held_against_published_numbers(fit: Any) -> None:
    with pytest.raises(FitError, match="of those who will come"):
        forecast(fit, "2023", [HOLD]).score()


def test_vintages_stay_where_rows_go() -> None:
    rows = [("everyone", str(year), 400) for year in (2018, 2019, 2020, 2021)]
    data = make_dataset(*rows, ("everyone", "2018", 420), ("everyone", "2019", 380))
    old = [one.model_copy(update={"status": "superseded"}) for one in data.statements[4:]]
    data = Dataset(data.header, (*data.statements[:4], *old), {})
    spec = make_spec("2018", "2021", "year", error=[revision(spans=["2021"])])
    fit = fabricate(spec, data, draws=10)
    assert fit.design.measurement.seen[0] == 2  # type: ignore[union-attr]
    fewer = dataset_without(fit, {"S2"})
    assert make_design(spec, fewer).measurement.seen == fit.design.measurement.seen  # type: ignore[union-attr]
    with pytest.raises(EvidenceError, match="the revision error is learned from S0"):
        dataset_without(fit, {"S0"})


# --- the report ---------------------------------------------------------------------------------


def test_the_report_says_what_is_assumed_and_how_little_is_learned(fit: Any) -> None:
    section = model(View(fit))
    texts = [one.text for one in section.pieces if isinstance(one, Paragraph)]
    assert any("taken to differ from who came" in text for text in texts)
    table = next(
        one for one in section.pieces
        if isinstance(one, Table) and one.caption.startswith("Errors of what is published")
    )  # fmt: skip
    assert len(table.rows) == 6
    assert table.rows[-1][0] == "totals of 2022: what is published over what will be"
    quantities = [row[0] for row in prior_rows(View(fit))]
    assert any("a person of commoner is published as one of elite" in one for one in quantities)
    words = [text for _, text in equations(fit.spec, True)]
    assert any("entries of no person (all groups; 2020)" in one for one in words)
    note = arrivals(View(fit)).pieces[0]
    assert isinstance(note, Paragraph) and "as they would be published" in note.text


def test_it_says_so_in_korean(fit: Any) -> None:
    with speaking("ko"):
        section = model(View(fit))
        table = next(
            one for one in section.pieces
            if isinstance(one, Table) and one.caption.startswith("공표 오차")
        )  # fmt: skip
    for row in table.rows:
        assert not any("a" <= letter <= "z" for letter in row[0].lower()), row


def test_without_errors_nothing_is_said_of_them() -> None:
    plain = fabricate(country_spec(), country(*ROWS), draws=20)
    text = str(model(View(plain)).pieces)
    assert "differ from who came" not in text and "published[" not in text
    assert published(plain).identical(plain.posterior["expected"])


def test_predicted_arrivals_are_those_published(fit: Any) -> None:
    found, errors = published(fit), fit.posterior["error_parameter"]
    assert found.dims == ("chain", "draw", "group", "period")
    later = found.sel(period="2021Q3").sum("group")
    came = fit.posterior["expected"].sel(period="2021Q3").sum("group")
    included = errors.sel(error="undercount included", drop=True)
    np.testing.assert_allclose(later, (came * included).transpose("chain", "draw"))
