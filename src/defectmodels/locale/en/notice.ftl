# Stands before everything else where checks warn or fail.
notice-failed-heading = Not to be quoted
notice-failed = This fit failed its checks ({ $checks }). The figures below must not be quoted.
notice-warned-heading = Quote with care
notice-warned = The checks of this fit warn. Its figures may be quoted together with these warnings.
# One check: its name, what was found, and what to do.
notice-to-do = { $name }: { $text }. To do: { $remedy }
