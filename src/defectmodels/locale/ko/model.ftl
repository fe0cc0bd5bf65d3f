model-rate-unit = { $kind ->
    [persons] 연간 인원(명)
    [one] 위험집단 1인당 연간 인원
   *[many] 위험집단 { $per }명당 연간 인원
  }
model-median-rate = { $value }({ $unit })
model-median-ratio = { $value }(비)
model-rate-of = 모든 공변량이 중심값일 때 { $group }의 발생률
model-exposure-of = { $group } 위험집단 인원: 기재값 대비 실제값({ $series })
model-effect-of = { $title }의 발생률비({ $unit }), 적용 집단: { $groups }
model-one-unit = 계열의 1단위
model-spread = 집단 간 효과의 표준편차(로그)
model-season-of = 연평균 대비 계절 수준, 적용 집단: { $groups }
model-trend = 추세: 로그 발생률이 1년간 변하는 크기의 표준편차
model-scatter = { $every ->
    [year] 연도별
    [quarter] 분기별
   *[month] 월별
  } 인원이 우연을 넘어 흩어지는 정도: 변동계수
model-factor-of = ‘{ $definition }’ 정의: 기준 정의 대비 발생률의 비
model-part-of = ‘{ $definition }’ 정의: ‘{ $within }’에서 차지하는 비중
model-reliability-of = ‘{ $grade }’ 등급 진술이 참일 확률
model-heading = 모형
model-what = { $title }. { $description }
model-priors = 사전분포(원 단위)
model-no-exposure = 모형이 위험집단을 정하지 않았으므로 발생률은 연간 인원이다.
