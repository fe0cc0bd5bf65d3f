# Checks of a fit: names, what was found, and what to do; then the section Checks.
# Names. They stand in docs/checks.md too.
check-name-chains = chains agree
check-name-draws = enough draws, { $part ->
    [centre] centre
   *[tails] tails
  }
check-name-error = Monte Carlo error
check-name-divergences = divergences
check-name-energy = energy
check-name-coverage = coverage
check-name-calibration = calibration
check-name-misfit = largest misfit
check-name-identification = identification
check-name-direction = direction
check-name-prior = prior and evidence
check-name-repeated = repeated rows
check-name-spans = spans compared
check-name-loo = leave-one-out
# What was found. $value is a number as printed, $limit where a check begins to warn, $name a quantity.
check-chains = largest R-hat { $value } ({ $name }); at most { $limit }
check-one-chain = one chain cannot show whether chains agree
check-draws = smallest effective sample size of the { $part ->
    [centre] centre
   *[tails] tails
  } { $value } ({ $name }); at least { $limit }
check-error = largest Monte Carlo error of a quoted quantity { $value } of its standard deviation ({ $name }); at most { $limit }
check-divergences = { $number } of { $draws } draws diverged; none should
check-energy = smallest fraction of missing information { $value }; at least { $limit }
check-coverage = { $inside } of { $rows } rows lie in their central 90% interval; a true model gives so few or fewer with probability { $chance }
check-calibration = { $outside } of rows lie outside their central 50% interval; a true model gives so many or more with probability { $chance }
# $tail is a probability, $product that probability times the number of rows.
check-misfit = row { $row } is the least expected: tail probability { $tail }, times { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
  } { $product }
check-misfit-open = row { $row } is the least expected: tail probability { $tail }, times { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
  } { $product }; its Monte Carlo error leaves open whether that is under { $limit }
# $driven is yes where the prior answers; $others is how many more are low, and $also lists some.
check-contraction = least contraction of a quoted quantity { $value } ({ $name }); at least { $limit }{ $driven ->
    [yes] : driven by the prior on { $name }
   *[no] {""}
  }{ $others ->
    [0] {""}
   *[other] ; also low: { $also }
  }
check-direction = { $name } is { $prior } before and { $posterior } after the evidence, which multiplies the odds of its direction by { $factor }; at least { $limit }
check-direction-none = no direction is stated that the prior could carry
check-surprise = the posterior median of { $name } lies { $value } standard deviations of its prior from the prior's; at most { $limit }
# Two statements by their ids.
check-twice = { $one } says what { $other } says
check-never-twice = no statement of one origin stands in the evidence twice
check-bare = nothing that counts { $group } was published of: { $spans }
check-covered = each span that is compared has a row that counts persons in it
check-loo-none = { $number } of { $rows } rows have a Pareto k above { $limit }
check-loo-some = { $number } of { $rows } rows have a Pareto k above { $limit } ({ $named }): leaving them out is not reliable
check-loo-missing = { $number } of { $rows } rows have a Pareto k above { $limit } or none that is a number ({ $named }): leaving them out is not reliable
# What to do.
check-do-longer = run longer: more draws and more tuning, or another seed; then look at the quantity named
check-do-chains = fit with 2 chains or more; 4 is the default
check-do-divergences = a corner of the posterior may be missed: more tuning, or a tighter prior of the scales
check-do-energy = heavy tails: look at the scales' priors
check-do-misfit = the model does not produce what was published: look at the rows that misfit, add a term or a frailty
check-do-identification = do not quote it as a finding: add evidence on the spans compared, compare spans that have some, or state the prior as the reason; a wider prior does not inform
check-do-prior = look for a misread unit, a transposed group or shifted dates in the rows; if they are right, the prior or the model's form is wrong
check-do-repeated = keep one of them: give the other the status copy or variant, or its own origin
check-do-spans = compare spans that have evidence, or add it; without any, prior and trend give the answer
check-do-loo = do not compare models by LOO without refits; what the fit says is not touched
# The section.
check-heading = Checks
check-worst = { $verdict ->
    [pass] All checks that concern quoting passed.
    [warn] Some checks warn; none failed.
   *[fail] A check failed.
  }
check-table = The checks
check-column-verdict = verdict
check-column-remedy = remedy
check-verdict = { $verdict ->
    [pass] ✓ pass
    [warn] ! warn
   *[fail] ✗ fail
  }
# $counts is a list of numbers of rows, one for each bin.
check-pit-alt = Histogram of { $rows } PIT values in { $bins } bins: { $counts } rows; a calibrated fit has { $low } to { $high } in 9 of 10 bins.
check-pit-title = Calibration
check-pit-axis = PIT of the row
check-pit-band = 90% of bins if calibrated
check-rows = rows
# $sizes is a list of the next.
check-rootogram-alt = Rows by size of count, published and predicted: { $sizes }
check-rootogram-size = { $size }: { $found } against { $predicted }
check-rootogram-title = Rootogram of exact rows
check-rootogram-persons = persons in the row
check-rootogram-rows = rows (square-root axis)
check-rootogram-published = published
check-rootogram-predicted = predicted, median and 90%
check-loo-alt = Pareto k of { $rows } rows: largest { $largest }; { $high } above { $limit }{ $missing ->
    [0] {""}
   *[other] , { $missing } not known
  }.
check-loo-title = Leave one row out
check-loo-k = Pareto k
check-loo-above = above { $limit }
check-loo-axis = row, in the order of the table of all rows
# In the figure of the audit.
check-with-all = with all rows
check-without = without the rows of this origin
check-caption = Left to right, where there are rows enough. PIT: randomised predictive probability of each row, no unit; flat if the fit predicts as widely as it should, band: 90% of bins. Rootogram: number of exact rows by persons in the row, square-root axis, predictive median and central { $width } interval. Pareto k: above { $limit } the leave-one-out value of a row is not trusted.
check-few-rows = There are too few rows for figures of calibration.
check-misfits = The { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
  } that the fit predicts worst, by two-sided tail probability
check-every-row = Every row: prediction and leave-one-out
check-every-row-folded = All { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
  }, leave-one-out included
check-column-tail = tail probability
check-sampling = Sampling of what is quoted
check-sampling-worst = Sampling of what is quoted: the { $number } of fewest effective draws (ESS)
check-sampling-folded = All { $number ->
    [one] { $number } quoted number
   *[other] { $number } quoted numbers
  }
check-column-bulk = bulk ESS
check-column-tails = tail ESS
check-column-error = MCSE over SD
check-informed = What the verdict's numbers rest on: contraction, 1 - (width / prior width)^2; the share of a number's precision that priors supply, and the priors that supply most of it; the evidence that moves it most, with how many of its standard deviations each origin pulls it up (+) or down (−); of an event, its probability
check-informed-folded = What is data in them
check-column-contraction = contraction
check-column-share = prior share
check-column-priors = priors
check-column-movers = moved most by
check-chances = The verdict's probabilities before and after the evidence
check-chances-folded = What the prior alone answers
check-column-event = event
check-column-before = before
check-column-after = after
check-loo-limit = at most { $limit }
# The table of the figures of calibration.
check-figure-table = Calibration, sizes of rows, and leaving rows out
check-figure-column = { $column ->
    [figure] figure
    [place] PIT, persons or row
    [found] rows, or Pareto k
   *[wanted] expected
  }
# What the precision of a number of the verdict comes from; $priors is a list of `rest-prior`, $others how many
# more numbers are driven.
check-name-rests = prior share
check-rests = priors supply at most { $value } of the precision of a number of the verdict ({ $name }, most of it the prior on { $priors }); at most { $limit }{ $driven ->
    [yes] : driven by the prior on { $priors }
   *[no] {""}
  }{ $others ->
    [0] {""}
    [one] ; so is another number
   *[other] ; so are { $others } more
  }
check-do-rests = say the prior together with the number, or add evidence that tells it apart: 'defectmodels check --rests' and the report list what each number rests on
