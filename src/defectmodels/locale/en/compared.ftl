# The page of several fits side by side. $fit, $first, $second, $best are names of fits; $group is whom the answers are about; $before and $after are spans.
compared-page = { $number } fits: { $group }, { $before } and { $after }
# What tells fits of one model apart.
compared-day = as of { $day }
compared-seed = seed { $seed }
compared-number = no. { $number }
compared-rule = Two fits contradict each other in a quantity when one gives its rise a probability of { $sure } or more and the other its fall, each clear of that bound by two Monte Carlo errors. Else their answers are apart when the central { $width } intervals of the two ratios have no number in common. Fits that share evidence are not independent and their draws are not paired, so that no probability of a difference is given; fits between which the rule finds nothing may still differ.
compared-title = { $what ->
    [share] Share: { $group }
    [count] Count: { $group }
   *[total] All arrivals
  }
compared-quantity = { $what ->
    [share] share
    [count] count
   *[total] total
  }
compared-panel = { $title }, { $after } over { $before }
compared-alt = { $title }, { $after } over { $before }. { $numbers }
compared-axis = ratio (log axis)
compared-caption = { $after } over { $before } by fit, log axis: median (mark) and central { $width } interval (bar) of the ratio; 1 is no change.
compared-withheld = withheld
compared-both = Probability that the share rose and the count did not: { $numbers }.
compared-note = Median and central { $width } interval. Groups are matched by name: who is counted as { $group } is what each model says.
compared-answers = Answers
compared-too-few = Fewer than two fits passed their checks; nothing is compared ({ $group }, { $before } and { $after }).
# $quantities lists quantities; $number counts fits.
compared-alike = No two of { $number } fits give answers that differ by the rule below: { $quantities } of { $group }, { $before } and { $after }.
compared-differ = { $answers ->
    [one] { $answers } answer
   *[other] { $answers } answers
  } of { $number } fits differ by the rule below: { $group }, { $before } and { $after }.
compared-difference = { $what ->
    [share] share
    [count] count
   *[total] total
  }, { $kind ->
    [contradict] contrary directions
   *[apart] intervals apart
  }. { $first }. { $second }.
# One fit's answer; $chance is written like P(share up) = 0.9.
compared-side = { $fit }: { $chance }, ratio { $ratio }
compared-differences = Where they differ
compared-none = The rule finds none.
# $gap and $error are a difference in elpd and its standard error.
compared-better = Of { $rows } rows, each predicted from the others, { $best } predicts better than { $second } (difference in elpd { $gap }, standard error { $error }).
compared-no-better = None of the fits predicts { $rows } rows clearly better: { $best } before { $second } by less than { $small } or { $clear } standard errors (difference in elpd { $gap }, standard error { $error }).
# $ids are the first of the rows.
compared-unreliable = Not reliable for { $fit }: { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
  } with a Pareto k above { $limit } ({ $ids }). Differences and weights may be off; fit again without these rows before a model is chosen by them.
compared-column = { $column ->
    [fit] fit
    [elpd] elpd
    [se] standard error
    [p] effective parameters
    [difference] difference
    [dse] its standard error
    [weight] stacking weight
    [model] model
    [dataset] dataset
    [day] statements as of
    [rows] rows
    [seed] seed
    [checks] checks
    [bad] what does not pass
    [model-digest] SHA-256 of the model
   *[dataset-digest] SHA-256 of dataset and series
  }
compared-high = rows with k above { $limit }
compared-loo-table = Leave-one-out over { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
  }, best first
compared-loo-note = Expected log predictive density (elpd) of each row of evidence given all others, by Pareto smoothed importance sampling, and stacking weights: those with which a mixture of the fits predicts the rows best. It says which model predicts published rows, not which answer is true. Only fits of the same rows of the same evidence are compared.
compared-no-loo = No two fits that may be quoted are of the same rows.
compared-apart = { $fit } is { $why }.
compared-not-comparable = Not comparable with { $fit } by leave-one-out:
compared-loo = Which predicts the evidence better
# Why leave-one-out of two fits cannot be compared; behind "is".
compared-other-dataset = of another dataset: { $dataset }
compared-other-day = of evidence as of another day: { $day }
compared-no-day = of evidence as of another day: all that is known
compared-other-version = of another version of the dataset
compared-other-rows = of other rows, or of rows counted otherwise: { $first } only in the first, { $this } only in this one
compared-other-cut = of rows counted apart otherwise
compared-all = all
compared-verdict = { $verdict ->
    [pass] pass
    [warn] warn
   *[fail] fail
  }
compared-fits-table = The fits and their checks
compared-digests = Digests
compared-fits = The fits
compared-failed = Checks failed: { $fits }. Numbers of such a fit are withheld.
compared-warned = Checks warn: { $fits }. Quote these together with the warnings.
compared-last = The last section says what does not pass.
compared-notice = { $state ->
    [fail] Withheld
   *[warn] Quote with care
  }
