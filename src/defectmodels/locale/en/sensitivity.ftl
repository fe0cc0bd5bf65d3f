sensitivity-heading = Sensitivity
# What is changed. $kind is the kind of change, or of prior; $name is a group, a series, a definition, a grade or an origin.
sensitivity-subject = { $kind ->
    [base] as it is
    [baseline] prior: rate, { $name }
    [exposure-prior] prior: persons at risk, { $name }
    [effect] prior: coefficient, { $name }
    [spread] prior: how far groups differ in a coefficient
    [season] prior: seasons
    [trend] prior: pace of the trend
    [frailty] prior: scatter of periods
    [factor] prior: factor, { $name }
    [share] prior: share, { $name }
    [error] prior: error of what is published, { $name }
    [reliability] prior: reliability, { $name }
    [all-priors] all priors
    [likelihood] likelihood
    [priors] set of priors
    [origin] origin { $name }
    [coding] coding, { $name }
    [coding-all] coding, all covariates
    [event] step for { $name }
    [event-all] steps for all indices coded by judgement
    [event-eras] eras for the covariates of their theme
   *[exposure] persons at risk, { $name }
  }
sensitivity-grade = { $grade ->
    [high] high grade
    [medium] medium grade
   *[low] low grade
  }
# Into what it is changed. $what is a power, a set's name, days or a series.
sensitivity-change = { $change ->
    [base] no change
    [power] to the power { $what }
    [priors] { $what }
    [origin] left out
    [low] low end of its range
    [high] high end of its range
    [since] a step on { $what }
    [between] a step, { $what }
    [steps] steps on their days
    [eras] steps of the eras
    [none] not counted
   *[series] { $what }
  }
# The same beside a mark of the figure; empty where the row has one change.
sensitivity-mark = { $change ->
    [low] low
    [high] high
    [none] none
   *[other] { $what }
  }
sensitivity-set-name = { $set ->
    [sceptical] sceptical
    [enthusiastic] enthusiastic
    [flat] flat
   *[other] { $name }
  }
# What a set of priors says.
sensitivity-set = { $set ->
    [sceptical] Sceptical: no series moves a rate by more than a half either way, groups hardly differ, and what no covariate carries changes slowly.
    [enthusiastic] Enthusiastic: closing the border leaves a tenth of the commoners' escapes, those abroad are not held back by it, and sanctions and closing missions each double the elites' rate, give or take a factor of two.
    [flat] Flat: every prior so wide that within reason it favours nothing; sources as likely to be always wrong as always right.
   *[other] { $name }: a set of the reader's own.
  }
sensitivity-how = { $how ->
    [base] base
    [weights] weights
    [refit] refit
    [refit-failed] refit failed
   *[not-known] not known
  }
sensitivity-quantity = { $quantity ->
    [share-ratio] share ratio
   *[count-ratio] count ratio
  }
sensitivity-column = { $column ->
    [what] what is changed
    [change] into what
    [errors] largest difference, in Monte Carlo errors
    [how] how
    [checks] checks
    [seed] seed
    [sensitivity] sensitivity
    [at] { $what } to the power { $power }
   *[k] Pareto k
  }
# $changes counts all changes, $weights and $refits how they were worked out.
sensitivity-count = The headline, { $before } to { $after }, was asked again under { $changes ->
    [one] { $changes } change
   *[other] { $changes } changes
  } of priors, evidence, codings and exposures, one at a time: { $weights } by weights of the base's draws, { $refits } by { $refits ->
    [one] a refit
   *[other] refits
  }. Every other thing stays as it is.
# $event is P(...); $base, $low and $high are probabilities or ratios.
sensitivity-range = { $event } is { $base } in the base and between { $low } and { $high } under all changes.
sensitivity-same = { $event } is { $base } in the base and { $low } under every change.
sensitivity-stated = It is { $stated } or more under { $n } of { $all }.
sensitivity-largest = It moves most, to { $value }, with: { $subject }, { $change }.
sensitivity-moved = The median of the { $quantity } is { $base } in the base and between { $low } and { $high } under all changes.
# Priors from which a number is moved; $names is a list, or empty.
sensitivity-powers = Each prior whose numbers stand in the model file or with a series was scaled by powers, and so was the likelihood (Kallioinen et al. 2024). Sensitivity is how far the distribution of a number moves near a power of 1; from { $limit } on it is worth a look. { $several ->
    [none] No number of the headline reaches that for any prior.
   *[some] It is reached for: { $names }.
  }
sensitivity-inner = What is drawn around another parameter (a group's coefficient around the mean over groups, the steps of a trend) was not scaled: it follows its spread or its scale, which were.
sensitivity-likelihood = The likelihood of whole persons to a power is no model that could be fitted, so where its weights are not reliable there is no number.
sensitivity-not-varied = Not varied:
# Why something could not be varied.
sensitivity-not = { $reason ->
    [no-range] { $name }: no range of levels is stated for the fitted days
    [no-jump] { $name }: its levels drift and do not jump on a day
    [no-eras] no theme of the covariates has eras in the dataset
    [other-use] { $name }: it is a covariate, too, so that moving its levels would change two things
    [not-of-model] priors { $name }: they name none of the model's priors
   *[cannot] origin { $name } cannot be left out: { $why }
  }
sensitivity-failures = These gave no number:
# A change that gave no number, with the seed of its refit where there was one.
sensitivity-failed = { $subject }, { $change }: { $reason }{ $fitted ->
    [yes] { " " }(seed { $seed })
   *[no] { "" }
  }
sensitivity-reason = { $reason ->
    [checks] the refit failed its checks
    [weights] the weights are not reliable
   *[other] { $text }
  }
sensitivity-alt = { $quantity }, base { $base }; { $numbers }
# Within an alternative text: what is changed, and the lowest and the highest value.
sensitivity-alt-row = { $subject } { $low } to { $high }
sensitivity-caption = { $first } and { $second } for { $group }, { $before } to { $after }, under each change: the { $number } subjects that move the first most. A mark is one change, its thin line the central 90% interval of its Monte Carlo error; the bar reaches from the base (dashed) to the farthest. Posterior probability, and posterior median of a ratio.
sensitivity-axis = { $quantity }, { $before } to { $after }
sensitivity-base = base
sensitivity-table = The headline under each change; ratios are medians with 90% intervals
sensitivity-table-powers = Sensitivity to priors and likelihood, and { $event } at either power
sensitivity-folded = { $number ->
    [one] The one change
   *[other] All { $number } changes
  }
sensitivity-folded-powers = { $number ->
    [one] The one prior
   *[other] All { $number } components
  }
# Which end of the values under all changes of one subject.
sensitivity-end = { $end ->
    [low] lowest
   *[high] highest
  }
