# What a number rests on: priors and evidence.
# A prior of the model file, or of what is drawn around other quantities. $kind is what it is of, $of a group,
# a series, a definition, a grade or an error; empty where a model has one at most.
rest-prior = { $kind ->
    [baseline] the baseline of { $of }
    [exposure] the persons at risk, { $of }
    [effect] the effect of { $of }
    [spread] how far effects differ between groups
    [pooling] the pooling of the effect of { $of } over groups
    [season] the season
    [trend] the size of the trend
    [steps] the smoothness of the trend of { $of }
    [frailty] the frailty
    [factor] the factor of { $of }
    [share] the share of { $of }
    [error] the error of what is published, { $of }
   *[reliability] the reliability of grade { $of ->
        [high] high
        [medium] medium
       *[low] low
      }
  }
# $priors is a list of `rest-prior`, $share a percentage, $origin who said the rows.
rest-driven = { $number } is driven by the prior on { $priors }: priors supply { $share } of its precision
rest-evidence = { $number } rests on evidence and priors: priors supply { $share } of its precision, most of it the prior on { $priors }; the evidence of { $origin } moves it most
rest-none = { $number } is a probability: the evidence that moves it is known, but it has no precision that could be shared out
# An origin, and how far its rows move a number, in standard deviations with a sign.
rest-mover = { $origin } ({ $pull })
