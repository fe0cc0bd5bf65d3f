# Units as they stand alone, on an axis or in a cell.
unit-points = percentage points
unit-yearly = persons a year
