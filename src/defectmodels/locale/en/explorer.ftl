# The section in which a reader moves the levels of the series (section Explorer). Many values come as {name}, and
# the page's script puts a number or a name in its place: no particle may follow them.
explorer-heading = Explorer
explorer-no-covariates = The model has no covariates; there are no levels to move.
explorer-many = A page has room for the draws of up to { $most } groups, and the model has more; “dm.explore” answers for them.
explorer-withheld = The explorer is withheld: the fit failed its checks.
explorer-about = What would have been expected, had some series had other levels all through a { $every ->
    [year] year
   *[period] period
  }? The answer comes at once, from { $draws } of the posterior draws, { $each ->
    [1] all there are
   *[other] one in { $each }
  }, each with its own effects. Everything else of a draw stays as it was: baseline, effects, season, trend, and persons at risk that no slider moves. It is arithmetic of the model, and no effect of a policy unless one assumes that the levels could have been moved alone and that the model's effects are those of the policy.
explorer-needs = The sliders need a script, which does not run here; the table shows { $span } as it was.
explorer-controls = Levels of the series
explorer-every = { $every ->
    [year] Year
   *[period] Period
  }
explorer-from = Take all levels from
explorer-as-were = as they were
# A span within a sentence.
explorer-span = { $span }
explorer-reset = Back to what was
explorer-table = Expected arrivals as it was and with the levels chosen: median and central { $width } interval{ $several ->
    [yes] ; differences of the share are percentage points
   *[no] {""}
  }
explorer-quantity = quantity
explorer-all = all arrivals, persons
explorer-group = { $group }, persons
explorer-share = share of { $group }, %
explorer-as-was = as it was
explorer-as-chosen = as chosen
explorer-difference = difference
explorer-event = P(more)
explorer-none = none
explorer-split = Parts of the difference by theme: median and central { $width } interval; the parts add to the difference in every draw (Shapley)
explorer-part = part
explorer-whole = difference
explorer-points = share of { $group }, percentage points
explorer-unsplit = The difference is split for up to { $most } themes moved at once.
explorer-levels-alt = Expected arrivals as it was and as chosen; the numbers stand in the first table below.
explorer-bars-alt = Parts of the difference by theme; the numbers stand in the second table below.
# What a slider stands at, as a screen reader says it.
explorer-held = { $level } ({ $unit })
explorer-still = { $level }, as it was
explorer-was = { $level } ({ $unit }), as it was
# The answer as it is spoken. $moved lists series with their levels.
explorer-nothing = { $span } as it was: { $was } arrivals are expected. No level is moved.
explorer-answer = { $span } with { $moved }: { $chosen } arrivals are expected, as it was { $was }; difference: { $difference }; { $more }.
explorer-answer-share = Share of { $group }, %: { $chosen }, as it was { $was }; difference in percentage points: { $difference }; { $more }.
explorer-even = P(more) does not apply
explorer-inside = The levels lie within what was seen together.
explorer-outside = { $periods ->
    [1] Outside the data: the levels were not seen together, by up to { $hull } of their ranges. There the model's straight lines speak, not the data.
   *[other] Outside the data: in { $outside } of the { $periods } { $every ->
        [quarter] quarters
       *[month] months
      } the levels were not seen together, by up to { $hull } of their ranges. There the model's straight lines speak, not the data.
  }
explorer-beyond = Beyond all that was seen: { $series }.
