# The quantity behind a claim, and what is assumed. $group, $of and $than are names of groups; $span, $before, $after and $against are spans or eras.
answer-span = { $first }..{ $last }
answer-whose = { $group ->
    [all] all arrivals
   *[other] { $group } arrivals
  }
answer-change = { $what ->
    [share] { $group } share of arrivals
   *[count] { $whose }{ $measure ->
        [expected] {" "}a year
       *[realised] {""}
      }
  } ({ $measure ->
    [expected] expected
   *[realised] realised
  }), { $after } over { $before }
answer-number = persons counted as { $definition }, { $span }
answer-counts = persons counted as { $definition }, { $span } less { $reading ->
    [largest] the largest of { $against }'s whole years, { $first } to { $last }
    [smallest] the smallest of { $against }'s whole years, { $first } to { $last }
   *[all] { $against }
  }
answer-part = part of the { $way ->
    [rise] rise
   *[fall] fall
  } of { $what ->
    [total] all arrivals
    [share] the { $group } share
   *[count] the { $group } count
  } from { $before } to { $after }: { $part }
answer-turned = draws without such a { $way ->
    [rise] rise
   *[fall] fall
  } count against the claim
answer-factual = as it was
answer-scenario = { $whose } (expected) in { $span }, { $one } over { $other }
answer-scenario-groups = { $what }, for { $of } over that for { $than }
answer-beyond = { $scenario }: { $reach }
answer-unit = one unit of { $series }
answer-effect = ratio of { $group } rates, { $units }
answer-effect-groups = { $what }, over that of { $than } rates
answer-rate = arrivals per person-year at risk, { $group } in { $span } over { $than } in { $before }
answer-forecast = persons counted as { $definition }, { $span } under { $scenario } over { $against }
# Assumptions: clauses that begin with "that", or end in 것.
answer-published = that published totals, and statements taken at their word, are true
answer-at-risk = that the persons at risk are as the model's exposure series say
answer-alone = that the theme could have been moved alone, and that the model's effects are its effects
answer-arithmetic = that the share is split as arithmetic, other groups' counts held in all orders
answer-measured = that nothing outside the model moves together with the series
answer-not-acting = that { $series } does not act on { $group }, which is set and not found
