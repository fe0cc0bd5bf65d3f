# How a quantity changed. $what has its article; $before, $after and $ratio are medians with intervals.
change-open = Whether { $what } rose between { $first } and { $last } is open: { $chance }; { $first }: { $before }, { $last }: { $after }; the ratio of { $last } to { $first } is { $ratio }.
change-rose = Between { $first } and { $last } { $what } rose ({ $chance }): from { $before } to { $after }; the ratio of { $last } to { $first } is { $ratio }.
change-fell = Between { $first } and { $last } { $what } fell ({ $chance }): from { $before } to { $after }; the ratio of { $last } to { $first } is { $ratio }.
change-hardly-changed = Between { $first } and { $last } { $what } hardly changed ({ $chance }, by less than the digits show): from { $before } to { $after }; the ratio of { $last } to { $first } is { $ratio }.
# What changed, $what of the sentences above.
change-what = { $event ->
    [share] the { $group } share of expected arrivals
    [count] the expected number of { $group } arrivals
   *[total] the expected number of all arrivals
  }
# Within P(...).
change-event = { $event ->
    [share] share
    [count] count
   *[total] total
  } { $way ->
    [up] up
   *[down] down
  }
# A direction as it stands in a table.
change-way = { $way ->
    [rose] rose
    [fell] fell
    [hardly-changed] hardly changed
   *[open] open
  }
