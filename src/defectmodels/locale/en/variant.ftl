# Choices that could have been made otherwise: the questions, the answers in a few words, and what each does.
variant-axis = { $axis ->
    [likelihood] likelihood
    [trend] trend
    [coding] coding of covariates
    [pooling] effects across groups
    [readings] readings
    [definitions] definitions
   *[periods] period axis
  }
variant-label = { $choice ->
    [poisson] Poisson
    [no-trend] no trend
    [eras] steps of eras
    [one-index] one index alone
    [separate] separate
    [equal] equal
    [narrow] narrow
    [wide] wide
    [strict] strict
    [alike] all alike
    [yearly] years
    [by-halves] half-years
   *[shipped] model file
  }
variant-sentence = { $choice ->
    [poisson] Persons arrive independently of each other: no frailty.
    [no-trend] No trend.
    [eras] A step for each era in place of the covariates of a theme whose eras the dataset names; its prior has no direction and is as wide as the widest of theirs.
    [one-index] One covariate alone: the first that acts on every group, a closure where there is one.
    [separate] Each group has an effect of its own of every covariate, with the prior that their mean had.
    [equal] A covariate acts alike on all groups on which it acts.
    [narrow] Words such as "about" are read half as wide.
    [wide] Words such as "about" are read twice as wide.
    [strict] Only definitions that count the groups themselves are used.
    [alike] Every definition has the rate of the groups, and counts persons of its own.
    [yearly] Periods are years, without a season.
    [by-halves] Periods are half-years.
   *[shipped] As the model file says.
  }
# Why a choice cannot be made.
variant-impossible = { $reason ->
    [no-covariates] the model has no covariates
    [no-frailty] the model has no frailty
    [no-trend] the model has no trend
    [no-eras] no theme of the covariates has eras in the dataset
    [one-covariate] the model has one covariate
    [not-shared] no covariate acts on two groups or more
    [no-reading] no statement is read as "about"
    [not-scaled] every definition counts the groups themselves
    [yearly] the periods are years already
   *[no-halves] a model file has years, quarters or months
  }
