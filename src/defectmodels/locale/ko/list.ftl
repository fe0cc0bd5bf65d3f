list-last = { $before }, { $last }
list-all = { $items }
list-joined = { $items }
