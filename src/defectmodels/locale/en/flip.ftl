# What would flip the headline. $group is a group's name, $first and $last are spans compared, $name is a reading or an origin.
flip-heading = What would flip it
flip-withheld = What would flip the headline is withheld: the fit failed its checks.
flip-answer = { $answer ->
    [supported] supported
    [not-supported] not supported
   *[cannot-tell] cannot tell
  }
# $what is change-what, $chance a probability, $tips a list of flip-tip; $holds is the last value at which $answer holds.
flip-lead = That { $what } rose between { $first } and { $last }: { $answer } ({ $chance }). { $number ->
    [0] None of the { $tried } changes tried, each by itself, gives another answer.
    [one] One of the { $tried } changes tried, each by itself, gives another answer: { $tips }.
   *[other] { $number } of the { $tried } changes tried, each by itself, give another answer: { $tips }.
  }
flip-tip = { $means } ({ $becomes }; at { $holds } still { $answer })
# What a value of an assumption means. $value is persons, a percentage, a factor, a span or a probability.
flip-means = { $kind ->
    [misclassified] { $value } of those counted as { $group } in { $span } were not
    [missed] { $value } { $group } arrivals of { $span } were counted as others
    [undetected] { $all ->
        [yes] { $value } of all arrivals of { $span } were not counted
       *[no] { $value } of the { $group } arrivals of { $span } were not counted
      }
    [wider] "{ $name }" means within { $value } of the number said
    [narrower] "{ $name }" means within { $value } of the number said
    [higher] "{ $name }" is centred on { $value } of the number said
    [lower] "{ $name }" is centred on { $value } of the number said
    [before] the first span is { $value }
    [reliability] what { $name } says is true with probability { $value }
   *[after] the last span is { $value }
  }
# Name of an assumption, as a row of the figure and the table.
flip-name = { $kind ->
    [misclassified] Wrongly counted as { $group }, { $span }
    [missed] Not counted as { $group }, { $span }
    [undetected] { $all ->
        [yes] Of all arrivals, { $span }
       *[no] Of { $group } arrivals, { $span }
      }
    [wider] "{ $name }": half-width, wider
    [narrower] "{ $name }": half-width, narrower
    [higher] "{ $name }": centre, higher
    [lower] "{ $name }": centre, lower
    [before] First span, further back
    [after] Last span, further on
    [start-earlier] Last span begins earlier
    [start-later] Last span begins later
   *[reliability] Reliability of { $name }
  }
flip-rule = Each assumption is moved by itself, away from the one made, and the model is fitted again at every value looked at. The answer is supported from a probability of { $sure } on, not supported from that of the contrary on, and else it cannot be told. A tipping point lies between the last value at which the answer holds and the first at which it is another. What is counted wrongly is spread evenly over the days of a span; what is not counted is the same share of every day. Two assumptions moved together may do what neither does alone.
flip-origins = { $number ->
    [0] No origin flips an answer, at any reliability from 1 down to leaving it out ({ $tried } origins).
    [one] One origin of { $tried } flips an answer when it is less reliable.
   *[other] { $number } origins of { $tried } flip an answer when they are less reliable.
  }
flip-near = The answer on one side of some tipping points lies within two Monte Carlo errors of a threshold, with four times as many draws, too: their places are known as nearly as their probabilities show.
flip-both-ways = The probability does not move one way along every line: an answer that changes and changes back between two values looked at would not be seen.
flip-failed = { $number ->
    [one] One refit failed, and its value was left out: { $which }.
   *[other] { $number } refits failed, and their values were left out: { $which }.
  }
flip-skipped = Could not be moved: { $which }.
flip-panel = { $panel ->
    [persons] Persons counted in the wrong group
    [share] Arrivals not counted
    [reading] Readings of rounded numbers
    [span] Spans compared
   *[probability] Reliability of origins
  }
flip-unit = { $panel ->
    [persons] persons
    [share] share of those who came, %
    [reading] % of the number said
    [span] where the span that is moved begins
   *[probability] probability that what it says is true
  }
# Beside a bar: $value at which the answer is another, or up to which it is not.
flip-mark = { $question ->
    [share] share: { $value }
   *[count] count: { $value }
  }
flip-mark-none = { $question ->
    [share] share: none
   *[count] count: none
  }
flip-alt = { $title }, from the assumption made to the tipping point. { $lines }
flip-alt-line = { $name }: { $question ->
    [share] share
   *[count] count
  } { $flips ->
    [no] holds from { $assumed } to { $tried }
   *[yes] holds from { $assumed } to { $holds }, is another at { $value }
  }
flip-caption = From the assumption made (tick) to the tipping point (dot): answers to whether the { $group } share (filled) and the { $group } count (hatched) of expected arrivals rose between { $first } and { $last }, by posterior probability with thresholds { $sure } and { $not }. A thin line without a dot ends at the furthest value tried: no other answer up to there. The unit stands below each panel.
flip-table = Tipping points: the last value at which the answer holds, and the first at which it is another, with the posterior probability that the quantity rose
flip-folded = The numbers, for every assumption
flip-origin-table = Answers without each origin: posterior probability that the quantity rose
flip-origin-folded = The probabilities without each origin
flip-refits = { $refits } refits in all.
flip-column = { $column ->
    [assumption] assumption
    [question] asked of
    [assumed] assumed
    [tried] tried to
    [holds] holds to
    [flips] another at
    [answer] answer
    [becomes] becomes
    [p-holds] P, holding
    [p-flips] P, other
    [refits] refits
    [origin] origin
    [share] P(share up)
    [count] P(count up)
   *[how] by
  }
flip-question = { $question ->
    [share] share
   *[count] count
  }
flip-none = none
flip-how = { $how ->
    [weights] weights
    [mixture] mixture
    [same-draws] the same draws
   *[refit] refit
  }
