# Section Reporting guidelines. What is not done begins with "Not done:" and says why.
barg-heading = Reporting guidelines
barg-what = How this report meets the Bayesian analysis reporting guidelines (BARG; Kruschke 2021, Nature Human Behaviour 5, 1282–1291, doi:10.1038/s41562-021-01177-7), item by item. What is said of an item is read off this fit.
barg-list = Items and letters of the preamble and of steps 1 to 5 are those of the guidelines, in short; step 6 is followed by its subjects, whose letters could not be compared with the article.
barg-table = The guidelines, item by item
barg-column-item = item
barg-column-asked = asked for
barg-column-here = in this report
barg-column-where = where
# Step 0 is the preamble.
barg-place = { $step ->
    [0] Preamble { $letter }
   *[other] { $step }{ $letter ->
        [none] {""}
       *[other] .{ $letter }
      }
  }
# Items, as the guidelines call them.
barg-asks-why = Why Bayesian
barg-asks-goals = Goals of the analysis
barg-asks-data = Data variables
barg-asks-likelihood = Likelihood function and parameters
barg-asks-prior = Prior distribution
barg-asks-formal = Formal specification
barg-asks-prior-check = Prior predictive check
barg-asks-software = Software
barg-asks-convergence = MCMC chain convergence
barg-asks-resolution = MCMC chain resolution
barg-asks-other = If not MCMC
barg-asks-predictive = Posterior predictive check
barg-asks-summary = Summarize posterior of variables
barg-asks-factors = BF (Bayes factor) and posterior model probabilities
barg-asks-decisions = Why decisions?
barg-asks-loss = Loss function
barg-asks-region = ROPE limits (region of practical equivalence)
barg-asks-threshold = Decision threshold and model probabilities
barg-asks-estimates = Estimated values too
barg-asks-broad = Sensitivity: for broad priors
barg-asks-informed = Sensitivity: for informed priors
barg-asks-default = Sensitivity: for default priors
barg-asks-factor-priors = Sensitivity: Bayes factors and model probabilities
barg-asks-decision-priors = Sensitivity: decisions
barg-asks-installed = Reproducible: software and installation
barg-asks-script = Reproducible: script and data
barg-asks-seed = Reproducible: seed of the draws
barg-asks-readable = Reproducible: readable for humans
barg-asks-saved = Reproducible: draws kept
barg-asks-posted = Reproducible: posted
# What the fit says to each.
barg-why = { $rows ->
    [one] { $rows } statement is used
   *[other] { $rows } statements are used
  }, of which { $open ->
    [one] { $open } allows several numbers or compares counts
   *[other] { $open } allow several numbers or compare counts
  } and { $doubted ->
    [one] { $doubted } is doubted
   *[other] { $doubted } are doubted
  }. One posterior takes each at what it says, and gives every answer a probability.
# $spans is empty where nothing is compared.
barg-goals = { $compared ->
    [yes] To estimate how { $group } arrivals changed: { $spans }.
   *[no] To estimate arrivals and their rates; the model names no comparison.
  }{ $claims ->
    [0] {""}
    [one] {" "}One claim is put to the fit.
   *[other] {" "}{ $claims } claims are put to the fit.
  }
barg-pair = { $first } to { $last }
barg-data = Predicted: arrivals of { $groups } by { $every ->
    [year] year
    [quarter] quarter
   *[month] month
  }, { $first } to { $last }, of which { $rows ->
    [one] { $rows } row tells
   *[other] { $rows } rows tell
  }. Predictors: { $predictors ->
    [0] none
   *[other] { $series }
  }. Persons at risk: { $exposed ->
    [no] not named
   *[yes] { $exposures }
  }.
barg-likelihood = Counts are { $scatter ->
    [yes] negative binomial
   *[no] Poisson
  }: { $direct ->
    [one] { $direct } row
   *[other] { $direct } rows
  } counted directly, { $nested ->
    [one] { $nested } row
   *[other] { $nested } rows
  } within published totals, { $joint ->
    [one] { $joint } row
   *[other] { $joint } rows
  } jointly, with their counts summed out. Of interest: rates, expected arrivals{ $several ->
    [yes] , shares, effects
   *[no] , effects
  }. Ancillary: { $ancillaries ->
    [0] nothing
   *[other] { $ancillary }
  }. { $pooled ->
    [0] No effect is pooled between groups.
    [one] The effect of { $pooled } series is pooled between groups.
   *[other] The effects of { $pooled } series are pooled between groups.
  }
barg-ancillary = { $what ->
    [exposure] persons at risk over those stated
    [season] season
    [trend] trend
    [scatter] scatter beyond chance
    [factor] factors of definitions
    [errors] parameters of errors of what is published
   *[reliability] reliabilities of grades
  }
barg-prior = { $priors ->
    [one] { $priors } prior
   *[other] { $priors } priors
  }, each with its median, { $width } range and reason.
barg-formal = { $equations ->
    [one] { $equations } equation
   *[other] { $equations } equations
  }; the file of the model is told by its SHA-256, which begins { $digest }.
barg-prior-check = In { $inside } of { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
  } what was published meets the prior predictive { $width } interval.
barg-prior-unchecked = Not done: every row compares counts, so that none has a number to compare with.
barg-software = { $versions }; sampler { $sampler }.
# $name is a quantity, $chains and $draws are of the posterior, $all is their product.
barg-convergence = { $quantities ->
    [one] { $quantities } quoted quantity or parameter
   *[other] { $quantities } quoted quantities and parameters
  }: largest R-hat { $value } ({ $name }), of { $chains } chains with { $draws } draws each; { $diverging } of { $all } draws diverged.
barg-one-chain = Not done: one chain cannot show whether chains agree. It has { $draws } draws, of which { $diverging } diverged.
barg-resolution = Smallest effective sample size of the centre { $bulk } ({ $bulk_name }), of the tails { $tail } ({ $tail_name }); largest Monte Carlo error of a quoted quantity { $error } of its standard deviation ({ $error_name }).
barg-still = Not done: nothing that is quoted varies between draws.
barg-other = Not done: the posterior was drawn by MCMC ({ $sampler }).
barg-predictive = Prediction, PIT and tail probability of { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
  }{ $known ->
    [yes] : { $found }.
   *[no] .
  }
barg-summary = Medians and central { $width } intervals of { $quantities ->
    [one] { $quantities } quoted number
   *[other] { $quantities } quoted numbers
  }{ $compared ->
    [yes] . { $chances }.
   *[no] .
  }
barg-chances = { $first } to { $last }: { $chances }
barg-withheld = Not done: the fit failed its checks, and no number of its answers may be quoted.
barg-factors = Not done: one model was fitted and none is weighed against another, so that no model has a posterior probability.{ $directions ->
    [0] {""}
   *[other] {" "}The only Bayes factors are of directions, whose odds before and after the evidence the checks compare.
  }
barg-decisions = { $pairs ->
    [0] No direction is asked for
    [one] The directions of { $pairs } comparison are stated or called open
   *[other] The directions of { $pairs } comparisons are stated or called open
  }; { $claims ->
    [0] no claim is put to the fit
   *[other] of { $claims } claims: supported { $supported }, not supported { $unsupported }, cannot tell { $open }, without an answer { $unanswered }
  }. Readers ask for words; each follows from a probability by a rule that stands beside it.
barg-undecided = Not done: the model names no comparison, and no claim is put to the fit.
barg-loss = Not done: no costs of a wrong answer are given; what is said follows from probabilities alone.
barg-region = { $regions } of { $claims } claims name a region of practical equivalence or a range, whose ends stand with the answer; its probability has to reach { $sure }. Directions have no region.
barg-no-region = Not done: no claim is put to the fit, and directions have no region.
barg-threshold = Not done: no decision rests on a Bayes factor or on the probability of a model. A direction needs a posterior probability of { $direction } as printed, a claim one of { $claim } by two Monte Carlo errors.
barg-estimates = { $pairs ->
    [0] No direction is asked for
   *[other] Every direction stands beside medians and intervals of both spans
  }; { $claims ->
    [0] no claim is put to the fit
   *[other] { $estimated } of { $claims } claims stand beside an estimate, the others have no answer
  }.
barg-broad = Contraction from prior to posterior of { $numbers ->
    [one] { $numbers } number
   *[other] { $numbers } numbers
  } of the verdict: { $value } at least ({ $name }); at 0 the prior answers, at 1 the evidence. The fit was not repeated with other priors.
barg-not-contracted = Not done: what the evidence adds to the prior is known of no number of a verdict.
barg-informed = Not done: a fit has one set of priors, and this one was not repeated with others. To do: change a prior in a copy of the model file, fit again, and set both beside each other with 'defectmodels compare'.
barg-default = Not done: no prior is a default; each of { $priors } is written with its reason in the file of the model or of a series.
barg-factor-priors = Not done: no decision rests on a Bayes factor or on the probability of a model.
barg-decision-priors = To the evidence: each of { $origins } origins is left out in turn, and the audit says how far the verdict's probabilities move. To the priors: not done, see 5.B.
barg-installed = defectmodels { $version } on Python { $python } with { $others ->
    [one] { $others } further package
   *[other] { $others } further packages
  } of stated versions; the package's README says how to install it.
barg-script = Two commands make the fit and this report again. The fit file holds model, statements and series; their SHA-256 begin { $model } (model) and { $dataset } (statements and series).
barg-seed = Random seed { $seed }; the same files, versions, settings and seed give the same draws.
barg-readable = Model, statements and series are text files. { $priors } priors have a reason; { $sourced } of { $statements } statements name a source.
barg-saved = The fit file holds all { $draws } draws, those of the prior and the predictions.
barg-posted = Not done: where the fit, its files and this report are published is not known to the fit.
