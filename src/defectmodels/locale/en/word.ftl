# Numbers and ranges in running text.
word-unknown = not known
word-under = under { $limit }
word-range = { $low } to { $high }
word-interval = { $width } interval { $ends }
word-truth = { $truth ->
    [true] true
   *[false] false
  }
