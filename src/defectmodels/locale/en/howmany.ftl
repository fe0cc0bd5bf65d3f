# Whole persons by year and definition; $count is a median with its interval.
howmany-heading = How many there were
howmany-none = The model has no definition that counts { $group } alone.
howmany-not-drawn = Counts by definition could not be drawn: { $why }
howmany-what = Whole persons who came, under the definition '{ $definition }', given all statements, each as far as it is believed. These are not the expected numbers of the verdict. A statement about two years can settle which of them had more persons, and still leave open whether more were to be expected: small numbers scatter.
howmany-alt = { $definition }, { $span }: { $count } persons
howmany-caption = Realised count of the { $definition }, persons, in { $spans }: posterior probability of every number, given all statements that are used; bar below: median and central { $width } interval.
howmany-numbers = Probability of every number
# What may have happened in the years of the headline, in a table of probabilities.
howmany-events = What follows from these counts
howmany-event = statement
howmany-more = more in { $after } than in { $before }
howmany-as-many = as many in { $after } as in { $before }
howmany-fewer = fewer in { $after } than in { $before }
howmany-most = no year from { $first } to { $last } had more than { $after }
howmany-definitions = Realised counts by definition, persons, median and central { $width } interval
howmany-without = Without a line:
# Definitions that published exact numbers on common days.
howmany-sides-what = Definitions that published exact numbers, on days that they have in common. If the first were a part of the other, the other could not be fewer; a small probability in the last column speaks against that, or against one of the two sources. What was published is taken at its word here.
howmany-sides = Definitions beside each other
howmany-other = beside
howmany-other-count = its realised count
howmany-at-least = at least as many, P
