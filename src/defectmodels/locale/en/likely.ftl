# Words of ICD 203 for a probability; $band is one of its seven bands.
likely-word = { $band ->
    [almost-none] almost no chance
    [very-unlikely] very unlikely
    [unlikely] unlikely
    [even] roughly even chance
    [likely] likely
    [very-likely] very likely
   *[almost-certain] almost certain
  }
# Follows claim-condition within claim-sentence: "that it is above 1.05 is likely (probability 0.72)".
likely-said = { $band ->
    [almost-none] has almost no chance
    [very-unlikely] is very unlikely
    [unlikely] is unlikely
    [even] has a roughly even chance
    [likely] is likely
    [very-likely] is very likely
   *[almost-certain] is almost certain
  } (probability { $number })
# Without a word; $sign says that the number is a bound.
likely-number = has probability { $sign ->
    [over] >{" "}
    [under] <{" "}
   *[none] {""}
  }{ $number }
likely-vague = has a probability that is not known to one digit
likely-unknown = not known to one digit
# A cell.
likely-beside = { $number }, { $word }
