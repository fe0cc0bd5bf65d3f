audit-heading = Evidence audit
# What a statement says; $label is whom it counts.
audit-says = { $label }, { $span }: { $says }
audit-says-source = { $says } ({ $source })
audit-grade = grade { $grade ->
    [high] high
    [medium] medium
   *[low] low
  }
audit-truth = Truth is the posterior probability that a statement is true of the realised counts, in one of its readings, given everything else that the fit uses; beside it stands how probable it was beforehand. { $doubted ->
    [one] { $doubted } statement
   *[other] { $doubted } statements
  } may be untrue; { $certain ->
    [one] { $certain } without a grade that the model doubts is
   *[other] { $certain } without a grade that the model doubts are
  } taken as true.
audit-untrue = More probably untrue than true: { $statements }.
# $events lists events as P(...); $several is yes where there is more than one.
audit-influence = Influence is how far the headline moves when all rows of one origin are missing and everything else is as it was: { $several ->
    [yes] the largest change among { $events }
   *[no] the change of { $events }
  }, { $before } to { $after }. It is worked out from the draws of this fit by importance weights (Pareto smoothed).
# $number and $all count origins.
audit-unknown = { $number } of { $all } origins cannot be left out by weights (Pareto k above { $limit }, or another row is counted given one of theirs): { $origins }. Their influence is not known until the model is fitted again without them; in the tables they stand where the unreliable weights would put them, or first. This fits it again:
audit-not-left-out = These cannot be left out at all:
audit-withheld = What rests on which origin is withheld: the fit failed its checks.
audit-no-headline = The model names no comparison and has fewer than two whole years; nothing rests on it.
# What P(...) is of, in the headline.
audit-event = { $event ->
    [share_up] share up
    [count_up] count up
   *[both] share up, count not
  }
audit-alt = { $event } with all rows { $whole }; without { $numbers }
audit-axis = { $event }, { $before } to { $after }
audit-caption = { $event } for { $group }, { $before } to { $after }, without the rows of one origin: the { $number } most influential of those that are known. Posterior probability, no unit; by importance weights from the draws of this fit. Thick line: central 90% interval of the Monte Carlo error; dashed: with all rows.
# The first ids of a list, already joined with commas, and how many more there are.
audit-more = { $first } and { $more } more
audit-column = { $column ->
    [id] id
    [origin] origin
    [rows] rows
    [influence] influence
    [how] how
    [says] says
    [chance] chance
    [true] true
   *[k] Pareto k
  }
# How the headline without an origin was worked out.
audit-how = { $how ->
    [weights] weights
    [refit] refit
    [refit-needed] refit needed
    [refit-failed] refit failed
    [cannot-be-left-out] cannot be left out
    [withheld] withheld
   *[none] none
  }
audit-not-known = not known
audit-taken = taken as true
audit-origins = Origins by influence on the headline, and the headline without them
audit-origins-first = Origins by influence on the headline, and the headline without them: the first { $number }
audit-origins-folded = All { $number ->
    [one] { $number } origin
   *[other] { $number } origins
  }
audit-statements = Statements by influence of their origin
audit-statements-first = Statements that may be untrue, by influence of their origin: the first { $number }
audit-statements-folded = All { $number ->
    [one] { $number } statement
   *[other] { $number } statements
  }
# Lines of the command line.
audit-remark-withheld = headline withheld: checks failed; see defectmodels check
audit-remark-none = the model has no headline, so nothing can rest on an origin
audit-remark = { $origin }: { $how }: { $reason }
audit-many = The evidence has { $number } origins. Leaving out each of more than { $most } takes minutes, so the report does not; this command does:
