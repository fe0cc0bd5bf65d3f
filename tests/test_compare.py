"""Several fits: numbers are each fit's own, differences follow the rule, and LOO stays among its like."""

from __future__ import annotations

import json
import re
import warnings
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import arviz_stats
import numpy as np
import pytest
import xarray as xr
from click.testing import CliRunner, Result

from defectmodels import names
from defectmodels.cli import cli
from defectmodels.errors import (
    DefectModelsError,
    ReportError,
    SpanError,
    SpecError,
    UnknownNameError,
)
from defectmodels.estimands import compare as module
from defectmodels.estimands.checks import Check, Checks, row_table
from defectmodels.estimands.compare import SURE_ENOUGH, Compared, compare, fit_names
from defectmodels.estimands.decomposition import decompose
from defectmodels.estimands.loo import evidence_of, leave_one_out, pointwise, why_apart
from defectmodels.estimands.summary import Probability
from defectmodels.evidence.dataset import Dataset
from defectmodels.inference.fit import Fit
from defectmodels.model.spec import ModelSpec
from defectmodels.report.compared import comparison_page, loo_sentences, write_comparison
from defectmodels.report.page import html
from defectmodels.report.pieces import Figure, Table
from defectmodels.wording import LANGUAGES, said, speaking
from fabricate import fabricate, with_group
from smallworld import make_dataset, make_series, make_spec
from test_report import Page as ReadPage

WHY = "a test"
ROWS: tuple[tuple[Any, ...], ...] = (
    ("everyone", "2020", 60), ("everyone", "2021", 50), ("everyone", "2022", 45),
    ("elite", "2020", 9), ("elite", "2021", 8, 12), ("elite", "2022", 10),
)  # fmt: skip
TREND = {"kind": "trend", "scale": {"median": 0.2, "factor": 3.0, "why": WHY}}


def spec(name: str = "small", **changes: Any) -> ModelSpec:
    headline = {"of": "elite", "before": "2020", "after": "2022"}
    return make_spec(
        "2020", "2022", "year", **({"name": name, "term": [TREND], "headline": headline} | changes)
    )


def data(*rows: tuple[Any, ...], **more: Any) -> Dataset:
    return make_dataset(*(rows or ROWS), **more)


def checked(fit: Fit, verdict: str = "pass") -> Fit:
    """The fit with checks that are made up, all but the rows."""
    item = Check("divergences", verdict, "12 of 600 draws diverged")  # type: ignore[arg-type]
    copy = Fit(fit.spec, fit.dataset, fit.tree)
    copy.__dict__["checks"] = Checks((item,), xr.Dataset(), cast(Any, None))
    return copy


def made(slope: float = 0.0, name: str = "small", seed: int = 0, **more: Any) -> Fit:
    """A fit in which the log rate of elites changes by `slope` from year to year."""
    trend = np.array([[-slope, 0.0, slope], [0.0, 0.0, 0.0]])
    found = fabricate(
        spec(name), data(), draws=200, seed=seed, changed={names.TREND: trend}, **more
    )
    return checked(found)


@pytest.fixture(scope="module")
def up() -> Fit:
    return made(0.5, "rising")


@pytest.fixture(scope="module")
def down() -> Fit:
    return made(-0.5, "falling", 1)


# --- numbers ----------------------------------------------------------------------------------


def test_numbers_are_those_of_each_fit(up: Fit, down: Fit) -> None:
    found = compare([up, down])
    assert (found.of, found.before, found.after) == ("elite", "2020", "2022")
    table = found.estimates.set_index(["fit", "what", "item"])
    for name, fit in (("rising", up), ("falling", down)):
        change = decompose(fit, "2020", "2022", of="elite")
        for what in ("share", "count", "total"):
            ratio = change.ratio(what)
            row = table.loc[(name, f"{what} ratio", "2020 -> 2022")]
            assert row["median"] == pytest.approx(float(ratio.median()), rel=1e-12)
            assert row["high"] == pytest.approx(float(ratio.quantile(0.95)), rel=1e-12)
            level = change.data[what].sel(span="2022")
            assert table.loc[(name, what, "2022"), "median"] == pytest.approx(float(level.median()))
            chance = table.loc[(name, "probability", f"{what}_up"), "median"]
            assert chance == float((ratio > 1).mean())
        both = change.events["share_up"] & ~change.events["count_up"]
        row = table.loc[(name, "probability", "share_up & ~count_up")]
        assert row["median"] == float(both.mean())


def test_another_group_and_other_spans_can_be_asked_for(up: Fit, down: Fit) -> None:
    found = compare([up, down], ["a", "b"], of="commoner", spans=("2021", "2020"))
    assert list(found.fits) == ["a", "b"] and found.of == "commoner"
    assert set(found.estimates["item"]) >= {"2021", "2020", "2021 -> 2020"}


def test_fits_of_one_group_have_no_share() -> None:
    alone = make_spec("2020", "2022", "year", groups=("all",))
    rows = make_dataset(("everyone", "2020", 10), ("everyone", "2022", 12), groups=("all",))
    fits = [checked(fabricate(alone, rows, draws=60, seed=seed)) for seed in (0, 1)]
    found = compare(fits)
    assert found.quantities == ("count",) and list(found.fits) == ["small, seed 0", "small, seed 1"]
    assert "share" not in " ".join(found.estimates["what"])
    panels = [p for s in comparison_page(found).sections for p in s.pieces if isinstance(p, Figure)]
    assert [one.key for one in panels[0].panels] == ["compared-count"]


# --- where they differ ------------------------------------------------------------------------


def test_contrary_directions_contradict(up: Fit, down: Fit) -> None:
    kinds = {one.quantity: one for one in compare([up, down]).differences}
    assert set(kinds) >= {"share", "count"}
    for one in kinds.values():
        assert (one.first, one.second, one.kind) == ("rising", "falling", "contradict")


def test_the_same_direction_far_off_is_apart_and_a_fit_agrees_with_itself(up: Fit) -> None:
    found = compare([up, made(1.2, "steep"), made(0.5, "alike", 3)])
    pairs = {(one.first, one.second, one.quantity): one.kind for one in found.differences}
    assert pairs[("rising", "steep", "share")] == "apart"
    assert pairs[("steep", "alike", "share")] == "apart"
    assert not any({"rising", "alike"} == {first, second} for first, second, _ in pairs)


def test_the_rule_on_a_grid() -> None:
    """Each side has to be clear of its bound by two Monte Carlo errors."""
    for value in np.linspace(0, 1, 101):
        for mcse in (0.0, 0.01, 0.05):
            wanted = 0
            if value - 2 * mcse >= SURE_ENOUGH:
                wanted = 1
            elif (1 - value) - 2 * mcse >= SURE_ENOUGH:
                wanted = -1
            found = module._direction(Probability(float(value), mcse))
            assert found == wanted == -module._direction(Probability(float(1 - value), mcse)) or (
                abs(value - SURE_ENOUGH) < 1e-9 or abs(value - 1 + SURE_ENOUGH) < 1e-9
            )


# --- checks -----------------------------------------------------------------------------------


def test_a_failed_fit_has_no_number(up: Fit, down: Fit) -> None:
    third = made(0.4, "third", 2)
    found = compare([checked(down, "fail"), up, third])
    assert found.withheld == ("falling",) and set(found.estimates["fit"]) == {"rising", "third"}
    assert not any("falling" in (one.first, one.second) for one in found.differences)
    assert "falling" not in set(found.loo[0].table["fit"])
    page = comparison_page(found)
    assert page.verdict == "warn" and page.notice is not None
    tables = [p for p in page.sections[0].pieces if isinstance(p, Table)]
    assert [row[1:] for table in tables for row in table.rows if row[0] == "falling"] == [
        ("withheld",) * 5
    ] * 3
    # The first fit's headline is still what is asked.
    assert (found.before, found.after) == ("2020", "2022")


def test_no_fit_that_may_be_quoted_leaves_a_page_without_numbers(up: Fit, down: Fit) -> None:
    found = compare([checked(up, "fail"), checked(down, "fail")])
    assert found.estimates.empty and found.loo == () and found.without_loo == {}
    text = html(comparison_page(found))
    assert (
        "<title>Not to be quoted" in text and "nothing is compared" in text and "<svg" not in text
    )


# --- leave-one-out ----------------------------------------------------------------------------


def test_elpd_is_the_sum_over_the_rows_of_the_checks(up: Fit, down: Fit) -> None:
    found = leave_one_out({"up": up, "down": down})
    table = found.table.set_index("fit")
    for name, fit in (("up", up), ("down", down)):
        rows = row_table(fit)
        assert table.loc[name, "elpd"] == pytest.approx(float(rows["elpd"].sum()), rel=1e-9)
        assert table.loc[name, "high_k"] == int((rows["pareto_k"] > 0.7).sum())
        assert found.rows == rows.sizes["row"] == len(ROWS)
        assert table.loc[name, "se"] == pytest.approx(
            float(np.sqrt(len(ROWS) * rows["elpd"].var(ddof=1)))
        )
        # What ArviZ makes by itself of the rows to whose tail it can fit a Pareto.
        logs = pointwise(fit)
        fitting = [
            str(row) for row in rows["row"][(rows["pareto_k"] != 0) & (rows["pareto_k"] < 9)].values
        ]
        assert len(fitting) >= 3
        chosen = logs.sel(row=fitting).to_dataset()
        tree = xr.DataTree.from_dict({"posterior": fit.posterior, "log_likelihood": chosen})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wanted = arviz_stats.loo(tree, reff=1.0, pointwise=True)
        assert float(rows["elpd"].sel(row=fitting).sum()) == pytest.approx(float(wanted.elpd))
        density = np.log(np.exp(logs).mean(names.SAMPLE)).sum()
        assert table.loc[name, "p"] == pytest.approx(float(density - rows["elpd"].sum()), rel=1e-6)
    assert list(found.table["elpd_diff"]) == sorted(found.table["elpd_diff"], reverse=True)


def test_weights_are_the_best_of_all_mixtures(up: Fit, down: Fit) -> None:
    found = leave_one_out({"up": up, "down": down}).table.set_index("fit")
    one, other = (row_table(fit)["elpd"].values for fit in (up, down))
    grid = np.linspace(0, 1, 2001)
    score = [np.log(w * np.exp(one) + (1 - w) * np.exp(other)).sum() for w in grid]
    assert found["weight"].sum() == pytest.approx(1.0, abs=1e-6)
    assert found.loc["up", "weight"] == pytest.approx(grid[int(np.argmax(score))], abs=5e-3)


def test_a_fit_beside_itself_is_not_preferred(up: Fit) -> None:
    found = leave_one_out({"a": up, "b": up})
    assert not found.clear and found.table["elpd_diff"].abs().max() == 0
    assert loo_sentences(found)[0].startswith("None of the fits predicts 6 rows clearly better")


def test_rows_that_cannot_be_left_out_are_named(up: Fit) -> None:
    """A row that one draw in hundreds explains."""
    logs = up.group("log_likelihood")
    variable = next(iter(logs.data_vars))
    heavy = logs[variable].copy()
    rng = np.random.default_rng(0)
    heavy[..., 0] = -np.abs(rng.standard_cauchy(heavy.shape[:2])) * 3
    bad = checked(with_group(up, "log_likelihood", logs.assign({variable: heavy})))
    found = leave_one_out({"up": up, "bad": bad})
    (row, *_) = found.unreliable["bad"]
    assert row == str(logs[f"{variable}_row"].values[0])
    assert any(line.startswith("Not reliable for bad: 1 row") for line in loo_sentences(found))
    text = html(comparison_page(compare([up, bad], ["up", "bad"])))
    assert 'class="warning"' in text and "Not reliable for bad" in text


def test_only_fits_of_the_same_rows_are_compared(up: Fit) -> None:
    closure = make_series("closure", {"2020": 0.0, "2021..2022": 1.0})
    ratio = {"median": 0.8, "factor": 3.0, "why": WHY}
    term = {"kind": "covariates", "effect": [{"series": "closure", "ratio": ratio}]}
    covariate = fabricate(spec(term=[term]), data(series=[closure]), draws=60)
    assert covariate.made["dataset_digest"] != up.made["dataset_digest"]
    assert evidence_of(covariate) == evidence_of(up), "models may have other series"

    def reason(other: Fit) -> str:
        assert evidence_of(other) != evidence_of(up)
        return why_apart(up, other)

    other_year = fabricate(spec(), data(*ROWS[:-1], ("elite", "2022", 11)), draws=60)
    assert reason(other_year) == "of another version of the dataset"
    assert reason(fabricate(spec(), replace(data(), as_of="2024-02-01"), draws=60)) == (
        "of evidence as of another day: 2024-02-01"
    )
    header = data().header.model_copy(update={"name": "other"})
    renamed = fabricate(spec(), replace(data(), header=header), draws=60)
    assert reason(renamed) == "of another dataset: other"
    fewer = fabricate(spec(definition={"everyone": {}}), data(), draws=60)
    assert reason(fewer).startswith("of other rows, or of rows counted otherwise: ")

    found = compare([up, checked(covariate), checked(other_year)], ["a", "b", "c"])
    assert [set(one.table["fit"]) for one in found.loo] == [{"a", "b"}]
    assert found.without_loo == {"c": "of another version of the dataset"}


# --- names and wrong input --------------------------------------------------------------------


def test_names_say_no_more_than_tells_fits_apart(up: Fit, down: Fit) -> None:
    assert fit_names([up, down]) == ["rising", "falling"]
    then = checked(fabricate(spec("rising"), replace(data(), as_of="2024-02-01"), draws=60))
    assert fit_names([up, then]) == ["rising", "rising, as of 2024-02-01"]
    assert fit_names([up, up], ["x/a.nc", "x/b.nc"]) == ["rising, a.nc", "rising, b.nc"]
    assert fit_names([up, up, down], ["x/a.nc", "y/a.nc", "b.nc"]) == [
        "rising, seed 0, a.nc, no. 1", "rising, seed 0, a.nc, no. 2", "falling, seed 1, b.nc, no. 3",
    ]  # fmt: skip
    assert list(compare([up, up]).fits) == ["rising, no. 1", "rising, no. 2"]


def test_wrong_input_is_named(up: Fit, down: Fit) -> None:
    with pytest.raises(SpecError, match="give two or more"):
        compare([up])
    with pytest.raises(SpecError, match="each its own"):
        compare([up, down], ["a", "a"])
    alone = fabricate(
        make_spec("2020", "2022", "year", groups=("all",), name="alone"),
        make_dataset(("everyone", "2020", 10), groups=("all",)),
        draws=60,
    )
    with pytest.raises(UnknownNameError, match=r"alone: has no group 'elite'.*no group is in all"):
        compare([up, alone])
    with pytest.raises(UnknownNameError, match="all have: commoner, elite"):
        compare([up, down], of="elites")
    short = make_spec("2020", "2021", "year", name="short")
    early = fabricate(short, data(*ROWS[:2], *ROWS[3:5]), draws=60)
    with pytest.raises(SpanError, match=r"short: .*2022"):
        compare([up, early])
    assert compare([up, checked(early)], spans=("2020", "2021")).after == "2021"
    one_year = fabricate(make_spec("2020", "2020", "year"), data(ROWS[0], ROWS[3]), draws=60)
    with pytest.raises(SpanError, match="name spans"):
        compare([one_year, one_year])


def test_an_era_has_to_be_the_same_days(up: Fit) -> None:
    eras = {"unit": "label", "description": "", "role": "labels", "title": "Eras", "name": "eras"}
    spans = [{"name": "Late", "from": "2021-01-01", "to": "2023-12-31"}]
    series = [make_series("x", {"2020": 0.0}).model_validate(eras | {"span": spans})]
    first = fabricate(spec("first"), data(series=series), draws=60)
    longer = fabricate(
        make_spec("2020", "2023", "year", name="longer"), data(series=series), draws=60
    )
    with pytest.raises(SpanError, match="'Late' is not the same days in all fits"):
        compare([first, longer], spans=("2020", "Late"))


# --- page and command -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def several(up: Fit, down: Fit) -> Compared:
    return compare([up, down, checked(made(0.4, "third", 2), "warn")])


def test_the_page_loads_nothing_and_says_what_differs(several: Compared, tmp_path: Path) -> None:
    path = write_comparison(several, tmp_path / "c.html")
    text = path.read_text(encoding="utf-8")
    page = ReadPage(text)
    assert page.loads == [] and page.unnamed == 0 and len(set(page.ids)) == len(page.ids)
    # A wide drawing stands twice, once for a phone.
    assert len(set(re.findall(r'<svg [^>]*aria-label="([^"]*)"', text))) == 3
    seen = " ".join(page.text)
    assert f"{len(several.differences)} answers of 3 fits differ by the rule below" in seen
    assert "count, contrary directions. rising: P(count up)" in seen
    assert "Checks warn: third." in seen
    assert write_comparison(several, tmp_path / "again.html").read_bytes() == path.read_bytes()


def test_the_page_in_korean_has_the_same_numbers_and_no_english(
    several: Compared, tmp_path: Path
) -> None:
    pages = {lang: write_comparison(several, tmp_path / f"{lang}.html", lang) for lang in LANGUAGES}
    seen = {lang: " ".join(ReadPage(path.read_text(encoding="utf-8")).text) for lang, path in
            pages.items()}  # fmt: skip
    numbers = [Counter(re.findall(r"\d+\.\d+", text)) for text in seen.values()]
    assert numbers[0] == numbers[1] and numbers[0].total() > 50
    assert (
        "인원, 방향이 반대. rising: P(인원 증가)" in seen["ko"]
        and "점검 주의: third." in seen["ko"]
    )
    own = {"rising", "falling", "third", "small", "elpd", "SHA", "divergences", "defectmodels"}
    left = set(re.findall(r"[A-Za-z]{3,}", seen["ko"])) - own
    # What the made-up check found, and digests.
    assert {word for word in left if not re.fullmatch("[a-f]+", word)} <= {"draws", "diverged"}
    with pytest.raises(ReportError, match="en, ko"):
        write_comparison(several, tmp_path / "fr.html", "fr")


def test_names_and_reasons_are_said_in_the_language_of_the_page(up: Fit) -> None:
    then = checked(fabricate(spec("rising"), replace(data(), as_of="2024-02-01"), draws=60))
    found = compare([up, then, up], [*fit_names([up, then]), "again"])
    with speaking("ko"):
        text = " ".join(ReadPage(html(comparison_page(found), "ko")).text)
    assert "rising, 2024-02-01 기준: 근거자료의 기준일이 다름(2024-02-01)." in text
    best = leave_one_out({name: found.fits[name] for name in found.fits}).table["fit"]
    with speaking("ko"):
        assert "rising, 2024-02-01 기준" in [said(name) for name in best]


def test_names_with_markup_are_escaped(up: Fit, down: Fit) -> None:
    text = html(comparison_page(compare([up, down], ["<b>x</b> & y", "z"])))
    assert "<b>x" not in text and "&lt;b&gt;x&lt;/b&gt; &amp; y" in text
    ReadPage(text)


@pytest.fixture(scope="module")
def files(up: Fit, down: Fit, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("fits")
    # Without the checks that were made up, which their files would keep.
    plain = [Fit(fit.spec, fit.dataset, fit.tree) for fit in (up, down)]
    return [str(fit.save(folder / f"{fit.spec.name}.nc")) for fit in plain]


def run(*args: object) -> Result:
    return CliRunner().invoke(cli, ["compare", *map(str, args)])


def passing(monkeypatch: pytest.MonkeyPatch, verdict: str = "pass") -> None:
    """Fits read from files get checks of the verdict."""
    from defectmodels.inference import fit as fits

    read = fits.load_fit
    monkeypatch.setattr(fits, "load_fit", lambda path: checked(read(path), verdict))


def test_the_command(files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passing(monkeypatch)
    out = tmp_path / "c.html"
    ran = run(*files, "-o", out)
    assert ran.exit_code == 0, ran.output
    korean = run(*files, "-o", tmp_path / "ko.html", "--lang", "ko")
    assert korean.output.partition("\n")[2] == ran.output.partition("\n")[2]
    assert "적합별 결과" in (tmp_path / "ko.html").read_text(encoding="utf-8")
    assert ran.output.startswith(f"wrote {out}\nrising: checks pass\nfalling: checks pass\n")
    assert "contrary directions" in ran.output and "elpd" in ran.output and out.is_file()
    found = json.loads(run(*files, "--json").output)
    assert [one["fit"] for one in found["fits"]] == ["rising", "falling"]
    assert {one["kind"] for one in found["differences"]} == {"contradict"}
    assert found["loo"][0]["rows"] == 6 and found["file"] is None
    assert found["rows"][0]["median"] is not None


def test_the_command_withholds(files: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    passing(monkeypatch, "fail")
    ran = run(*files)
    assert ran.exit_code == 0 and ran.output.count("withheld: checks failed") == 2
    assert "median" not in ran.output and "P(" not in ran.output
    found = json.loads(run(*files, "--json").output)
    assert found["rows"] == [] and found["loo"] == [] and found["differences"] == []


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("one",), "nothing to be compared with"),
        (("both", "-o", "c.pdf"), "ends in '.pdf'"),
        (("both", "-o", "folder"), "give a name in .html"),
        (("both", "--of", "nobody"), "has no group 'nobody'"),
        (("both", "--over", "2020", "1950"), "1950"),
        (("both", "-o", "c.html", "--lang", "fr"), "reports are written in: en, ko"),
    ],
)
def test_the_command_refuses(files: list[str], args: tuple[str, ...], said: str) -> None:
    given = files[:1] if args[0] == "one" else files
    ran = run(*given, *args[1:])
    assert isinstance(ran.exception, DefectModelsError) and said in str(ran.exception)
