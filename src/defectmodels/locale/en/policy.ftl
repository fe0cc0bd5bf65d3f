# Eras side by side and in pairs. $set is rate (unadjusted) or adjusted_rate; $title names what divides time into eras.
policy-heading = Policy periods
policy-assumption = Eras differ in more than who governed. Adjusted: every covariate of the model and the persons at risk at their mean over the compared eras, the season averaged out; what still differs is the trend. This is arithmetic of the model and names no cause, unless one assumes that nothing outside the model differed between the eras.
policy-caveat = { $pairs ->
    [one] { $pairs } pair of { $eras } eras
   *[other] { $pairs } pairs of { $eras } eras; of so many comparisons some come out by luck
  }. Pooled: the levels are drawn towards their common mean, the more the less the draws tell them apart, in a second stage on a normal approximation of their posterior (Gelman, Hill and Yajima 2012). Quote the pooled numbers.
policy-nothing = No series of the fit names two eras in the fitted periods; there are none to compare.
policy-withheld = Pairs of eras are withheld: the fit failed its checks.
policy-left-out = left out: { $era }: { $reason }
policy-outside = lies outside the fitted periods, { $span }
policy-short = { $days } days in the fitted periods, fewer than { $least }
policy-set = { $set ->
    [rate] unadjusted
   *[adjusted_rate] adjusted
  }
policy-column = { $column ->
    [era] era
    [days] days
    [from] from
   *[to] to
  }
policy-level = { $group }, { $set }, { $unit }
policy-alt = Rate of { $group } by era, { $unit }. { $numbers }
policy-number = { $era }: { $was }, adjusted { $held }
policy-caption = Rate of each group by era, log axis, median and central { $width } interval: unadjusted, and adjusted, with every covariate at its mean over the eras of its series and the season averaged out. Not pooled.
policy-table = Rates by era
# Pairs in which a direction may be stated, and the others.
policy-compared = { $title }, { $pairs ->
    [one] { $pairs } pair
   *[other] { $pairs } pairs
  }, rate of { $group }, pooled. { $unadjusted } { $adjusted }
policy-stated = { $set ->
    [rate] Unadjusted
   *[adjusted_rate] Adjusted
  }: { $pairs }.
policy-way = { $way ->
    [rose] rose
   *[fell] fell
  } in { $number } [{ $pairs }]
policy-pair = { $first } to { $second }, { $odds }
# Within P(...).
policy-up = up
policy-others = the others are open
policy-open = open in all
policy-ratio = ratio, { $set }{ $pooled ->
    [yes] , pooled
   *[no] {""}
  }
policy-chance = P(up), { $set }, pooled
policy-pairs = Rate of { $group }, later era over earlier: { $title }
policy-folded = All { $pairs ->
    [one] { $pairs } pair
   *[other] { $pairs } pairs
  }: { $title }
# Heads of the command's table.
policy-printed = { $column ->
    [drawn] as drawn
    [pooled] pooled
    [higher] P(higher)
   *[higher-pooled] P(higher), pooled
  }
