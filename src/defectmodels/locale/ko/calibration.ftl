calibration-title = 보정(calibration)
calibration-worlds = { $given ->
    [yes] 자료가 주어졌을 때의 사후분포에서 모의 세계 { $worlds }개를 뽑았다. 모수와 사람, 그리고 그에 대하여 공표되었을 진술을 뽑은 것이며, 모형은 자료와 그 진술에 함께 적합하였다.
   *[no] 모형의 사전분포에서 모의 세계 { $worlds }개를 뽑았다. 모수와 사람, 그리고 그에 대하여 공표되었을 진술을 뽑은 것이며, 모형은 그 진술에 적합하였다.
  } 사후분포가 옳다면 참값은 사후표본 사이의 어느 자리에나 같은 확률로 놓이므로 그 순위는 균등분포를 따른다.
calibration-uniform = { $fine ->
    [yes] 순위만으로는 이를 부정할 수 없다. 모수, 인용 수량, 사건 { $number }개 가운데 순위가 균등분포에서 가장 먼 것은 { $quantity }(p = { $p })이며, 이만큼 많은 수량 가운데 이렇게 작은 p가 하나라도 나올 확률은 최대 { $chance }이다.
   *[no] 순위가 균등분포를 따르지 않는다. { $quantity }의 p는 { $p }이며, 모수, 인용 수량, 사건 { $number }개 가운데 이렇게 작은 p가 하나라도 나올 확률은 최대 { $chance }이다.
  }
calibration-covered = 핵심 결과의 수량 { $number }개의 90% 구간은 모의 세계의 { $least }~{ $most }에서 참값을 포함한다. 각각의 몬테카를로 오차는 { $error }이다.
calibration-failed = 모의 세계 { $worlds }개는 적합하지 못하여 순위가 없다: { $first }{ $worlds ->
    [1] .
    [2] .
    [3] .
   *[other] {" "}등.
  }
calibration-seed = { $key }(시드 { $seed }: { $reason })
calibration-thin = 적합 { $fits }개는 발산한 표본이 { $limit }{ PARTICLE($limit, "을/를") } 넘거나 유효표본크기가 { $draws } 미만이다. 이들도 모든 수치에 들어 있다.
calibration-near = 이를 위하여 모의 세계 { $tries }개를 뽑았다. 공표된 비교가 나오지 않았을 세계와 공표 수치가 자료의 { $factor }배 범위를 벗어나는 세계는 다시 뽑았다. 다시 뽑을지는 공표된 내용만으로 정해지므로 순위는 그대로 균등하다.
calibration-any = 이를 위하여 모의 세계 { $tries }개를 뽑았다. 공표된 비교가 나오지 않았을 세계는 다시 뽑았다. 다시 뽑을지는 공표된 내용만으로 정해지므로 순위는 그대로 균등하다.
calibration-contrast = { $what ->
    [share] { YEAR($span) } { $group } 비중, { $scenario }에서 실제를 뺀 값
    [all] { YEAR($span) } 전체 인원, { $scenario }에서 실제를 뺀 값
   *[group] { YEAR($span) } { $group } 인원, { $scenario }에서 실제를 뺀 값
  }
calibration-event = { $event ->
    [share] P(비중 증가)
    [count] P(인원 증가)
    [total] P(총인원 증가)
    [both] P(비중과 인원 모두 증가)
    [share-only] P(비중은 늘고 인원은 늘지 않음)
    [count-only] P(인원은 늘고 비중은 늘지 않음)
   *[neither] P(비중도 인원도 늘지 않음)
  }, { $group }, { YEAR($before) } 대비 { YEAR($after) }
calibration-column = { $column ->
    [worlds] 세계 수
    [event] 사건
    [said] 평균 확률
    [was] 실제 비율
    [error] 오차
    [at] 확률
    [ecdf] 그 아래 순위의 비율
    [band] 띠
    [bin] 확률 구간
   *[n] 세계 수
  }
calibration-table = 핵심 결과의 수량: 중앙 구간이 참값을 포함한 세계의 비율과 순위 균등성의 p
calibration-every = 모든 모수와 수량
calibration-every-folded = 모수와 수량 { $number }개 전체
calibration-events = 사건: 사후확률과 실제로 일어난 비율
calibration-panel = 순위의 누적 비율에서 균등분포를 뺀 값
calibration-axis = 순위(확률)
calibration-ecdf-caption = 핵심 결과의 수량별 참값의 순위: 누적 비율에서 균등분포의 값을 뺀 것. 단위 없음. 선: 모의 세계 { $worlds }개, 음영: 균등한 순위의 동시 { $width } 띠. 선이 띠 아래로 내려가면 참값이 사후표본보다 큰 쪽에 치우친 것이고, 먼저 띠 위로 올라갔다가 아래로 내려가면 구간이 너무 좁은 것이다.
calibration-ecdf-alt = { $quantity }: { $inside ->
    [yes] 선이 띠 안에 머문다
   *[no] 선이 띠를 벗어난다
  }. 균등분포와의 최대 거리 { $most }, p = { $p }
calibration-ecdf-table = 핵심 결과 수량의 순위
calibration-reliable-title = { $event }
calibration-reliable-axis = 사후확률
calibration-reliable-panel = 실제로 일어난 세계의 비율
calibration-reliable-caption = 사건의 사후확률과 실제로 일어난 세계의 비율. 단위 없음, 확률 구간별. 점: 구간, 넓이는 세계의 수. 선: 보정되었을 때의 중앙 90% 구간, 파선: 사후확률과 실제 비율이 같은 자리.
calibration-reliable-alt = { $event }, 확률 구간별: { $bins }
calibration-reliable-bin = 사후확률 { $said }, 실제 { $was }(세계 { $n }개)
calibration-reliable-table = 확률 구간별 사건
calibration-moved = { $what ->
    [model] 모형
    [data] 자료의 형식
   *[code] 밀도·집계·모의실험의 코드
  }
calibration-certificate = 이 모형의 보정 상태는 { $day }에 { $given ->
    [yes] 자료가 주어졌을 때의 사후분포
   *[no] 사전분포
  }에서 뽑은 모의 세계 { $worlds }개로 확인하였다{ $lost ->
    [0] {""}
   *[other] (그 밖에 { $lost }개는 적합하지 못하였다)
  }. { $fine ->
    [yes] 확인할 수 있는 한 순위는 균등하다
   *[no] 순위는 균등하지 않다
  }({ $number }개 가운데 최소 p = { $p }, { $quantity }).{ $covered ->
    [yes] {" "}핵심 결과의 90% 구간은 세계의 { $least }~{ $most }에서 참값을 포함한다.
   *[no] {""}
  }
calibration-stale = { $told } 이 확인서는 낡았다: 그 뒤 { $moved }{ PARTICLE($moved, "이/가") } 바뀌었다.
calibration-no-certificate = 이 모형과 자료에 대한 보정 확인서가 없다.
