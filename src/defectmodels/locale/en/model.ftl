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
# Section The model.
model-heading = The model
model-what = { $title }. { $description }
model-priors = Priors, in natural units
model-no-exposure = The model names no persons at risk; its rates are persons a year.
