# More in a span than in the era before it, in both readings; $readings is written like P(...) = 0.9.
more-said = More in { $span } than in the era before, { $era }? The words have two readings. Realised counts, { $definition }: { $readings }. Persons in { $span }: { $own }; in all of { $era }: { $whole }.
more-any = more than in any whole year of it
more-all = more than in all of it together
more-refused = Counts of { $span } and { $era } could not be drawn: { $error }
# The command.
more-head = more in { $span } than in { $era }, { $definition }, realised counts:
more-first = {"  "}reading 1, more than in any whole year of it: { $found }
more-second = {"  "}reading 2, more than in all of it together: { $found }
more-no-year = no whole calendar year lies in it
more-chance = P { $odds }
more-years = P { $odds } ({ $years })
more-persons = {"  "}persons, median and { $width } interval: { $counts }
