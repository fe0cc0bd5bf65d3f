scenario-heading = Scenarios
scenario-withheld = Withheld: the fit failed its checks.
scenario-none = The model uses no series that a shipped scenario changes in its periods.
scenario-refused = Scenarios that this model cannot be asked:
# What several scenarios assume: clauses that begin with "that", or end in 것, as those of title.ftl; $other is the last of them.
scenario-and = { $one }, and { $other }
scenario-assumed = { $all }.
# Arrivals of all groups, or of one.
scenario-arrivals = { $who ->
    [all] All arrivals
   *[group] { $group } arrivals
  }
scenario-persons = persons
scenario-dots-alt = { $title }, difference from what was, persons. { $numbers }
scenario-dots-caption = Expected arrivals of each scenario less those of what was, from the scenario's first changed period to { $last }: median and central { $width } interval, persons, on the same draws. Each under its own assumption, below.
scenario-was = as it was
scenario-other = scenario
# An axis; $every is year, quarter or month.
scenario-axis = persons a { $every } (log)
# $last is a span, $other and $was what was expected in it.
scenario-history-alt = { $title }: expected arrivals by { $every }. { $last }: { $other }, as it was { $was }.
scenario-history-caption = Expected arrivals of all groups by { $every }, log axis, median and central { $width } interval, persons: as it was (grey, hatched) and under each scenario (blue).
scenario-table = Contrasts with what was
scenario-history-table = Expected arrivals of all groups, persons
