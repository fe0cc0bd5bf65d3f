# Whole persons, given what was published; $every one of year, quarter, month.
realised-heading = Realised counts
realised-not-drawn = Realised counts could not be drawn: { $why }
realised-what = Whole persons who arrived, given every exact total and every statement about the groups themselves: median and central { $width } interval, persons; a number alone is certain given the statements. The random seed follows the fit's.
realised-table = Realised arrivals by { $every }
# Why counts cannot be drawn: errors, which reports repeat.
realised-too-many-pieces = realised counts: the spans asked for cut what { $rows } say into too many pieces ({ $cost } combinations of counts in one step, { $budget } allowed); ask for fewer or longer spans
realised-contradicted = realised counts: { $tries } draws in a row take more persons from a published total than it has; the fit contradicts the statements about it, see its checks
realised-cut = realised counts: span '{ $span }' cuts a { $every }; choose whole { $every }s
realised-no-factor = no statement that the fit uses tells the factor of '{ $definition }'
realised-errors = realised counts: the model has errors of what is published, and those who came are drawn by group and whole period only; ask for whole periods and for a definition without a factor instead of '{ $definition }'
