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
model-error = { $parameter ->
    [included] { $error }: 실제 입국자가 공표 인원에 포함될 확률
    [added] { $error }: 공표된 사람 1명당 실제 사람이 아닌 기재의 수
    [missed] { $error }: { $one }{ PARTICLE($one, "이/가") } { $other }{ PARTICLE($other, "으로/로") } 공표될 확률
    [false] { $error }: { $one }{ PARTICLE($one, "이/가") } { $other }{ PARTICLE($other, "으로/로") } 공표될 확률
   *[size] { $error }: 최종값 대비 공표값의 비(로그)의 표준편차
  }
model-error-factor = { YEAR($span) } 총인원: 최종값 대비 공표값의 비
model-heading = 모형
model-what = { $title }. { $description }
model-priors = 사전분포(원 단위)
model-errors = 공표된 수는 위의 오차만큼 실제 입국자와 다르다고 가정한다. 발생률, 비중, 기대 및 실현 인원은 실제로 입국한 사람에 관한 값이고, 행의 예측값은 공표될 값이다. 공표된 수만으로는 이 오차를 거의 알 수 없다. 사후분포의 폭이 사전분포와 같다면 그 오차에 관한 내용은 모두 사전분포에서 온 것이다.
model-errors-table = 공표 오차: 중앙값과 중앙 { $width } 구간
model-errors-column = { $which ->
    [prior] 사전
   *[posterior] 진술을 반영한 뒤
  }
model-no-exposure = 모형이 위험집단을 정하지 않았으므로 발생률은 연간 인원이다.
