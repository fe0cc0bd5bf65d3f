# Claims and their answers.
claim-heading = Claims
claim-near = the probability is not two Monte Carlo errors clear of the threshold; more draws would tell
claim-withheld-reason = the fit failed its checks; see: defectmodels check
# $error is said in English only.
claim-refused = { $error }
claim-column = { $column ->
    [claim] claim
    [verdict] verdict
    [quantity] quantity
    [estimate] estimate
    [interval] { $width } interval
    [region] region
    [below] below
    [within] within
    [above] above
    [chance] probability of the claim
    [error] Monte Carlo error
    [condition] true where the quantity
    [confidence] confidence
   *[statements] statements
  }
claim-rule = A claim is supported when its posterior probability is 0.95 or more by two Monte Carlo errors, not supported when that of the contrary is, and otherwise it cannot be told. The region holds what counts as no change, or the range that the claim names. Words for probabilities are those of ICD 203, with the number beside each; confidence says how firmly the answer stands and is no probability. An answer is arithmetic of the model under the assumptions named with it.
# A number of the quantity with what bounds it and its unit; $place is median, low, high or end.
claim-size = { $bound ->
    [over] over{" "}
    [under] under{" "}
    [least] at least{" "}
    [most] at most{" "}
   *[none] {""}
  }{ $size }{ $unit ->
    [percent] %
    [persons] { $place ->
        [median] {" "}persons
       *[other] {""}
      }
   *[none] {""}
  }
claim-region = { $side ->
    [to] up to { $end }
   *[from] from { $end }
  }
# What has to hold of the quantity; $low and $high are the ends of the region.
claim-condition = { $side ->
    [above] is above { $high }
    [below] is below { $low }
    [most] is at most { $high }
    [least] is at least { $low }
    [point] is { $low }
   *[within] lies within { $region }
  }
claim-holds = { $condition }
claim-verdict = { $verdict ->
    [supported] Supported
    [not-supported] Not supported
    [cannot-tell] Cannot tell
    [outside-the-data] Outside the data
    [outside-the-model] Outside the model
   *[withheld] Withheld
  }
# Within a sentence.
claim-verdict-within = { $verdict ->
    [supported] supported
    [not-supported] not supported
    [cannot-tell] cannot tell
    [outside-the-data] outside the data
    [outside-the-model] outside the model
   *[withheld] withheld
  }
claim-exact = { $median }, the same in every draw
claim-estimate = { $median } ({ $width } interval { $ends })
claim-named = { $id }. { $text }
claim-sentence = { $claim }. { $verdict }: { $what }: { $size }; that it { $condition } { $likelihood }.
claim-unanswered = { $claim }. { $verdict }: { $reason }.
claim-note = Note: { $reason }.
claim-level = { $level ->
    [low] low
    [moderate] moderate
   *[high] high
  }
claim-confidence = Confidence is { $level }: { $why }.
claim-assumes = It assumes { $assumed }.
claim-rows = { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
  }
claim-caption = { $claim }: { $what }, median { $size }; region { $region }; the claim holds where it { $condition }: { $chance }; { $verdict }.
claim-caption-unanswered = { $claim }: { $verdict }, { $reason }.
# The section.
claim-titled = { $title } ({ $source })
claim-made = Claims of: { $title }.
claim-withheld = Withheld: the fit failed its checks.
claim-answers = The answers
claim-table = Claims of: { $title }
claim-folded = The answers in numbers
claim-sources = Where each claim comes from, and what carries its answer
claim-phrase = phrase of the source
claim-carried = statements that carry the answer
claim-nothing = No shipped claims speak of the dataset '{ $dataset }'.
# The figure: one mark for each answered claim.
claim-axis = posterior probability of the claim
claim-figure-mark = { $id }, { $verdict }
claim-figure-row = { $claim }: { $verdict }, { $number }
claim-figure-alt = Posterior probability of each claim that is answered, from 0 to 1; from 0.95 on a claim is supported, up to 0.05 it is not. { $rows }.
claim-figure-caption = Posterior probability of each claim that is answered. Unit: probability, 0 to 1. Bar: two Monte Carlo errors either way, where that is wider than the mark; the largest error is { $error }. Shaded: 0.95 or more, where a claim is supported, and 0.05 or less, where it is not, each by two Monte Carlo errors. Filled circle: supported; open circle: cannot tell; cross: not supported.
claim-figure-table = Probabilities of the claims
# The export.
claim-file = Answers to the shipped claims about the dataset, as JSON with the printed texts of every language
claim-schema = JSON Schema of the answers
