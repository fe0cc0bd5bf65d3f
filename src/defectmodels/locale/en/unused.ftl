# Why a statement was left out of a fit. $definition is a name; $rows are ids.
unused-status = { $status ->
    [current] current, where the model asks for other statuses
    [superseded] superseded by a later figure
    [conflicting] contradicts another source, and has no grade by which the two could be weighed
    [misprint] a misprint
    [copy] repeats another row's origin
    [variant] another reading of a row that is not used
    [whole] the sum of finer rows
    [detail] finer than needed, or of another vintage than the rows used
    [unverified] not verified in a source
   *[context] counts something else
  }
unused-uncountable = says nothing countable
unused-not-countable = '{ $definition }' is not countable: { $why }
unused-other-quantity = another quantity
unused-definition = the model does not use the definition '{ $definition }'
unused-groups = counts { $groups }, which the model does not tell apart
unused-compares-nothing = names nothing to compare with
unused-outside = span { $span } lies outside the fitted periods { $fitted }
unused-no-beginning = its beginning is unknown, so it reaches beyond the fitted periods
unused-no-interval = is no interval of counts
unused-every-number = allows every number
unused-too-wide = allows { $interval }: more than { $most } numbers, which are counted one by one
unused-counted = counts persons that { $rows } counts already
unused-contradicts-groups = contradicts the total and the other groups, which leave { $left }
unused-follows-groups = follows from the total and the other groups
unused-contradicts = contradicts the published totals, which make it { $count }
unused-follows = follows from the published totals
unused-beyond = says { $interval } of the { $count } in { $row }
unused-homes = may be a reading of any of { $rows }
unused-repeats = says the same as another reading of { $row }
# Section What was not used.
unused-heading = What was not used
unused-nothing = Every statement of the dataset was used.
unused-what = { $statements ->
    [one] { $statements } statement
   *[other] { $statements } statements
  } of the dataset did not enter the fit.
unused-reasons = Reasons
unused-table = Statements not used
unused-folded = { $statements ->
    [one] The statement
   *[other] All { $statements }, one by one
  }
