"""What stands in a report of more groups than it has room for."""

from __future__ import annotations

import numpy as np
import pytest

from country import prior
from defectmodels import names
from defectmodels.estimands import rates
from defectmodels.estimands.quoted import quoted_quantities
from defectmodels.inference.fit import Fit
from defectmodels.report import audit, change, results
from defectmodels.report.page import html, report_page
from defectmodels.report.pieces import Listing, Paragraph, Section
from defectmodels.report.view import MOST_GROUPS, SHOWN_OF_MORE, View
from fabricate import fabricate
from smallworld import make_dataset, make_spec
from test_report import with_checks

GROUPS = tuple(f"g{at:02}" for at in range(MOST_GROUPS + 1))


@pytest.fixture(scope="module")
def many() -> Fit:
    """A fit of whose groups each has a higher rate than the one before it."""
    baseline = {
        name: {"per": 1, "rate": {"dist": "lognormal", **prior(5.0 + at, 1.5)}}
        for at, name in enumerate(GROUPS)
    }
    trend = {"kind": "trend", "scale": prior(0.2, 3.0)}
    spec = make_spec("2019", "2022", "year", groups=GROUPS, baseline=baseline, term=[trend])
    data = make_dataset(("everyone", "2019", 220), ("g03", "2020", 8), groups=GROUPS)
    return with_checks(fabricate(spec, data, draws=50))


def notes(section: Section) -> list[str]:
    return [one.text for one in section.pieces if isinstance(one, Paragraph)]


def test_the_compared_group_and_the_largest_are_shown(many: Fit) -> None:
    assert View(many).shown == (GROUPS[0], *GROUPS[-SHOWN_OF_MORE + 1 :])


@pytest.mark.parametrize("make", [results.rates, results.shares, results.realised])
def test_sections_say_that_groups_are_left_out(many: Fit, make: object) -> None:
    assert callable(make)
    section = make(View(many))
    assert any("6 of 11 groups" in one for one in notes(section))


def test_parts_of_other_groups_stand_together(many: Fit) -> None:
    view = View(many)
    labels, parts = change._parts(view, 0, "share")
    assert labels[-2:] == ["the other 5 groups", "change of the share"]
    assert len(labels) == SHOWN_OF_MORE + 2
    own = view.changes[0].path("share_part").sel({names.GROUP: list(GROUPS[1:6])})
    assert parts[-2].median == pytest.approx(100 * float(own.sum(names.GROUP).median()))


def test_of_many_origins_the_audit_is_left_to_its_command(
    many: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "MOST_ORIGINS", 1)
    monkeypatch.setattr(audit, "make_audit", lambda fit: pytest.fail("an audit was made"))
    section = audit.audit(View(many))
    assert "2 origins" in notes(section)[0]
    assert section.pieces[-1] == Listing(("defectmodels audit fit.nc",), code=True)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_page_of_many_groups_is_made(many: Fit, lang: str) -> None:
    page = html(report_page(many, lang, files=False), lang)
    assert "dm.span_rate" in page
    assert len(page.encode()) < 3_000_000


def test_shares_of_all_groups_are_those_of_each(many: Fit) -> None:
    quoted = quoted_quantities(many)
    for group in GROUPS[:3]:
        own = rates.share(many, group, rates.years_of(many))
        np.testing.assert_array_equal(quoted[f"share of {group}"].values, own.values)
