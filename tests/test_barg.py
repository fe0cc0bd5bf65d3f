"""The reporting guidelines: every item once, in their order, and what is said of it is so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from country import country, country_spec
from defectmodels import names
from defectmodels.estimands.called import called
from defectmodels.estimands.checks import Checks
from defectmodels.estimands.decision import Chance, Confidence, Decision, Measured, Region
from defectmodels.evidence.claims import load_claims
from defectmodels.inference.fit import Fit
from defectmodels.report import sections
from defectmodels.report.assumptions import prior_rows
from defectmodels.report.barg import ITEMS, barg
from defectmodels.report.pieces import Link, Section, Table
from defectmodels.report.view import View
from defectmodels.wording import LANGUAGES, speaking
from fabricate import fabricate
from smallworld import make_dataset, make_spec
from test_report import with_checks

PLACES = [
    "Preamble A", "Preamble B", "1.A", "1.B", "1.C", "1.D", "1.E", "2.A", "2.B", "2.C", "2.D",
    "3.A", "3.B", "3.C", "4.A", "4.B", "4.C", "4.D", "4.E", "5.A", "5.B", "5.C", "5.D", "5.E",
    "6", "6", "6", "6", "6", "6",
]  # fmt: skip
ALWAYS = {"other", "factors", "loss", "threshold", "informed", "default", "factor-priors", "posted"}
"""Items that no report of one fit can have."""
ANSWERS = {"summary", "decisions", "region", "estimates", "broad", "decision-priors"}
"""Items that hold numbers of an answer."""


@pytest.fixture(scope="module")
def made() -> Fit:
    return fabricate(country_spec(), country(), chains=3, draws=50)


@pytest.fixture(scope="module")
def single() -> Fit:
    data = make_dataset(("everyone", "2020", 10), ("everyone", "2022", 12), groups=("all",))
    return with_checks(fabricate(make_spec("2020", "2023", "year", groups=("all",)), data))


@pytest.fixture(scope="module")
def short() -> Fit:
    data = make_dataset(("everyone", "2020", 10), groups=("all",))
    return with_checks(fabricate(make_spec("2020", "2020", "year", groups=("all",)), data))


def table(section: Section) -> Table:
    return next(one for one in section.pieces if isinstance(one, Table))


def told(fit: Fit) -> dict[str, str]:
    """What the section says of each item."""
    rows = table(barg(View(fit))).rows
    return {item.name: str(row[2]) for item, row in zip(ITEMS, rows, strict=True)}


def not_done(fit: Fit, language: str = "en") -> set[str]:
    begins = {"en": "Not done: ", "ko": "하지 않음: "}[language]
    with speaking(language):
        return {name for name, text in told(fit).items() if text.startswith(begins)}


def test_every_item_stands_once_in_the_order_of_the_guidelines(made: Fit) -> None:
    rows = table(barg(View(with_checks(made)))).rows
    assert [row[0] for row in rows] == PLACES
    assert len({row[1] for row in rows}) == len(rows)
    assert rows[0][1] == "Why Bayesian" and rows[9][1] == "MCMC chain resolution"


@pytest.mark.parametrize("verdict", ["pass", "fail"])
@pytest.mark.parametrize("which", ["made", "single", "short"])
def test_an_item_has_facts_or_says_why_not(
    which: str, verdict: str, request: pytest.FixtureRequest
) -> None:
    fit = with_checks(request.getfixturevalue(which), verdict)
    found = not_done(fit)
    wanted = ALWAYS | (ANSWERS if verdict == "fail" else {"region", "broad"})
    if which == "short" and verdict == "pass":
        wanted |= {"decisions", "estimates", "decision-priors"}
    assert found - {"convergence"} == wanted
    # One chain cannot show whether chains agree.
    assert ("convergence" in found) == (fit.posterior.sizes["chain"] < 2)
    assert all(not_done(fit, language) == found for language in LANGUAGES)


def test_a_failed_fit_tells_no_number_of_an_answer(made: Fit) -> None:
    found = told(with_checks(made, "fail"))
    assert {found[name] for name in ANSWERS} == {
        "Not done: the fit failed its checks, and no number of its answers may be quoted."
    }
    assert not any("P(" in text for text in found.values())
    assert "P(share up)" in told(with_checks(made))["summary"]


def test_facts_are_those_of_the_fit(made: Fit) -> None:
    found, of, sizes = told(made), made.made, made.posterior.sizes
    quantities = made.checks.quantities
    worst = quantities.loc[quantities["rhat"].idxmax()]
    assert f"largest R-hat {worst['rhat']:.3f} ({called(worst['name'])})" in found["convergence"]
    assert f"{len(quantities):,} quoted quantities and parameters" in found["convergence"]
    assert f"{sizes['chain']} chains with {sizes['draw']} draws each" in found["convergence"]
    diverging = int(made.group("sample_stats")["diverging"].sum())
    assert f"{diverging} of {sizes['chain'] * sizes['draw']} draws diverged" in found["convergence"]
    for column, part in (("ess_bulk", "centre"), ("ess_tail", "tails")):
        least = quantities.loc[quantities[column].idxmin()]
        text = f"{part} {least[column]:,.0f} ({called(least['name'])})"
        assert text in found["resolution"]
    assert all(f"{name} {value}" in found["software"] for name, value in of["versions"].items())
    assert found["seed"].startswith(f"Random seed {of['random_seed']};")
    assert of["model_digest"].startswith(found["formal"].split()[-1].rstrip("."))
    priors = len(prior_rows(View(made)))
    assert (
        found["prior"].startswith(f"{priors} priors,") and f"each of {priors} " in found["default"]
    )
    assert found["data"].endswith(" Persons at risk: officials, border.")


def test_what_is_not_a_number_is_not_called_small(made: Fit) -> None:
    checks = made.checks
    table = checks.quantities.assign(rhat=1.0)
    table.loc[3, "rhat"] = np.nan
    copy = Fit(made.spec, made.dataset, made.tree)
    copy.__dict__["checks"] = replace(checks, quantities=table)
    name = called(str(table["name"].iloc[3]))
    assert f"largest R-hat not known ({name})" in told(copy)["convergence"]


def test_chains_that_are_alone_are_said_to_be(made: Fit) -> None:
    alone = fabricate(country_spec(), country(), chains=1, draws=40)
    assert told(with_checks(alone))["convergence"].startswith("Not done: one chain cannot show")


def test_parameters_are_those_that_the_model_has(made: Fit, single: Fit) -> None:
    rich, plain = told(with_checks(made))["likelihood"], told(single)["likelihood"]
    assert "negative binomial" in rich and "The effect of 1 series is pooled" in rich
    assert "season, trend, scatter beyond chance and factors of definitions" in rich
    assert "Poisson" in plain and "Ancillary: nothing. No effect is pooled" in plain
    assert names.FRAILTY not in single.posterior


def test_the_contraction_is_the_least_of_the_verdict(made: Fit) -> None:
    fit = with_checks(made)
    checks: Checks = replace(fit.checks, informed=made.checks.informed)
    fit.__dict__["checks"] = checks
    own = checks.informed[checks.informed["verdict"].astype(bool)]["contraction"].dropna()
    text = told(fit)["broad"]
    assert (
        f"of {len(own)} numbers of the verdict: {own.min():.2f} at least".replace("-", "−") in text
    )


def decision(value: float, verdict: str, low: float | None = 0.9) -> Decision:
    if verdict == "outside the model":
        return Decision(id="z", text="", kind="", source="", model="", verdict=verdict, reason="r")
    chance = Chance(value=value, mcse=0.001)
    region = Region(
        low=low, high=0.9 if low is None else 1.1, below=chance, inside=chance, above=chance
    )
    one = dict.fromkeys(("median", "low", "high", "mcse", "mcse_low", "mcse_high"), 1.0)
    return Decision(
        id="a", text="", kind="", source="", model="", probability=chance, region=region,
        estimate=Measured(**one), verdict=verdict, confidence=Confidence(level="low", why=()),
    )  # fmt: skip


def test_claims_are_counted_by_their_answers(made: Fit) -> None:
    view = View(with_checks(made))
    answers = (
        decision(0.99, "supported"), decision(0.99, "supported", 1.1), decision(0.5, "cannot tell"),
        decision(0.01, "not supported"), decision(0.0, "outside the model"),
    )  # fmt: skip
    view.__dict__["answers"] = ((load_claims("lowy_2024"), answers),)
    found = {item.name: item.fact(view) for item in ITEMS}
    text = "of 5 claims: supported 2, not supported 1, cannot tell 1, without an answer 1."
    assert text in found["decisions"] and "4 of 5 claims stand beside" in found["estimates"]
    assert found["goals"].endswith("5 claims are put to the fit.")
    # A region of one number has no width.
    assert found["region"].startswith("3 of 5 claims name")


@pytest.mark.parametrize("verdict", ["pass", "fail"])
def test_links_lead_to_sections_of_the_report(made: Fit, verdict: str) -> None:
    view = View(with_checks(made, verdict))
    links = [row[3] for row in table(barg(view)).rows if isinstance(row[3], Link)]
    wanted = {link.href: link.text for link in links}
    making: dict[str, Callable[[View], Section]] = {
        f"#{one.__name__}": one for one in sections.SECTIONS
    }
    assert wanted and set(wanted) <= set(making)
    for href, text in wanted.items():
        section = making[href](view)
        assert (f"#{section.key}", section.title) == (href, text)


def test_the_guidelines_stand_last() -> None:
    assert sections.SECTIONS[-1] is barg
