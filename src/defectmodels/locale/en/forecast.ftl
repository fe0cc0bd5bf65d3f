forecast-heading = Forecast
forecast-none = No shipped scenario says what every series of this model does after its last period.
forecast-refused = Futures that this model cannot be asked:
forecast-fitted = expected, fitted years
forecast-outer = forecast, { $width }
forecast-inner = forecast, { $width } and median
forecast-alt = Forecast of { $definition }, { $title }, persons a year. { $numbers }
forecast-caption = Persons a year, log axis: expected in fitted years (grey, { $width } interval) and forecast (blue; inner band { $inner }, outer { $width }, line: median), under each future of the series. The spread holds the posterior, later steps of the trend, frailty and chance, not a future in which the series behave otherwise.
forecast-table = Forecasts, persons
forecast-column = { $column ->
    [scenario] scenario
    [statement] statement
    [status] status
   *[median] forecast median
  }
# $parts lists definitions, each with its persons.
forecast-sentence = { $title }, { $span }: { $parts }.
forecast-part = { $definition } { $persons }
# A rounded number as it was published: a reading such as about, odd, approaching or several, and its number.
forecast-words = { $reading } { $number }
forecast-words-alone = { $reading }
# $chance is written like P(about 10) = 0.3.
forecast-says = '{ $words }' under { $definition }, read as { $interval }, would be true with { $chance }.
# $assumed ends with its full stop.
forecast-assumes = Assumes { $assumed }
forecast-support = Support: { $support }.
forecast-published = Published since, against '{ $title }'
forecast-not-held = Published later numbers could not be held against it: { $why }
forecast-status = { $status ->
    [current] current
    [whole] whole
   *[unverified] unverified
  }
