from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from country import country, country_spec
from defectmodels.estimands.decomposition import decompose
from defectmodels.estimands.quoted import comparisons, quoted_quantities
from defectmodels.estimands.rates import annual, share
from defectmodels.inference.fit import Fit
from fabricate import fabricate
from smallworld import make_dataset, make_spec


def small(*axis: str, groups: tuple[str, ...] = ("elite", "commoner"), **changes: object) -> Fit:
    spec = make_spec(*axis, groups=groups, **changes)
    return fabricate(spec, make_dataset((groups[0], "2020-06", 3), groups=groups), draws=20)


def test_the_headline_is_compared(country_fit: Fit) -> None:
    assert comparisons(country_fit) == ("elite", (("2019", "2022"),))
    also = {"of": "commoner", "before": "2019", "after": "2022", "also": [["2020", "2022H1"]]}
    fit = fabricate(country_spec(headline=also), country(), draws=20)
    assert comparisons(fit) == ("commoner", (("2019", "2022"), ("2020", "2022H1")))


@pytest.mark.parametrize(
    "axis, pairs",
    [
        (("2019Q2", "2022Q4", "quarter"), (("2020", "2022"),)),
        (("2020", "2020", "year"), ()),
        (("2020-02", "2020-09", "month"), ()),
    ],
)
def test_without_a_headline_the_first_and_last_year(
    axis: tuple[str, ...], pairs: tuple[object, ...]
) -> None:
    fit = small(*axis)
    assert comparisons(fit) == ("elite", pairs)
    assert "arrivals a year" in quoted_quantities(fit)


def test_all_that_is_quoted_is_judged(country_fit: Fit) -> None:
    found = quoted_quantities(country_fit)
    label = "elite 2019 -> 2022"
    assert set(found) == {
        "arrivals a year", "share of elite", "share of commoner", "effect",
        f"count ratio, {label}", f"share ratio, {label}",
        f"total ratio, {label}", "rate", *(f"{level}, {label}" for level in ("share", "count", "rate", "total")),
        f"part of the change in share, {label}", f"part of the change in count, {label}",
        f"P(share_up), {label}", f"P(count_up), {label}", f"P(total_up), {label}",
    }  # fmt: skip
    change = decompose(country_fit, "2019", "2022", of="elite")
    years = ["2019", "2020", "2021", "2022"]
    same = {
        "arrivals a year": annual(country_fit, years),
        "share of elite": share(country_fit, "elite", years),
        f"count ratio, {label}": change.ratio("count"),
        f"part of the change in count, {label}": change.path("count_part"),
        f"P(share_up), {label}": change.events["share_up"].astype(float),
    }
    for name, array in same.items():
        np.testing.assert_array_equal(found[name].values, array.values)
    for name, array in found.items():
        assert {"chain", "draw"} <= set(array.dims), name
        assert isinstance(array, xr.DataArray) and np.isfinite(array).all()


def test_one_group_has_no_shares() -> None:
    fit = small("2019", "2021", "year", groups=("all",))
    found = quoted_quantities(fit)
    assert not [
        name for name in found if "share of" in name or "share ratio" in name or "in share" in name
    ]
    assert "count ratio, all 2019 -> 2021" in found
    assert "effect" not in found


def test_checks_judge_the_quoted_quantities(country_fit: Fit) -> None:
    table = country_fit.checks.quantities
    judged = set(table["name"][table["quoted"]].str.partition("[")[0])
    varying = {
        name for name, array in quoted_quantities(country_fit).items() if float(array.std()) > 0
    }
    assert judged == varying
