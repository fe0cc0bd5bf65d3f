theme-heading = Parts by theme
# Themes that no series has; those of series stand in title.ftl.
theme-season = season and days
theme-unmeasured = nothing measured
# $unmeasured is theme-unmeasured.
theme-note = Series of one theme are one part: border, official traffic and the freeze of rotation are the closure. What no series carries is '{ $unmeasured }'. The themes are switched from the first span to the second in all orders (Shapley), in all groups at once, and the parts add to the change in every draw. A part is arithmetic of the model and no cause, unless one assumes that the theme could have been moved alone and that the model's effects are those of the policy.
theme-kind = { $kind ->
    [share] share
    [count] count
   *[total] total
  }
theme-whole = change of the { $kind ->
    [share] share
    [count] count
   *[total] total
  }
theme-title = { $kind ->
    [share] { $group } share
    [count] { $group } count
   *[total] All arrivals
  }, { $first } to { $last }
theme-alt = { $title }, parts by theme, { $unit }. { $numbers }
theme-table = Parts by theme, { $first } to { $last }
theme-caption = Change from { $first } to { $last } by theme: bar: median; line: central { $width } interval; unit below each panel; the change itself is last. Arithmetic of the model.
# $size is the change, with its unit; $parts lists themes with percentages.
theme-fractions = Parts of the change of the { $kind ->
    [share] share
    [count] count
   *[total] total
  }, { $size }, in percent of it: { $parts }.
