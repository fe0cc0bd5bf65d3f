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
# Under figures that have no room for every group.
word-left-out = Shown are { $shown } of { $all } groups: the one that is compared, and those with the most expected arrivals. The command “defectmodels estimate” and “dm.annual”, “dm.span_rate”, “dm.share” give all of them.
