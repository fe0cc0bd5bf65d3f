# How a quantity changed. $what has its article; $before, $after and $ratio are medians with intervals.
change-open = Whether { $what } rose between { $first } and { $last } is open: { $chance }; { $first }: { $before }, { $last }: { $after }; the ratio of { $last } to { $first } is { $ratio }.
change-rose = Between { $first } and { $last } { $what } rose ({ $chance }): from { $before } to { $after }; the ratio of { $last } to { $first } is { $ratio }.
change-fell = Between { $first } and { $last } { $what } fell ({ $chance }): from { $before } to { $after }; the ratio of { $last } to { $first } is { $ratio }.
change-hardly-changed = Between { $first } and { $last } { $what } hardly changed ({ $chance }, by less than the digits show): from { $before } to { $after }; the ratio of { $last } to { $first } is { $ratio }.
# Within P(...).
change-event = { $event ->
    [share] share
    [count] count
   *[total] total
  } { $way ->
    [up] up
   *[down] down
  }
