from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from defectmodels.errors import UnknownNameError
from defectmodels.studies.backtest_tables import coverage_table, skill_table


def scores() -> pd.DataFrame:
    rows = []
    for at, origin in enumerate(("2010Q4", "2011Q4", "2012Q4", "2013Q4")):
        for method, crps in (("model", 1.0 + at), ("base", 4.0 - at), ("late", 2.0)):
            if method == "late" and at < 3:
                continue
            rows.append(
                {
                    "origin": origin, "horizon": 4, "method": method, "observed": 10,
                    "low": 5.0 if at else 11.0, "high": 20.0, "covered": bool(at),
                    "crps": crps, "crps_log": crps / 10, "interval_score": crps, "log_score": -2.0,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def test_skill_by_hand() -> None:
    table = skill_table(scores(), ["model"], "crps", 1).set_index("baseline")
    assert table.loc["base", "model_score"] == 2.5 and table.loc["base", "baseline_score"] == 2.5
    assert table.loc["base", "skill"] == 0.0 and table.loc["base", "better"] == 2
    assert table.loc["base", "low"] < 0 < table.loc["base", "high"]
    # Only the origins that both have; a loss is there like a win, without an interval of one origin.
    assert table.loc["late", "origins"] == 1 and table.loc["late", "skill"] == 1 - 4 / 2
    assert np.isnan(table.loc["late", "low"])


def test_the_bootstrap_is_over_origins() -> None:
    """Against going through all resamples of two origins: 1/4 twice the first, 1/2 both, 1/4 the second."""
    two = scores()[lambda frame: frame["origin"].isin(["2010Q4", "2011Q4"])]
    table = skill_table(two, ["model"], "crps", 2)
    assert table["low"].item() == pytest.approx(1 - 2 / 3)
    assert table["high"].item() == pytest.approx(1 - 1 / 4)
    again = skill_table(two, ["model"], "crps", 2)
    pd.testing.assert_frame_equal(table, again)


def test_coverage_by_hand() -> None:
    table = coverage_table(scores()).set_index("method")
    assert table.loc["model", "covered"] == 0.75
    assert table.loc["model", "below"] == 1 and table.loc["model", "above"] == 0
    assert table.loc["model", "width"] == pytest.approx(20.5 / 5.5)
    assert table.loc["late", "covered"] == 1.0


def test_other_scores_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'crps_log'"):
        skill_table(scores(), ["model"], "crps_logs", 1)
    assert skill_table(scores().iloc[:0], ["model"], "crps", 1).empty
    assert coverage_table(scores().iloc[:0]).empty
