# The verdict: how share, count and total of the headline changed.
verdict-heading = Verdict
verdict-no-comparison = The model names no comparison and has fewer than two whole years; there is no verdict.
verdict-first-last = The model names no comparison; its first and last years, { $first } and { $last }, do.
# $chance is "P(share up and count not up) = 0.35".
verdict-both = Both together: { $chance }.
verdict-both-event = share up and count not up
verdict-title = { $event ->
    [share] Share: { $group }
   *[count] Count: { $group }
  }
# Below the axis of a figure; $unit is of spans that are no whole years where it is yearly.
verdict-axis = { $unit ->
    [share] percent of expected arrivals
    [persons] expected persons
   *[yearly] expected persons a year
  }
verdict-caption = Posterior of { $what }, { $first } and { $last }. Curve: density, highest point at the same height; mark: median; bar: central { $width } interval.
verdict-table = The comparisons in numbers
verdict-rule = Intervals are central { $width } intervals. A direction is stated when its posterior probability, as printed, is { $sure } or more; otherwise the question is called open. Numbers have no more digits than their Monte Carlo error allows.
verdict-withheld-heading = Verdict withheld
verdict-withheld = No verdict: the fit failed its checks, and what it says is not known to be so.
verdict-withheld-table = Why the verdict is withheld
verdict-withheld-after = Do what the table says, fit again, and make this report again.
