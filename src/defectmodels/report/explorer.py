"""The explorer: sliders for the levels of the series, and the answer at once.

The page works the numbers out by itself; here stand what it starts from and what it says. `cells`,
`support_text` and `sentence` write the same answer from Python.

Invariant: the page shows what `defectmodels.explore` gives to the last digit printed, and without a script
it shows the span as it was. Shown by ``tests/test_explorer_browser.py``.
"""

from __future__ import annotations

from importlib.resources import files

from markupsafe import Markup

from defectmodels.estimands.contrast import ALL
from defectmodels.estimands.decomposition import PART
from defectmodels.estimands.explorer import QUANTITY, WHAT, Explored, explore, share_of
from defectmodels.estimands.rates import resolve
from defectmodels.estimands.thinning import Thin, thin
from defectmodels.inference.fit import Fit
from defectmodels.report import words
from defectmodels.report.explorer_data import (
    MOST_PARTS,
    as_script,
    block,
    choices,
    held,
    themes_of,
)
from defectmodels.report.pieces import Explorer, Paragraph, Piece, Section, Slider
from defectmodels.report.view import View
from defectmodels.report.words import Estimate
from defectmodels.wording import listed, named, say, titled

MOST_EXPLORED = 20
"""Groups whose draws of the months of a year are no more than a page has room for."""
SCRIPTS = ("explorer.js", "explorer_page.js")
"""Run one after the other, as one script."""
_DASH = "\N{EN DASH}"


# --- the answer in words and numbers -----------------------------------------------------------


def _full(found: Explored, kind: str, **where: str) -> str:
    return words.full(Estimate(*found.summary(kind, **where)))


def cells(found: Explored) -> dict[str, tuple[str, ...]]:
    """Cells of the explorer's tables as they are printed.

    Returns
    -------
    dict of str to tuple of str
        For every quantity: as it was, as chosen, difference and probability of more. For every theme
        that is moved, under ``part:`` and its name: its parts of the difference of the share, of the
        group's count and of the total; of the count alone where there is a single group.
    """
    table: dict[str, tuple[str, ...]] = {}
    for quantity in map(str, found.data[QUANTITY].values):
        odds = found.more(quantity)
        was, chosen = (_full(found, kind, quantity=quantity) for kind in ("was", "chosen"))
        if odds is None:
            table[quantity] = (was, chosen, say("explorer-none"), _DASH)
        else:
            difference = _full(found, "difference", quantity=quantity)
            table[quantity] = (was, chosen, difference, str(odds))
    whats = list(map(str, found.data[WHAT].values)) if len(table) > 1 else ["count"]
    for part in map(str, found.data[PART].values):
        table[f"part:{part}"] = tuple(_full(found, "parts", what=w, part=part) for w in whats)
    return table


def _outside(fit: Fit, span: str, outside: str, hull: str) -> str:
    periods = int((fit.spec.periods.weights(resolve(fit, span)) > 0).sum())
    every = str(fit.spec.axis.every)
    return say("explorer-outside", outside=outside, periods=periods, every=every, hull=hull)


def support_text(fit: Fit, found: Explored) -> str:
    """Say where the levels leave what was seen; nothing where they do not."""
    told = []
    if found.reach.outside:
        hull = f"{found.reach.hull:.0%}"
        told.append(_outside(fit, found.span, str(found.reach.outside), hull))
    if found.reach.beyond:
        beyond = [titled(fit.dataset.series[name].title) for name in found.reach.beyond]
        told.append(say("explorer-beyond", series=listed(beyond)))
    return " ".join(told)


def _answered(found: Explored, quantity: str) -> dict[str, str]:
    """Values of a sentence on one quantity."""
    was, chosen, difference, _ = cells(found)[quantity]
    odds = found.more(quantity)
    text = str(odds)
    same = "" if text[0] in "<>" else "= "
    more = say("explorer-even") if odds is None else f"{say('explorer-event')} {same}{text}"
    return {"was": was, "chosen": chosen, "difference": difference, "more": more}


def sentence(fit: Fit, found: Explored, moved: str) -> str:
    """The answer as it is spoken, but for its support; `moved` says which levels were."""
    span, several = span_name(found.span), len(fit.spec.groups) > 1
    all_of_it = ALL if several else found.of
    values = _answered(found, all_of_it)
    if not found.levels:
        return say("explorer-nothing", span=span, was=values["was"])
    told: list[str] = [say("explorer-answer", span=span, moved=moved, **values)]
    if several:
        values = _answered(found, share_of(found.of))
        told.append(say("explorer-answer-share", group=named(found.of), **values))
    return " ".join(told)


def span_name(span: str) -> str:
    """Name of a span within a sentence."""
    return say("explorer-span", span=words.days(span))


# --- the section -------------------------------------------------------------------------------


def _script_texts(view: View) -> dict[str, str]:
    """Texts that the script says, with names in braces where it puts values."""
    values = {one: f"{{{one}}}" for one in ("chosen", "was", "difference", "more")}
    share = say("explorer-answer-share", group=named(view.of), **values) if view.several else ""
    return {
        "unknown": say("word-unknown"),
        "under": say("word-under", limit="{limit}"),
        "range": words.between("{low}", "{high}"),
        "beside": words.beside("{value}", "{more}"),
        "last": say("list-last", before="{before}", last="{last}"),
        "event": say("explorer-event"),
        "none": say("explorer-none"),
        "dash": _DASH,
        "even": say("explorer-even"),
        "held": say("explorer-held", level="{level}", unit="{unit}"),
        "still": say("explorer-still", level="{level}"),
        "was": say("explorer-was", level="{level}", unit="{unit}"),
        "nothing": say("explorer-nothing", span="{span}", was="{was}"),
        "answer": say("explorer-answer", span="{span}", moved="{moved}", **values),
        "share": share,
        "inside": say("explorer-inside"),
        "beyond": say("explorer-beyond", series="{series}"),
        "as_was": say("explorer-as-was"),
        "as_chosen": say("explorer-as-chosen"),
        "whole": say("explorer-whole"),
    }


def _labels(view: View, span: str) -> dict[str, str]:
    """Texts of the page that do not change."""
    every = "year" if view.span_word == "year" else "period"
    return {
        "needs": say("explorer-needs", span=words.days(span)),
        "controls": say("explorer-controls"),
        "span": say("explorer-every", every=every),
        "from": say("explorer-from"),
        "as_were": say("explorer-as-were"),
        "reset": say("explorer-reset"),
        "levels_alt": say("explorer-levels-alt"),
        "bars_alt": say("explorer-bars-alt"),
        "answer": say("explorer-table", width=words.WIDTH, several="yes" if view.several else "no"),
        "quantity": say("explorer-quantity"),
        "as_was": say("explorer-as-was"),
        "as_chosen": say("explorer-as-chosen"),
        "difference": say("explorer-difference"),
        "more": say("explorer-event"),
        "split": say("explorer-split", width=words.WIDTH),
        "part": say("explorer-part"),
        "whole": say("explorer-whole"),
        "unsplit": say("explorer-unsplit", most=MOST_PARTS),
    }


def _quantities(view: View) -> dict[str, str]:
    """What the first table calls its quantities."""
    groups: dict[str, str] = {
        group: say("explorer-group", group=named(group)) for group in view.groups
    }
    if not view.several:
        return groups
    share = say("explorer-share", group=named(view.of))
    return {ALL: say("explorer-all"), **groups, share_of(view.of): share}


def _whats(view: View) -> tuple[str, ...]:
    """What the second table splits."""
    count = say("explorer-group", group=named(view.of))
    if not view.several:
        return (count,)
    return (say("explorer-points", group=named(view.of)), count, say("explorer-all"))


def script() -> Markup:
    """Give the page's script."""
    room = files("defectmodels.report")
    return Markup("".join(room.joinpath(name).read_text(encoding="utf-8") for name in SCRIPTS))


def _piece(view: View, few: Thin) -> Explorer:
    always = [pair[1] for pair in view.pairs] + [pair[0] for pair in view.pairs]
    spans = held(few, choices(view.fit, [*view.spans, *always]), always)
    known = [one.name for one in spans]
    span = next((one for one in always if one in known), known[-1])
    found = cells(explore(few, span, {}, view.of))
    quantities, whats, places = _quantities(view), _whats(view), iter(range(10**6))
    series = view.fit.dataset.series
    themes = tuple(
        (
            titled(theme),
            tuple(
                Slider(next(places), titled(series[name].title), titled(series[name].unit))
                for name in own
            ),
        )
        for theme, own in themes_of(view.fit).items()
    )
    texts = {
        "texts": _script_texts(view),
        "quantities": list(quantities.values()),
        "whats": list(whats),
        "themes": [theme for theme, _ in themes],
    }
    said = [
        {"name": span_name(one), "outside": _outside(view.fit, one, "{outside}", "{hull}")}
        for one in known
    ]
    return Explorer(
        labels=_labels(view, span),
        spans=tuple(words.days(one) for one in known),
        span=known.index(span),
        themes=themes,
        quantities=tuple((label, found[key][0]) for key, label in quantities.items()),
        whats=whats,
        data=as_script(block(few, view.of, spans, said, texts)),
        script=script(),
    )


def explorer(view: View) -> Section:
    """Let a reader move the levels of the series."""
    title = say("explorer-heading")
    pieces: tuple[Piece, ...]
    if not view.fit.spec.covariates:
        pieces = (Paragraph(say("explorer-no-covariates")),)
    elif view.withheld:
        pieces = (Paragraph(say("explorer-withheld"), "warning"),)
    elif len(view.groups) > MOST_EXPLORED:
        pieces = (Paragraph(say("explorer-many", most=str(MOST_EXPLORED)), "note"),)
    else:
        few = thin(view.fit)
        about = say(
            "explorer-about",
            every="year" if view.span_word == "year" else "period",
            draws=few.draws,
            each=few.every,
        )
        pieces = (Paragraph(about, "note"), _piece(view, few))
    return Section("explorer", title, pieces)
