# Names in the equations.
equation-name = { $name ->
    [baseline] baseline
    [chance] chance
    [effect] effect
    [expected] expected
    [exposure] exposure
    [factor] factor
    [pooled] pooled
    [rate] rate
    [published] published
    [readings] readings
    [reliability] reliability
    [scale] scale
    [season] season
    [spread] spread
    [trend] trend
    [true] true
    [walk] walk
   *[years] years
  }
equation-rate = log of the rate of group g in { $every ->
    [year] year
    [quarter] quarter
   *[month] month
  } t: { $groups }
equation-expected = expected arrivals: rate times the length of the period in years
# $exposures lists the series of each group.
equation-exposed = expected arrivals: persons at risk times length of the period times rate ({ $exposures }); where the number at risk is uncertain, it is the stated one times a factor with a prior
equation-exposure-of = { $group }: { $series }
equation-shared = effects on several groups are drawn towards each other: { $series }
equation-alone = effects on a single group have the prior itself: { $series }
equation-trend = the trend is a random walk with a step every { $every ->
    [year] year
    [quarter] quarter
   *[month] month
  }, straight between steps, its mean taken off; its steps' variance is scale² times their length in years
# $scaled: whether a definition has a factor of its own.
equation-mean = { $scaled ->
    [yes] mean of row r: expected arrivals of its groups on its days; a definition that counts other persons has a factor of its own, the others have 1
   *[no] mean of row r: expected arrivals of its groups on its days
  }
# What is published differs from who came; $errors lists them in their order.
equation-published = what statements count: the expected arrivals after the errors of what is published, one after the other: { $errors }. W holds the probability that one of h is published as one of g, and entries of no person
equation-error = { $kind ->
    [undercount] persons left out
    [overcount] entries of no person
    [misclassification] persons called by another group's name
   *[revision] totals still to be revised
  } ({ $of ->
    [some] { $groups }
   *[all] all groups
  }; { $when ->
    [some] { $spans }
   *[all] all periods
  }{ $under ->
    [some] ; only under { $definitions }
   *[all] { "" }
  })
equation-poisson = count of a row
equation-negative-binomial = count of a row: negative binomial of mean μ; cv is the scatter of a period beyond chance, common to the groups, and n the number of independent periods in the row
equation-nested = count of a row whose persons are among those of one published total p: binomial given the total, so that what scatters all groups together cancels; μ of the row holds its definition's factor
equation-joint = rows counted jointly, given the counts N: a row is true with the reliability of its grade g (1 without one), and competing readings are equally likely; else it says nothing and has its prior probability, chance. The counts are summed out: binomial given the published totals, and drawn as above on days without a total
