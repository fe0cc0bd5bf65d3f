# What stands around the sections of a page.
page-under = Model { $model } on: { $dataset }{ $known ->
    [then] , as they stood on { $day }
   *[now] {""}
  }
page-not-quoted = Not to be quoted: { $title }
page-skip = Skip to the content
page-contents = Contents
page-foot = Written by defectmodels. Intervals are central { $width } intervals of the posterior unless said otherwise.
# Seen on paper alone.
page-folded = Tables that are folded in the page are left out on paper.
# The link to a page in this language.
page-this-language = In English
# Behind the caption of a table that is cut.
page-rows = The first { $shown } of { $all } rows; “defectmodels report -o FOLDER” writes all of them.
