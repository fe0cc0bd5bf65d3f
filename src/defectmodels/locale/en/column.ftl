# Heads of columns.
column-spans = spans
column-change-of = change of
column-part = part
column-median = median
column-interval = { $width } interval
column-unit = unit
column-quantity = quantity
column-from = from
column-to = to
column-before = before
column-after = after
column-ratio = ratio
column-up = P(up)
column-way = in a word
column-check = check
column-found = what was found
column-remedy = to do
column-expected = expected
column-predictive = predictive
column-published = published
column-realised = realised
column-all = all
column-definition = definition
column-persons = persons
column-probability = probability
column-days = days
column-row = row
column-span = span
column-read-as = read as
column-predicted-median = predicted median
# The spans of a table, by how long each is.
column-every = { $every ->
    [year] year
    [quarter] quarter
   *[month] month
  }
column-id = id
column-words = words
column-grade = grade
column-publisher = publisher
# The day on which something was published.
column-published-day = published
column-source = source
column-reading = reading
column-reason = reason
column-says = says
column-statements = statements
column-what = what
column-value = value
column-prior-median = prior median
column-range = { $width } range
column-effect = effect
column-for = for
column-prior = prior ({ $width })
column-posterior = posterior ({ $width })
column-contraction = contraction
column-rests-on = rests on
column-scenario = scenario
