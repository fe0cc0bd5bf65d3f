change-open = { YEAR($first) }에서 { YEAR($last) } 사이에 { $what }{ PARTICLE($what, "이/가") } 늘었는지는 판단을 유보한다({ $chance }). { YEAR($first) } { $before }, { YEAR($last) } { $after }이며, { YEAR($first) } 대비 { YEAR($last) }의 비는 { $ratio }이다.
change-rose = { YEAR($first) }에서 { YEAR($last) } 사이에 { $what }{ PARTICLE($what, "은/는") } 늘었다({ $chance }). { YEAR($first) } { $before }, { YEAR($last) } { $after }이며, { YEAR($first) } 대비 { YEAR($last) }의 비는 { $ratio }이다.
change-fell = { YEAR($first) }에서 { YEAR($last) } 사이에 { $what }{ PARTICLE($what, "은/는") } 줄었다({ $chance }). { YEAR($first) } { $before }, { YEAR($last) } { $after }이며, { YEAR($first) } 대비 { YEAR($last) }의 비는 { $ratio }이다.
change-hardly-changed = { YEAR($first) }에서 { YEAR($last) } 사이에 { $what }{ PARTICLE($what, "은/는") } 거의 변하지 않았다({ $chance }, 차이는 표시한 자릿수보다 작다). { YEAR($first) } { $before }, { YEAR($last) } { $after }이며, { YEAR($first) } 대비 { YEAR($last) }의 비는 { $ratio }이다.
change-what = { $event ->
    [share] 기대 입국자 중 { $group } 비중
    [count] { $group } 기대 입국자 수
   *[total] 전체 기대 입국자 수
  }
change-event = { $event ->
    [share] 비중
    [count] 인원
   *[total] 총인원
  } { $way ->
    [up] 증가
   *[down] 감소
  }
change-way = { $way ->
    [rose] 증가
    [fell] 감소
    [hardly-changed] 거의 변화 없음
   *[open] 판단 유보
  }
