"""What the section of any study says first: what made the study, and whether it still holds.

Invariant: a study whose model, evidence or code has changed says so first. Shown by ``tests/test_saved.py``.
"""

from __future__ import annotations

from defectmodels.report.pieces import Paragraph
from defectmodels.report.view import View
from defectmodels.studies.saved import Saved
from defectmodels.wording import listed, say


def about(view: View, study: Saved) -> tuple[Paragraph, ...]:
    """What made a study, and a warning first where it is stale: to stand in the study's section."""
    made = study.made
    # Settings stand as they were given: their names are those of the options.
    settings = ", ".join(f"{name} {value}" for name, value in made["settings"].items())
    text = say(
        "study-made",
        model=made["model"],
        dataset=made["dataset"],
        settings=settings,
        seed=str(made["random_seed"]),
        model_digest=made["model_digest"][:8],
        dataset_digest=made["dataset_digest"][:8],
    )
    note = Paragraph(text, "note")
    moved = study.moved(view.fit.made)
    if not moved:
        return (note,)
    what = listed(say("study-moved", what=one) for one in moved)
    return Paragraph(say("study-stale", moved=what), "warning"), note
