calibration-title = Calibration
# $given is yes where parameters were drawn from the posterior given the data.
calibration-worlds = { $given ->
    [yes] { $worlds } worlds were drawn from the posterior given the data: parameters, persons, and what would have been published of them. The model was fitted to the data and those statements together.
   *[no] { $worlds } worlds were drawn from the model's prior: parameters, persons, and what would have been published of them. The model was fitted to those statements.
  } Under a right posterior the true value is as probable in one place among the draws as in any other, so its rank among them is uniform.
# $p is the probability of ranks as far from uniform; $chance that of one so small among $number of them, at most.
calibration-uniform = { $fine ->
    [yes] The ranks do not refute it: of { $number } parameters, quoted quantities and events the ranks farthest from uniform are those of { $quantity } (p = { $p }); one as small among so many has a probability of up to { $chance }.
   *[no] The ranks are not uniform: those of { $quantity } have p = { $p }, and one as small among { $number } parameters, quoted quantities and events has a probability of { $chance } at most.
  }
calibration-covered = The 90% intervals of { $number ->
    [one] { $number } headline quantity
   *[other] { $number } headline quantities
  } hold the true value in { $least } to { $most } of the worlds; the Monte Carlo error of each is { $error }.
calibration-failed = { $worlds ->
    [one] { $worlds } world could not be fitted and has no ranks
   *[other] { $worlds } worlds could not be fitted and have no ranks
  }: { $first }{ $worlds ->
    [one] .
    [2] .
    [3] .
   *[other] , and others.
  }
calibration-seed = { $key } (seed { $seed }: { $reason })
calibration-thin = { $fits ->
    [one] { $fits } fit
   *[other] { $fits } fits
  } diverged in more than { $limit } of the draws or had fewer than { $draws } effective draws; they are in all numbers.
calibration-near = { $tries } worlds were drawn for these: those in which the published comparisons would not have been said, or whose published numbers are not within a factor of { $factor } of the data's, were drawn again. That depends on what is published alone, so it leaves the ranks uniform.
calibration-any = { $tries } worlds were drawn for these: those in which the published comparisons would not have been said were drawn again. That depends on what is published alone, so it leaves the ranks uniform.
calibration-contrast = { $what ->
    [share] share of { $group }, { $scenario } less what was, { $span }
    [all] all groups, { $scenario } less what was, { $span }
   *[group] { $group }, { $scenario } less what was, { $span }
  }
calibration-event = { $event ->
    [share] P(share up)
    [count] P(count up)
    [total] P(total up)
    [both] P(share up, count up)
    [share-only] P(share up, count not)
    [count-only] P(count up, share not)
   *[neither] P(neither share nor count up)
  }, { $group }, { $before } to { $after }
calibration-column = { $column ->
    [worlds] worlds
    [event] event
    [said] mean probability
    [was] was so
    [error] error
    [at] probability
    [ecdf] share of ranks below
    [band] band
    [bin] probability from, to
   *[n] worlds
  }
calibration-table = Headline quantities: worlds in which the central interval holds the true value, and p of uniform ranks
calibration-every = Every parameter and quantity
calibration-every-folded = All { $number } parameters and quantities
calibration-events = Events: how often they were said to be so, and were
calibration-panel = share of ranks below, less uniform
calibration-axis = rank, as a probability
calibration-ecdf-caption = Ranks of the true value of headline quantities: their cumulative share less that of uniform ranks, no unit. Line: { $worlds } worlds; shaded: simultaneous { $width } band of uniform ranks. A curve below the band: true values lie above the draws; one first above and then below it: intervals are too narrow.
calibration-ecdf-alt = { $quantity }: { $inside ->
    [yes] the line stays within the band
   *[no] the line leaves the band
  }; largest distance from uniform { $most }, p = { $p }
calibration-ecdf-table = Ranks of headline quantities
calibration-reliable-title = { $event }
calibration-reliable-axis = posterior probability
calibration-reliable-panel = share of worlds in which it was so
calibration-reliable-caption = Posterior probability of an event and share of worlds in which it was so, no unit, in bins of probability. Dots: bins, their area by the number of worlds; lines: central 90% interval under calibration; dashed: said as often as it was so.
calibration-reliable-alt = { $event }, by bins of probability: { $bins }
calibration-reliable-bin = said { $said }, was so { $was } ({ $n } worlds)
calibration-reliable-table = Events by bins of probability
calibration-moved = { $what ->
    [model] the model
    [data] the form of the data
   *[code] the code of density, counting and simulation
  }
calibration-certificate = Calibration of this model was certified on { $day } with { $worlds } worlds drawn from { $given ->
    [yes] the posterior given the data
   *[no] the prior
  }{ $lost ->
    [0] {""}
   *[other] , besides { $lost } that could not be fitted
  }: { $fine ->
    [yes] the ranks are uniform as far as can be told
   *[no] the ranks are not uniform
  } (smallest p = { $p } among { $number }, of { $quantity }){ $covered ->
    [yes] , and the 90% intervals of the headline hold the true value in { $least } to { $most } of the worlds.
   *[no] .
  }
calibration-stale = { $told } The certificate is stale: { $moved } has changed since.
calibration-no-certificate = There is no certificate of calibration for this model and these data.
