change-open = { YEAR($first) }에서 { YEAR($last) } 사이에 { $what }{ PARTICLE($what, "이/가") } 늘었는지는 판단을 유보한다: { $chance }; { $first }: { $before }, { $last }: { $after }; { YEAR($first) } 대비 { YEAR($last) }의 비는 { $ratio }이다.
change-rose = { YEAR($first) }에서 { YEAR($last) } 사이에 { $what }{ PARTICLE($what, "은/는") } 늘었다({ $chance }): { $before }에서 { $after }{ PARTICLE($after, "으로/로") }; { YEAR($first) } 대비 { YEAR($last) }의 비는 { $ratio }이다.
change-fell = { YEAR($first) }에서 { YEAR($last) } 사이에 { $what }{ PARTICLE($what, "은/는") } 줄었다({ $chance }): { $before }에서 { $after }{ PARTICLE($after, "으로/로") }; { YEAR($first) } 대비 { YEAR($last) }의 비는 { $ratio }이다.
change-hardly-changed = { YEAR($first) }에서 { YEAR($last) } 사이에 { $what }{ PARTICLE($what, "은/는") } 거의 변하지 않았다({ $chance }, 차이는 표시한 자릿수보다 작다): { $before }에서 { $after }{ PARTICLE($after, "으로/로") }; { YEAR($first) } 대비 { YEAR($last) }의 비는 { $ratio }이다.
change-event = { $event ->
    [share] 비중
    [count] 인원
   *[total] 총인원
  } { $way ->
    [up] 증가
   *[down] 감소
  }
