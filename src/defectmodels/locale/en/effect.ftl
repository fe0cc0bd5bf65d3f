# Effects: ratios of rates for one unit of a covariate.
effect-heading = Effects
effect-none = The model has no covariates; there are no effects to show.
effect-what = Each number is the ratio of rates for the difference named beside it, other terms held. Contraction is 1 - var(posterior) / var(prior) of the log effect: near 0 the number repeats its prior, near 1 the data decide. Covariates that move together share what the data say: each may be much narrower than its prior while priors tell them apart. So what a number rests on is judged by the share of its precision that priors supply: mostly prior from 75% on, mostly data up to 25%. An effect is an association within this model, not a cause, unless nothing outside it moves with them.
effect-alt = Ratios of rates, posterior: { $numbers }
effect-caption = Ratio of rates for one unit of each covariate (units in the table), log axis: prior (dashed) and posterior, median and central { $width } interval.
effect-table = Effects
# A unit of a series that names none.
effect-unit = one unit of the series
# What an estimate rests on, by how far the posterior is narrower than the prior.
effect-rests = { $on ->
    [unknown] not known
    [prior] mostly prior
    [both] prior and data
   *[data] mostly data
  }
effect-others = Other quantities with a prior
effect-others-folded = Prior beside posterior of the other quantities
# Variables of a fit; a group, a season or a definition follows behind a colon.
effect-quantity = { $name ->
    [log_exposure_factor] persons at risk: true over stated
    [trend_scale] trend: standard deviation of a year's change
    [effect_spread] standard deviation of an effect between groups
    [frailty_cv] scatter of a period beyond chance
    [definition_factor] factor of a definition
   *[season_effect] season over the year's mean
  }
# Place in the year: a quarter, or a month.
effect-season = { $every ->
    [quarter] Q{ $place }
   *[month] { NUMBER($place, minimumIntegerDigits: 2) }
  }
