# What a statement allows its count to be. Numbers are written without thousands, as sources write them.
evidence-at-least = at least { $low }
evidence-at-most = at most { $high }
evidence-between = { $low } to { $high }
evidence-uncountable = nothing countable
# What a count is compared with: $spans are joined by commas; $place is one of the next three.
evidence-place = { $several ->
    [yes] each of { $spans }
   *[no] { $spans }
  }
evidence-place-unnamed = a span that is not named
evidence-place-counted = { $place }, counted as '{ $definition }'
evidence-side = { $side ->
    [most] no fewer
    [fewest] no more
    [more] more
   *[fewer] fewer
  } than in { $place }
evidence-as-many = as many as in { $place }
evidence-as-many-read = as many as in { $place }, give or take the reading '{ $reading }'
evidence-times = { $low } to { $high } times { $place }
evidence-times-least = { $low } times { $place } or more
evidence-times-most = { $high } times { $place } or less
evidence-or = { $first } or { $second }
# Section Evidence.
evidence-heading = Evidence
evidence-what = The dataset '{ $title }' holds { $statements ->
    [one] { $statements } statement
   *[other] { $statements } statements
  }; the fit uses { $used }: { $direct ->
    [one] { $direct } row
   *[other] { $direct } rows
  } counted directly, { $nested ->
    [one] { $nested } row
   *[other] { $nested } rows
  } counted as a part of published totals, { $joint ->
    [one] { $joint } row
   *[other] { $joint } rows
  } counted jointly, their realised counts summed out. The unit is { $unit }.
evidence-competing = { $further ->
    [one] { $further } further statement is a competing reading
   *[other] { $further } further statements are competing readings
  } of these rows.
evidence-apart = Over the budget, and so each counted as if it spoke of persons of its own: { $rows }.
evidence-grades = A row with a grade is true with the reliability of its grade, which the fit estimates, or else says nothing. A row without one is taken at its word.
evidence-believed = So are those graded { $grades }: the model names no reliability.
evidence-grade = { $grade ->
    [high] high
    [medium] medium
   *[low] low
  }
evidence-reading-of = a reading of { $row }: { $says }
evidence-until = to { $day }
# $same: whether the label says no more than the name.
evidence-definition = { $same ->
    [yes] { $name }: { $label }
   *[no] { $name }: { $label }
  }
evidence-parts = Statements about parts, or in words
evidence-totals = Totals
evidence-totals-folded = Totals: { $rows ->
    [one] { $rows } exact number
   *[other] { $rows } exact numbers
  }
evidence-readings = Readings: which whole numbers a rounded number allows
evidence-ten = 10 is read as
evidence-used = { $used ->
    [yes] yes
   *[no] no
  }
evidence-used-here = used here
# Told where sources are listed; nothing in the language of the sources themselves.
evidence-language = { "" }
