# Heads of columns.
column-spans = spans
column-change-of = change of
column-part = part
column-median = median
column-interval = { $width } interval
column-unit = unit
