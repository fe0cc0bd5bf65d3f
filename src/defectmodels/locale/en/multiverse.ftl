# The answer of one model under other choices. $group is whom the headline is about, $before and $after are spans, $what is share or count.
multiverse-title = The answer under other choices
multiverse-claim = { $what ->
    [share] The share of { $group } rose from { $before } to { $after }
   *[count] The count of { $group } rose from { $before } to { $after }
  }
# $verdict is supported, not supported or cannot tell; numbers count variants; $part is a percentage.
multiverse-lead = { $claim }: { $verdict } by the model as its file says. { $supporting } of { $variants } variants ({ $part }) pass their checks and answer alike; { $passed } pass, and { $failed } fail.
multiverse-withheld = { $claim }: the model as its file says fails its checks, so that there is no answer that variants could support. { $passed } of { $variants } variants pass.
multiverse-not-quoted = The fit fails its checks: what variants of its model say is not quoted.
multiverse-answers = { $what ->
    [share] Of { $passed } variants that pass, a rise of the share is supported in { $supported }, not supported in { $against }, and cannot be told in { $open }.
   *[count] Of { $passed } variants that pass, a rise of the count is supported in { $supported }, not supported in { $against }, and cannot be told in { $open }.
  }
multiverse-range = { $what ->
    [share] Their medians of the ratio of shares go from { $least } to { $most }, their { $width } intervals from { $low } to { $high }.
   *[count] Their medians of the ratio of counts go from { $least } to { $most }, their { $width } intervals from { $low } to { $high }.
  }
# $sets counts sets of rows; $least, $most and $mean are weights between 0 and 1.
multiverse-weight = { $sets ->
    [one] Stacking weights add to 1 among the variants that pass: those that answer as the model file does have { $mean }.
   *[other] Stacking weights add to 1 among the variants that were fitted to the same rows and pass. { $even ->
        [yes] In each of { $sets } such sets those that answer as the model file does have { $mean }.
       *[no] In { $sets } such sets those that answer as the model file does have { $least } to { $most }, { $mean } on average, each set counting once.
      }
  }
multiverse-tried = { $way ->
    [all] All { $variants } combinations of the choices were tried.
    [apart] { $variants } of { $all } combinations of the choices were tried: a balanced fraction, in which every two axes are crossed evenly; likelihood and trend count as one axis, since they are changed one at a time.
   *[some] { $variants } of { $all } combinations of the choices were tried: a balanced fraction, in which every two axes are crossed evenly.
  }
multiverse-rule = Variants were chosen, not drawn: the part of them that agrees is no probability. A variant that failed by nothing but chains that did not settle was fitted once more with { $times } times as many draws. What fails its checks is drawn hollow, has no weight and counts against the headline.
# $variants are names, $weight the largest stacking weight of these.
multiverse-settled = { $number ->
    [one] { $number } variant that passes could give no other answer, since nearly all its prior draws agree: its form settles it and the evidence does not ({ $variants }; stacking weight { $weight }).
   *[other] { $number } variants that pass could give no other answer, since nearly all their prior draws agree: their form settles it and the evidence does not ({ $variants }; largest stacking weight { $weight }).
  }
multiverse-high-k = Half of the variants that pass have { $rows } rows or more with a Pareto k above { $limit }: differences of elpd and weights are rough.
multiverse-panel = { $what ->
    [share] Share of { $group }, { $after } over { $before }
   *[count] Count of { $group }, { $after } over { $before }
  }
multiverse-axis = ratio (log axis)
multiverse-variants = variants, by ratio
multiverse-look = { $look ->
    [supports] answers as the model file
    [differs] answers otherwise
   *[fails] fails its checks
  }
multiverse-caption = { $what ->
    [share] Specification curve: ratio of the shares of { $group } in expected arrivals, { $after } over { $before }, under each variant. No unit, log axis; 1 is no change. Mark: posterior median; bar: central { $width } interval. Below, the choices of each variant. Filled circle: passes and answers as the model file does; cross: passes and answers otherwise; open circle: fails its checks. The variant of the model file stands on a vertical line.
   *[count] Specification curve: ratio of the counts of { $group } in expected arrivals, { $after } over { $before }, under each variant. No unit, log axis; 1 is no change. Mark: posterior median; bar: central { $width } interval. Below, the choices of each variant. Filled circle: passes and answers as the model file does; cross: passes and answers otherwise; open circle: fails its checks. The variant of the model file stands on a vertical line.
  }
# $least, $most and $own are ratios with intervals.
multiverse-alt = { $variants } variants by the median of the ratio, { $after } over { $before }, with the choices of each below. Smallest { $least }, largest { $most }, model file { $own }. { $supporting } pass and answer as the model file does, { $failed } fail their checks.
multiverse-table = Variants, by ratio
multiverse-sets = Sets of rows: stacking weight of the variants that answer as the model file does
multiverse-choices = What goes with each choice
multiverse-column = { $column ->
    [variant] variant
    [gate] checks
    [failed] failed
    [share] P(share up)
    [count] P(count up)
    [share-ratio] ratio of shares
    [count-ratio] ratio of counts
    [answer] answer
    [elpd] elpd
    [weight] weight
    [set] rows
    [variants] variants
    [passed] pass
    [supporting] answer alike
    [best] largest weight
    [axis] axis
    [choice] choice
    [least] smallest ratio
    [middle] middle ratio
   *[most] largest ratio
  }
multiverse-set = no. { $number }: { $rows } rows
multiverse-best = { $variant } ({ $weight })
multiverse-choice = { $axis }, { $choice }: { $sentence }
multiverse-cannot = { $axis }, { $choice }: cannot be chosen, since { $reason }.
multiverse-cannot-both = { $variant }: cannot be made: { $reason }
multiverse-failed = { $variant } (seed { $seed }) ended with an error: { $reason }
multiverse-checks = Checks that failed, by number of variants: { $checks }.
multiverse-check = { $check } { $number }
multiverse-folded = The { $variants } variants
