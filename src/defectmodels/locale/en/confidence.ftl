# Why confidence in an answer has its level. No message here speaks of a probability.
confidence-span = { $span }
confidence-warn = the checks warn
confidence-wide = the interval is nearly as wide as before the data
confidence-unseen = the data have seen no such history ({ $beyond })
confidence-bare = no statement speaks of { $spans }
confidence-doubted = { $spans }: all statements on these persons are graded low
confidence-prior = prior and data both set the interval's width
confidence-loose = { $spans }: no count of just these persons and days that is taken at its word
confidence-pass = the checks pass
confidence-told = each span has a count taken at its word
confidence-data = the data set the interval's width
