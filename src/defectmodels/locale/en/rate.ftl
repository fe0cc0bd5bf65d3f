# Rates of groups; $unit is "a year per 1,000 at risk", $every one of year, quarter, month.
rate-heading = Rates
rate-axis = { $unit } (log)
# $numbers lists some spans with their rates.
rate-alt = Rate of { $group }, { $unit }. { $numbers }
rate-caption = Rate of each group by { $every }, log axis, median and central { $width } interval; unit: { $units }. A person-year is one person at risk for 365.25 days.
rate-table = Rates
rate-uncertain = How many persons are at risk is uncertain itself; the intervals hold that uncertainty, and the level of a rate moves against it.
