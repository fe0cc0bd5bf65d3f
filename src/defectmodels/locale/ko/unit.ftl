unit-points = %포인트
unit-yearly = 명/년
unit-after = { $unit ->
    [persons] 명
    [points] %포인트
   *[yearly] 명/년
  }
