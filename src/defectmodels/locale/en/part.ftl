# Parts of a change (section Decomposition).
part-heading = Decomposition
part-no-comparison = The model names no comparison and has fewer than two whole years; nothing is split.
part-withheld = The parts of the changes compared are withheld: the fit failed its checks.
part-arithmetic = A part is arithmetic of the model: what switching one factor from its level in the first span to that in the second changes, averaged over all orders of switching (Shapley, Das Gupta). Parts add to the change in every draw. A part is no cause, unless one assumes that the factor could have been moved alone and that nothing outside the model moved with it.
part-kind = { $kind ->
    [share] share
   *[count] count
  }
part-whole = { $kind ->
    [share] change of the share
   *[count] change of the count
  }
part-title = { $kind ->
    [share] Share, { $spans }
   *[count] Count, { $spans }
  }
part-alt = Parts of the change of the { $group } { $kind ->
    [share] share
   *[count] count
  } from { $spans }, { $unit }. { $numbers }
part-table = Parts of every comparison
part-folded = The numbers, for every comparison
part-caption = Parts of the change of the { $group } { $kinds } between the spans of the headline: bar: median; line: central { $width } interval; unit below each panel. { $several ->
    [yes] The share is split into its groups' counts, the count into exposure, covariates, season and trend.
   *[no] The count is split into exposure, covariates, season and trend.
  } The change itself is last. Arithmetic of the model, not causes.
# What the model itself is made of; $part is one of these names.
part-name = { $part ->
    [exposure] exposure
    [season] season
    [trend] trend
    [intercept] intercept
    [scale] scale
    [undercount] undercount
   *[covariates] covariates
  }
# The parts of the groups that have no line of their own, together.
part-rest = the other { $number } groups
