# What quantities of the checks are called. In English just as tables of results name them.
# $before, $after and $at are spans; $group and $part are names.
quantity-ratio = { $what } ratio, { $group } { $before } -> { $after }
quantity-level = { $what }, { $group } { $before } -> { $after }[{ $at }]
quantity-part = part of the change in { $what }, { $group } { $before } -> { $after }[{ $part }]
quantity-chance = P({ $what }_up), { $group } { $before } -> { $after }
quantity-yearly = arrivals a year[{ $group }, { $at }]
quantity-rate = rate[{ $group }, { $at }]
quantity-share = share of { $group }[{ $at }]
quantity-effect = effect[{ $group }, { $part }]
quantity-grade = reliability[{ $grade }]
# Parameters of the model; $name is a variable of the posterior, $places what tells its elements apart.
quantity-element = { $name }[{ $places }]
quantity-parameter = { $name }
