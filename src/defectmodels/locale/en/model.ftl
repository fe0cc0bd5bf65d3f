# What a rate of a group is measured in; $per is a number of persons.
model-rate-unit = { $kind ->
    [persons] persons a year
    [one] a year per person at risk
   *[many] a year per { $per } at risk
  }
# A prior's median with its unit.
model-median-rate = { $value } { $unit }
model-median-ratio = { $value } (ratio)
# Quantities that have a prior.
model-rate-of = rate of { $group } with every covariate at its centre
model-exposure-of = persons at risk, { $group }: true over stated ({ $series })
model-effect-of = { $title }, rate ratio ({ $unit }); acts on { $groups }
model-one-unit = one unit of the series
model-spread = standard deviation of an effect between groups, log
model-season-of = season over the year's mean; { $groups }
model-trend = trend: standard deviation of the log rate's change in a year
model-scatter = scatter of a { $every ->
    [year] year
    [quarter] quarter
   *[month] month
  } beyond chance: coefficient of variation
model-factor-of = definition '{ $definition }': its rate over the reference's
model-part-of = definition '{ $definition }': part of '{ $within }'
model-reliability-of = probability that a statement of { $grade } grade is true
# $error names the error, $one and $other are groups.
model-error = { $parameter ->
    [included] { $error }: probability that a person is among those published
    [added] { $error }: entries of no person for each who is published
    [missed] { $error }: probability that a person of { $one } is published as one of { $other }
    [false] { $error }: probability that a person of { $one } is published as one of { $other }
   *[size] { $error }: standard deviation of the log of what is published over what will be
  }
model-error-factor = totals of { $span }: what is published over what will be
# Section The model.
model-heading = The model
model-what = { $title }. { $description }
model-priors = Priors, in natural units
model-errors = What is published is taken to differ from who came, by the errors named above. Rates, shares, expected and realised arrivals are of those who came; what is predicted of rows is what would be published. Published numbers alone tell little of these errors: where the posterior is as wide as the prior, everything that is said of them is the prior.
model-errors-table = Errors of what is published: median and central { $width } interval
model-errors-column = { $which ->
    [prior] beforehand
   *[posterior] given the statements
  }
model-no-exposure = The model names no persons at risk; its rates are persons a year.
