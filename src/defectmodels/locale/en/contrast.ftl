# One scenario against another. $whose are arrivals of all or of a group; $odds is written like P(more) = 0.9.
contrast-arithmetic = A scenario gives some series another history and leaves everything else as it was in the same draw: baseline, effects, season, trend, persons at risk. A contrast is arithmetic of the model. It reads as an effect of a policy only under the assumption written beside it.
contrast-column = { $column ->
    [scenario] scenario
    [who] who
    [spans] spans
    [difference] difference
    [interval] { $width } interval
    [more] P(more)
   *[ratio] ratio
  }
contrast-whose = { $group ->
    [all] arrivals
   *[other] { $group } arrivals
  }
contrast-event = { $way ->
    [more] more
   *[fewer] fewer
  }
contrast-none = no difference in expected { $whose }
contrast-open = whether more { $whose } are expected is open ({ $odds }; { $ends }, { $width } interval)
# Stands right behind a number of persons, where the language has a counter.
contrast-unit = {""}
contrast-moved = { $size } { $way ->
    [more] more
   *[fewer] fewer
  } { $whose } are expected ({ $width } interval { $ends }; { $odds })
contrast-factual = what was
contrast-quoted = '{ $title }'
contrast-sentence = { $title }, { $spans }, against { $against }: { $clauses }.
# $assumed ends with its full stop.
contrast-assumes = To read this as an effect one has to assume { $assumed }
contrast-support = Support of '{ $title }': { $reach }.
contrast-unused = The model does not use { $series }, which the scenario changes too.
contrast-who = { $group ->
    [all] all
   *[other] { $group }
  }{ $kind ->
    [whole] , whole persons
   *[expected] {""}
  }
contrast-same = no difference
