"""What a fit says to each item of the reporting guidelines, see `barg`.

Invariant: a fact is read off the fit, and of a fit that fails its checks no number of an answer is
told. Shown by ``tests/test_barg.py``.
"""

from __future__ import annotations

from collections import Counter

from defectmodels import names
from defectmodels.estimands.called import called
from defectmodels.estimands.decision import SURE, Decision
from defectmodels.evidence.selection import JointRow, Row
from defectmodels.evidence.statements import Comparison
from defectmodels.inference.without import rows_by_origin
from defectmodels.model.terms import Covariates
from defectmodels.report import words
from defectmodels.report.assumptions import prior_rows
from defectmodels.report.equations import equations
from defectmodels.report.prior_check import met
from defectmodels.report.view import View
from defectmodels.wording import Message, joined, listed, named, said, say, titled

_ANCILLARY = {
    names.LOG_EXPOSURE_FACTOR: "exposure",
    names.SEASON_EFFECT: "season",
    names.TREND: "trend",
    names.FRAILTY: "scatter",
    names.FACTOR: "factor",
    names.RELIABILITY: "reliability",
    names.ERROR_PARAMETER: "errors",
}
"""Variables of a fit that no answer is about."""
_SHORT = 12
"""Signs of a digest that tell it from others."""


def _open(row: Row) -> bool:
    """Whether a row allows several numbers, or compares counts."""
    several = isinstance(row, JointRow) and len(row.readings) > 1
    return bool(row.width) or several or isinstance(row.statement, Comparison)


def _decisions(view: View) -> tuple[Decision, ...]:
    return tuple(one for _, found in view.answers for one in found)


def why(view: View) -> str:
    """Preamble A: the evidence that a posterior has to weigh."""
    rows = view.rows.values()
    doubted = sum(row.statement.grade in view.fit.design.grades for row in rows)
    return say("barg-why", rows=len(rows), open=sum(map(_open, rows)), doubted=doubted)


def goals(view: View) -> str:
    """Preamble B: what is to be estimated and answered."""
    return say(
        "barg-goals",
        compared="yes" if view.pairs else "no",
        group=named(view.of),
        spans=joined((say("barg-pair", first=a, last=b) for a, b in view.pairs), ", "),
        claims=len(_decisions(view)),
    )


def _covariates(view: View) -> list[str]:
    terms = [term for term in view.fit.spec.term if isinstance(term, Covariates)]
    return [effect.series for term in terms for effect in term.effect]


def data(view: View) -> str:
    """1.A: predicted and predicting variables."""
    spec, series = view.fit.spec, view.fit.dataset.series
    predictors = _covariates(view)
    return say(
        "barg-data",
        groups=listed(named(group) for group in view.groups),
        every=spec.axis.every,
        first=spec.periods.labels[0],
        last=spec.periods.labels[-1],
        rows=len(view.rows),
        predictors=len(predictors),
        series=joined((titled(series[name].title) for name in predictors), ", "),
        exposed="yes" if spec.exposure else "no",
        exposures=joined((titled(series[name].title) for name in spec.exposure.values()), ", "),
    )


def likelihood(view: View) -> str:
    """1.B: how rows are counted, and which parameters there are."""
    selection, posterior = view.fit.design.selection, view.fit.posterior
    ancillary = [what for name, what in _ANCILLARY.items() if name in posterior]
    return say(
        "barg-likelihood",
        scatter="no" if view.fit.spec.frailty is None else "yes",
        direct=len(selection.direct),
        nested=len(selection.nested),
        joint=len(selection.joint),
        several="yes" if view.several else "no",
        ancillaries=len(ancillary),
        ancillary=listed(say("barg-ancillary", what=what) for what in ancillary),
        pooled=posterior.sizes.get(names.POOLED_COVARIATE, 0),
    )


def prior(view: View) -> str:
    """1.C: the priors."""
    return say("barg-prior", priors=len(prior_rows(view)), width=words.WIDTH)


def formal(view: View) -> str:
    """1.D: the equations, and the file that says the same."""
    selection = view.fit.design.selection
    lines = equations(view.fit.spec, bool(selection.nested), bool(selection.joint))
    digest = str(view.fit.made["model_digest"])[:_SHORT]
    return say("barg-formal", equations=len(lines), digest=digest)


def prior_predictive(view: View) -> str:
    """1.E: what the priors predict."""
    inside, rows = met(view)
    if not rows:
        return say("barg-prior-unchecked")
    return say("barg-prior-check", inside=inside, rows=rows, width=words.WIDTH)


def software(view: View) -> str:
    """2.A: packages and sampler."""
    made = view.fit.made
    versions = ", ".join(f"{name} {value}" for name, value in made["versions"].items())
    return say("barg-software", versions=versions, sampler=str(made["sampler"]))


def _worst(view: View, column: str, largest: bool) -> tuple[str, float]:
    """What a quantity is called whose diagnostic is the worst, and the diagnostic; NaN is worse."""
    table = view.checks.quantities
    if column == "mcse_over_sd":
        table = table[table["quoted"].astype(bool)]
    values = table[column].astype(float)
    worst = values.fillna(float("inf") if largest else float("-inf"))
    place = int((worst if largest else -worst).to_numpy().argmax())
    return called(str(table["name"].iloc[place])), float(values.iloc[place])


def convergence(view: View) -> str:
    """2.B: R-hat of everything that is quoted, and divergences."""
    sizes = view.fit.posterior.sizes
    diverging = int(view.fit.group("sample_stats")["diverging"].astype(bool).sum())
    table = view.checks.quantities
    if sizes["chain"] < 2:
        return say("barg-one-chain", draws=sizes["draw"], diverging=diverging)
    if not len(table):
        return say("barg-still")
    name, value = _worst(view, "rhat", True)
    return say(
        "barg-convergence",
        quantities=len(table),
        value=words.fixed(value, 3),
        name=name,
        chains=sizes["chain"],
        draws=sizes["draw"],
        diverging=diverging,
        all=sizes["chain"] * sizes["draw"],
    )


def resolution(view: View) -> str:
    """2.C: effective sample sizes and Monte Carlo errors."""
    if not view.checks.quantities["quoted"].any():
        return say("barg-still")
    bulk_name, bulk = _worst(view, "ess_bulk", False)
    tail_name, tail = _worst(view, "ess_tail", False)
    error_name, error = _worst(view, "mcse_over_sd", True)
    return say(
        "barg-resolution",
        bulk=words.fixed(bulk, 0),
        bulk_name=bulk_name,
        tail=words.fixed(tail, 0),
        tail_name=tail_name,
        error=f"{words.fixed(100 * error, 1)}%",
        error_name=error_name,
    )


def other(view: View) -> str:
    """2.D: there is no other computation."""
    return say("barg-other", sampler=str(view.fit.made["sampler"]))


def predictive(view: View) -> str:
    """3.A: what the checks found of predictions."""
    wanted = ("check-name-coverage", "check-name-misfit")
    found = [
        said(item.text)
        for item in view.checks.items
        if isinstance(item.name, Message) and item.name.name in wanted
    ]
    return say(
        "barg-predictive",
        rows=int(view.checks.rows.sizes["row"]),
        known="yes" if found else "no",
        found=joined(found, "; "),
    )


def summary(view: View) -> str:
    """3.B: what is quoted, and the probabilities of the headline's directions."""
    if view.withheld:
        return say("barg-withheld")
    told = []
    for (first, last), change in zip(view.pairs, view.changes, strict=True):
        events = ("share", "count") if view.several else ("count",)
        chances = joined((words.moved(e, change.prob(f"{e}_up")) for e in events), ", ")
        told.append(say("barg-chances", first=first, last=last, chances=chances))
    return say(
        "barg-summary",
        width=words.WIDTH,
        quantities=int(view.checks.quantities["quoted"].sum()),
        compared="yes" if told else "no",
        chances=joined(told, "; "),
    )


def factors(view: View) -> str:
    """3.C: no model is weighed against another."""
    table = view.checks.informed
    events = table["bayes_factor"][table["verdict"].astype(bool)] if len(table) else table
    return say("barg-factors", directions=int(events.notna().to_numpy().sum()))


def decisions(view: View) -> str:
    """4.A: what is decided."""
    found = _decisions(view)
    if view.withheld:
        return say("barg-withheld")
    if not found and not view.pairs:
        return say("barg-undecided")
    number = Counter(one.verdict for one in found)
    return say(
        "barg-decisions",
        pairs=len(view.pairs),
        claims=len(found),
        supported=number["supported"],
        unsupported=number["not supported"],
        open=number["cannot tell"],
        unanswered=sum(not one.answered for one in found),
    )


def loss(view: View) -> str:
    """4.B: there is no loss function."""
    return say("barg-loss")


def region(view: View) -> str:
    """4.C: claims that have a region."""
    found = _decisions(view)
    if view.withheld:
        return say("barg-withheld")
    if not found:
        return say("barg-no-region")
    regions = [one.region for one in found if one.region is not None]
    wide = sum(one.low != one.high for one in regions)
    return say("barg-region", regions=wide, claims=len(found), sure=f"{SURE:g}")


def threshold(view: View) -> str:
    """4.D: what a direction and a claim need."""
    return say("barg-threshold", direction=f"{words.SURE:g}", claim=f"{SURE:g}")


def estimates(view: View) -> str:
    """4.E: what stands beside directions and claims."""
    found = _decisions(view)
    if view.withheld:
        return say("barg-withheld")
    if not found and not view.pairs:
        return say("barg-undecided")
    estimated = sum(one.estimate is not None for one in found)
    return say("barg-estimates", pairs=len(view.pairs), claims=len(found), estimated=estimated)


def broad(view: View) -> str:
    """5.A: how much of the verdict is prior."""
    if view.withheld:
        return say("barg-withheld")
    table = view.checks.informed
    if len(table):
        table = table[table["verdict"].astype(bool) & table["contraction"].notna()]
    if not len(table):
        return say("barg-not-contracted")
    least = table.sort_values("contraction", kind="stable").iloc[0]
    return say(
        "barg-broad",
        numbers=len(table),
        value=words.fixed(float(least["contraction"]), 2),
        name=called(str(least["name"])),
    )


def informed(view: View) -> str:
    """5.B: the fit was not repeated."""
    return say("barg-informed")


def default(view: View) -> str:
    """5.C: there are no default priors."""
    return say("barg-default", priors=len(prior_rows(view)))


def factor_priors(view: View) -> str:
    """5.D: no decision rests on a Bayes factor."""
    return say("barg-factor-priors")


def decision_priors(view: View) -> str:
    """5.E: how decisions move."""
    if view.withheld:
        return say("barg-withheld")
    if not view.pairs:
        return say("barg-undecided")
    return say("barg-decision-priors", origins=len(rows_by_origin(view.fit.design)))


def installed(view: View) -> str:
    """6: the package and what it stands on."""
    versions = view.fit.made["versions"]
    others = len(set(versions) - {"defectmodels", "python"})
    own = say("export-not-stated")
    return say(
        "barg-installed",
        version=str(versions.get("defectmodels", own)),
        python=str(versions.get("python", own)),
        others=others,
    )


def script(view: View) -> str:
    """6: what makes the fit and the report again."""
    made = view.fit.made
    model, dataset = (str(made[f"{what}_digest"])[:_SHORT] for what in ("model", "dataset"))
    return say("barg-script", model=model, dataset=dataset)


def seed(view: View) -> str:
    """6: the seed."""
    return say("barg-seed", seed=str(view.fit.made["random_seed"]))


def readable(view: View) -> str:
    """6: reasons and sources in the files."""
    statements = view.fit.dataset.statements
    return say(
        "barg-readable",
        priors=len(prior_rows(view)),
        sourced=sum(bool(one.source) for one in statements),
        statements=len(statements),
    )


def saved(view: View) -> str:
    """6: what the fit file holds."""
    sizes = view.fit.posterior.sizes
    return say("barg-saved", draws=sizes["chain"] * sizes["draw"])


def posted(view: View) -> str:
    """6: the fit does not know where it is published."""
    return say("barg-posted")
