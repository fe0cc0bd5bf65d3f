"""Dates of placebos: how an event moves, which dates are left out and why, and what a fit there sees."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from country import prior
from defectmodels.errors import FitError, SpanError, SpecError, UnknownNameError
from defectmodels.evidence.dataset import Dataset
from defectmodels.evidence.periods import Periods, Span, parse_span
from defectmodels.evidence.scenario import Hold, Level, Scenario, factual
from defectmodels.evidence.series import Series
from defectmodels.model.spec import ModelSpec
from defectmodels.model.terms import Covariates
from defectmodels.studies.placebo_dates import Rules, dates, inside, moved
from defectmodels.studies.placebo_event import RATIO, Event, make_event
from placeboworld import ERAS, FIRST, LAST, NOTHING, wall_dataset, wall_spec
from smallworld import make_dataset, make_series, make_spec

SIX = ("2014Q1", "2019Q4", "quarter")
OPEN = Scenario(
    name="open",
    title="Open",
    change=(Hold(series="closure", from_=date(2018, 11, 10), on=date(2018, 11, 9)),),
)


def quarters(*rows: tuple[object, ...], **more: Series) -> Dataset:
    """Six years of quarterly totals, closed from 10 November 2018; `shock` moves in 2016Q2."""
    totals = [("everyone", label, 50 + at) for at, label in enumerate(Periods.between(*SIX).labels)]
    series = {
        "closure": make_series(
            "closure", {"2014..2018-11-09": 0.0, "2018-11-10..2019": 1.0}, minimum=0.0, maximum=1.0
        ),
        "shock": make_series("shock", {"2014..2016Q1": 0.0, "2016Q2..2019": 0.5}),
    }
    return make_dataset(*totals, *rows, series=list((series | more).values()))


def quarters_spec(**changes: object) -> ModelSpec:
    effects = [
        {"series": "closure", "ratio": prior(0.5, 4.0)},
        {"series": "shock", "ratio": prior(1.0, 4.0)},
    ]
    return make_spec(*SIX, **({"term": [{"kind": "covariates", "effect": effects}]} | changes))


def event(span: str | None = "2018-11-10..2019-05-20", **changes: object) -> Event:
    return make_event(quarters_spec(**changes), quarters(), OPEN, span, None)


@pytest.mark.parametrize(
    ("span", "months", "wanted"),
    [
        ("2020-01-31..2023-08-25", -3, "2019-10-31..2023-05-25"),
        ("2020-01-31..2023-08-25", -11, "2019-02-28..2022-09-25"),
        ("2020-03-01..2020-06-30", -3, "2019-12-01..2020-03-31"),
        ("2017-08-05..2019-12-31", -6, "2017-02-05..2019-06-30"),
        ("2016", -12, "2015"),
        ("2020Q1", 12, "2021Q1"),
    ],
)
def test_a_moved_span_has_the_same_days_of_the_month(span: str, months: int, wanted: str) -> None:
    assert moved(parse_span(span), months) == parse_span(wanted)


def test_a_date_has_the_shape_of_the_event() -> None:
    held = event()
    true = held.placed(held.span).covariates[:, -1]
    found, _ = dates(held, Rules(least=4))
    shape = true[true > 0]
    assert len(shape) == 3 and shape[1] == 1 and 0 < shape[0] < 1
    for span, design in found:
        own = design.covariates[:, -1]
        assert design.spec.covariates[-2:] == ("event_elite", "event_commoner")
        np.testing.assert_array_equal(design.covariates[:, -2], own)
        # Quarters differ by a day or two.
        np.testing.assert_allclose(own[own > 0], shape, atol=0.03)
        days = np.array([one.common_days(span) / one.days for one in design.periods.spans])
        np.testing.assert_allclose(own, days, rtol=1e-12)
        assert own[-1] > 0, "the axis ends with the window"


def test_a_placebo_sees_nothing_of_the_event() -> None:
    held = event()
    assert held.first == date(2018, 11, 10)
    for _, design in dates(held, Rules(least=3, quiet=9.0))[0]:
        assert design.periods.span.end < held.first
        assert all(row.statement.end <= design.periods.span.end for row in design.selection.rows)
    closure = held.placed(held.span).covariates[:, 0]
    assert np.ptp(closure) == 0, "the scenario's level replaces that of history"


def test_the_event_begins_with_its_first_change() -> None:
    held = event("2019Q1")
    assert held.first == date(2018, 11, 10)
    assert max(span.end for span, _ in dates(held, Rules(quiet=9.0, rows=1))[0]) < held.first


def test_every_date_has_a_place_or_a_reason() -> None:
    held = event()
    found, out = dates(held, Rules(least=4))
    starts = [span.start for span, _ in found]
    assert starts == sorted(starts, reverse=True)
    # Starts of 10 February 2014 to 10 February 2018: a later one would end in the event's quarter.
    every = {moved(held.span, -3 * back) for back in range(3, 20)}
    assert {span for span, _ in found} | {one.span for one in out} == every
    reasons = {str(one.span.start): one.reason for one in out}
    few = [day for day, text in reasons.items() if "fewer than 4" in text]
    assert sorted(few) == ["2014-02-10", "2014-05-10", "2014-08-10", "2014-11-10"]
    assert reasons["2014-11-10"] == "3 periods before it, fewer than 4"
    # The shock is to 2016Q2: a start there or in a period beside it is not quiet.
    stirred = sorted(day for day, text in reasons.items() if text.startswith("shock"))
    assert stirred == ["2016-02-10", "2016-05-10"]
    size = 0.5 * Covariates.model_validate(held.spec.term[0]).effect[1].ratio.sigma
    assert reasons["2016-02-10"] == (
        f"shock moves by +0.500 to 2016Q2, {size:.2f} in the log rate, more than 0.05"
    )
    assert len(reasons) == 6


def test_a_larger_move_is_quiet_where_it_is_allowed() -> None:
    sigma = RATIO.sigma
    for quiet, number in ((0.5 * sigma - 1e-6, 2), (0.5 * sigma + 1e-6, 0)):
        out = dates(event(), Rules(least=4, quiet=quiet))[1]
        assert sum(one.reason.startswith("shock") for one in out) == number


def test_dates_can_be_thinned() -> None:
    whole, thin = dates(event(), Rules(quiet=9.0))[0], dates(event(), Rules(quiet=9.0, every=2))[0]
    assert [span for span, _ in thin] == [span for span, _ in whole[::2]]


def test_totals_have_to_tell_a_window() -> None:
    yearly = make_dataset(
        *[("everyone", str(year), 200) for year in range(2014, 2020)],
        series=list(quarters().series.values()),
    )
    held = make_event(quarters_spec(), yearly, OPEN, "2018-11-10..2019-11-09", None)
    found, out = dates(held, Rules(quiet=9.0, rows=1, least=4))
    assert found and all(inside(design, span) == 1 for span, design in found)
    # From 10 May on 236 of a year's 365 days lie in the window, from 10 August on 144.
    assert {span.start.month for span, _ in found} == {5, 2, 11}
    texts = {one.reason for one in out if one.span.start.month == 8 and one.span.start.year > 2014}
    assert texts == {"0 totals lie mostly in it, fewer than 1"}
    assert not dates(held, Rules(quiet=9.0, rows=2, least=4))[0]


def test_a_date_without_a_row_to_count_is_left_out() -> None:
    held = event()
    few = tuple(one for one in held.dataset.statements if one.end > date(2016, 1, 1))
    found, out = dates(replace(held, dataset=replace(held.dataset, statements=few)), Rules(least=4))
    assert found
    assert any("no statement" in one.reason for one in out)


def test_days_of_the_event() -> None:
    assert event(None).span == parse_span("2018-11-10..2019-12-31")
    eras = Series.model_validate(
        ERAS | {"span": [{"name": "shut", "from": "2018-11-10", "to": "2019-06-30"}]}
    )
    found = make_event(quarters_spec(), quarters(eras=eras), OPEN, None, None)
    assert found.span == parse_span("2018-11-10..2019-06-30")
    assert make_event(wall_spec(), wall_dataset(1.0), NOTHING, None, None).span == parse_span(
        "2016"
    )


def test_shipped_days(escape_rates: ModelSpec, shipped: Dataset) -> None:
    closure = make_event(escape_rates, shipped, "no_closure", None, None)
    assert str(closure.span) == "2020-01-31..2023-08-25" and closure.first == date(2020, 1, 22)
    sanctions = make_event(escape_rates, shipped, "sanctions_2017", "2017-08-05..2019-12-31", None)
    assert sanctions.first == date(2017, 8, 5)
    x = sanctions.placed(sanctions.span).covariates
    at = escape_rates.covariates.index("sanctions")
    assert (x[-8:, at] == pytest.approx(0.4286 - 0.5)) and sanctions.dataset is not shipped


def test_a_model_without_covariates_gets_one() -> None:
    exposed = make_series("persons", {f"{FIRST}..{LAST}": 9.0})
    data = replace(wall_dataset(1.0), series={"persons": exposed})
    spec = wall_spec().model_copy(update={"term": (), "exposure": {"all": "persons"}})
    change = Level(series="persons", from_=date(LAST, 1, 1), value=8.0)
    fewer = Scenario(name="fewer", title="Fewer", change=(change,))
    design = make_event(spec, data, fewer, None, None).placed(parse_span(str(LAST)))
    assert design.spec.covariates == ("event_all",)
    assert design.exposure[0, -1] == 8 and design.exposure[0, -2] == 9


def test_groups_of_the_event() -> None:
    for groups in (None, ("elite",)):
        held = make_event(quarters_spec(), quarters(), OPEN, None, groups)
        term = held.placed(held.span).spec.term[0]
        assert isinstance(term, Covariates)
        own = [(one.series, one.groups, one.ratio) for one in term.effect[2:]]
        acting = groups or ("elite", "commoner")
        assert own == [(f"event_{group}", (group,), RATIO) for group in acting]


def scenario(series: str, **days: date) -> Scenario:
    change = Level(series=series, value=0.0, **days)
    return Scenario(name="s", title="S", change=(change,))


@pytest.mark.parametrize(
    ("changed", "span", "groups", "kind", "text"),
    [
        ("no_closur", None, None, UnknownNameError, "Did you mean 'no_closure'"),
        (scenario("wal"), None, None, UnknownNameError, "unknown series 'wal'. Known: wall"),
        (factual(), None, None, SpecError, "changes nothing of model 'small'"),
        (scenario("sanctions"), None, None, SpecError, "the model uses wall"),
        (scenario("wall", to=date(2015, 12, 31)), None, None, SpecError, "changes nothing"),
        (NOTHING, "2017", None, SpanError, "2017, do not lie in the fitted periods"),
        (NOTHING, "1990", None, SpanError, "after the first of them"),
        (NOTHING, "201", None, SpanError, "is not a span of time"),
        (NOTHING, None, ("alle",), UnknownNameError, "unknown group 'alle'. Known: all"),
    ],
)
def test_bad_input(
    changed: str | Scenario, span: str | None, groups: tuple[str, ...] | None,
    kind: type[Exception], text: str,
) -> None:  # fmt: skip
    with pytest.raises(kind, match=text.replace(".", r"\.")):
        make_event(wall_spec(), wall_dataset(1.0), changed, span, groups)


def test_a_taken_name_and_another_level_are_refused() -> None:
    taken = quarters(event_elite=make_series("event_elite", {"2014..2019": 0.0}))
    effects = [{"series": "event_elite", "ratio": prior(1.0, 2.0)}]
    spec = make_spec(*SIX, term=[{"kind": "covariates", "effect": effects}])
    with pytest.raises(SpecError, match="rename it"):
        make_event(spec, taken, OPEN, None, None)
    effects = [{"series": "closure", "ratio": prior(1.0, 2.0), "code": "low"}]
    with pytest.raises(SpecError, match="the low level"):
        event(term=[{"kind": "covariates", "effect": effects}])


@pytest.mark.parametrize(
    "rule", [{"least": 2}, {"every": 0}, {"rows": 0}, {"quiet": 0.0}, {"quiet": float("nan")}]
)
def test_rules_are_sound(rule: dict[str, float]) -> None:
    with pytest.raises(FitError, match=next(iter(rule))):
        Rules(**rule)


def test_a_span_is_its_own_when_it_does_not_move() -> None:
    span = Span(date(2020, 1, 31), date(2023, 8, 25))
    assert moved(span, 0) == span
