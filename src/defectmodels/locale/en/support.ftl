# How far the data can speak to a scenario; each is a part of a sentence, joined by "; ".
support-unchanged = changes nothing in these periods
support-within = within what was seen in every changed period
# $every is what a period is called, $hull a percentage.
support-outside = outside what was seen together in { $outside } of { $changed } changed { $every ->
    [year] years
    [quarter] quarters
   *[month] months
  }, by up to { $hull } of the covariates' ranges
support-beyond = { $covariate } beyond its range by { $far }
support-later = up to { $years } years after the last fitted day
