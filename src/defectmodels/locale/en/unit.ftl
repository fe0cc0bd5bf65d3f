# Units as they stand alone, on an axis or in a cell.
unit-points = percentage points
unit-yearly = persons a year
# Right behind a number, with the space that is between them.
unit-after = { $unit ->
    [persons] {" "}persons
    [points] {" "}percentage points
   *[yearly] {" "}persons a year
  }
