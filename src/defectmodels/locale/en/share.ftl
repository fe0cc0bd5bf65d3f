# Shares of groups; $every one of year, quarter, month.
share-heading = Shares
share-single = The model has a single group; there is no share to speak of.
share-axis = % of expected arrivals
share-alt = Share of { $group } in expected arrivals. { $numbers }
share-caption = Share in expected arrivals by { $every }, percent: { $groups }; median and central { $width } interval.
share-table = Shares
