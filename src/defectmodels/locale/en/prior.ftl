# What the priors alone predict of every row (section The model).
prior-text = Before any arrivals are seen, the priors predict the count of each row. In { $inside } of { $rows } rows what was published meets the prior predictive { $width } interval; priors that leave much open give nearly all.
# $kind is how the rows are counted.
prior-rows = { $kind ->
    [direct] Rows counted directly
    [nested] Rows within published totals
   *[joint] Rows counted jointly
  }
prior-alt = { $title }: in { $inside } of { $rows } what was published meets the prior predictive { $width } interval.
prior-caption = Prior predictive count of every row, persons in the row's span: median and central { $width } interval, beside what was published (bar: interval; triangle: at least). Log axis; 0 stands at its foot; rows of the same middle are set beside each other.
prior-table = Prior predictive and published, by row
prior-column-median = prior predictive median
prior-column-inside = inside
prior-inside = { $inside ->
    [yes] yes
   *[no] no
  }
