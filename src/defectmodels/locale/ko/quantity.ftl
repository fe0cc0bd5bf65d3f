quantity-ratio = { YEAR($before) } 대비 { YEAR($after) } { $what ->
    [share] { $group } 비중
    [count] { $group } 인원
   *[total] 총인원
  }의 비
quantity-level = { YEAR($at) } { $what ->
    [share] { $group } 비중
    [count] { $group } 인원
    [rate] { $group } 발생률
   *[total] 총인원
  }({ YEAR($before) }→{ YEAR($after) } 비교)
quantity-part = { YEAR($before) }→{ YEAR($after) } { $group } { $what ->
    [share] 비중
   *[count] 인원
  } 변화 중 { $part }의 몫
quantity-chance = { YEAR($before) }→{ YEAR($after) } P({ $what ->
    [share] { $group } 비중
    [count] { $group } 인원
   *[total] 총인원
  } 증가)
quantity-yearly = { YEAR($at) } { $group } 연간 입국자 수
quantity-rate = { YEAR($at) } { $group } 발생률
quantity-share = { YEAR($at) } { $group } 비중
quantity-effect = { $group }의 { $part } 계수
quantity-grade = ‘{ $grade ->
    [high] 상
    [medium] 중
   *[low] 하
  }’ 등급 신뢰성
quantity-element = { $name ->
    [log_baseline] 기준 발생률의 로그값
    [log_exposure_factor] 노출량 보정계수의 로그값
    [effect] 공변량 계수
    [pooled_effect] 집단 평균 계수
    [effect_spread] 계수의 집단 간 표준편차
    [season_effect] 계절 계수
    [trend] 추세
    [trend_scale] 추세의 척도
    [frailty_cv] 취약성 변동계수
    [definition_factor] 정의별 배율
    [reliability] 신뢰성
    [error_parameter] 공표 오차의 모수
    [revision_scale] 수정 크기
   *[other] { $name }
  }[{ $places }]
quantity-parameter = { $name ->
    [log_baseline] 기준 발생률의 로그값
    [log_exposure_factor] 노출량 보정계수의 로그값
    [effect] 공변량 계수
    [pooled_effect] 집단 평균 계수
    [effect_spread] 계수의 집단 간 표준편차
    [season_effect] 계절 계수
    [trend] 추세
    [trend_scale] 추세의 척도
    [frailty_cv] 취약성 변동계수
    [definition_factor] 정의별 배율
    [reliability] 신뢰성
    [error_parameter] 공표 오차의 모수
    [revision_scale] 수정 크기
   *[other] { $name }
  }
