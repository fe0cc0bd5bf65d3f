# How several things are listed. $before is already joined with commas.
list-last = { $before } and { $last }
list-all = { $items }
# Texts that stand one behind the other.
list-joined = { $items }
