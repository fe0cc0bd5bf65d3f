# Numbers and ranges in running text.
word-unknown = not known
word-under = under { $limit }
word-range = { $low } to { $high }
word-interval = { $width } interval { $ends }
word-truth = { $truth ->
    [true] true
   *[false] false
  }
# A number and what stands in brackets behind it: its interval, or rows that say it.
word-beside = { $value } ({ $more })
# Unfolds the table below a figure.
word-folded = The numbers of this figure
