# Expected and new counts against what was published; $every one of year, quarter, month.
arrivals-heading = Arrivals
arrivals-none = No statement counts the groups themselves; nothing is drawn.
arrivals-title = Arrivals by { $every }: { $groups }
arrivals-axis = persons a { $every } (log)
# In the legend of a figure.
arrivals-published = published
arrivals-predictive-band = predictive, { $width }
arrivals-expected-band = expected, median and { $width }
arrivals-expected-of = expected, { $group }
arrivals-realised-band = realised, { $width }
arrivals-spans-caption = Arrivals of { $groups }, persons a { $every }, log axis: expected arrivals (median and central { $width } interval), a new count (predictive, central { $width } interval) and the published totals of the { $every }s that exact figures fill.
arrivals-periods-caption = As before by { $every }: persons a { $every }, medians and central { $width } intervals. A published row is drawn over its span, its number divided by the span's length in { $every }s.
arrivals-part-caption = Arrivals of { $group }, persons a { $every }, log axis: medians and central { $width } intervals, with each statement drawn over its span from its lowest to its highest number (arrow: no upper end; 0 stands at the foot of the axis). Numbers of spans over a year are divided by their years; comparisons are not drawn.
arrivals-part-others = The bands follow the reference definition; { $definitions } count other persons, by the factors below.
# $numbers and $statements list spans with their numbers.
arrivals-definition-alt = { $title }, with statements of { $definition } drawn as intervals: { $statements }. Expected: { $numbers }.
arrivals-statements = Statements about { $group }
arrivals-statements-folded = What was said and what the fit predicts of it
arrivals-factors = Factors of definitions: their rate over the reference definition's
arrivals-errors = The model has errors of what is published: expected and realised arrivals are of those who came, predicted ones are as they would be published.
