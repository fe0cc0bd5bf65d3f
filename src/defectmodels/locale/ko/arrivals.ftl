arrivals-heading = 입국자
arrivals-none = 집단 자체를 센 진술이 없으므로 그림을 그리지 않는다.
arrivals-title = { $every ->
    [year] 연도별
    [quarter] 분기별
   *[month] 월별
  } 입국자: { $groups }
arrivals-axis = { $every ->
    [year] 연간
    [quarter] 분기당
   *[month] 월간
  } 인원(명, 로그)
arrivals-published = 공표치
arrivals-predictive-band = 예측({ $width } 구간)
arrivals-expected-band = 기대(중앙값, { $width } 구간)
arrivals-expected-of = 기대({ $group })
arrivals-realised-band = 실현({ $width } 구간)
arrivals-spans-caption = { $groups }의 { $every ->
    [year] 연간
    [quarter] 분기당
   *[month] 월간
  } 입국 인원(명), 로그 축. 기대 입국자 수(중앙값과 중앙 { $width } 구간), 예측 인원(중앙 { $width } 구간), 그리고 정확한 공표값으로 전체가 채워지는 { $every ->
    [year] 해
    [quarter] 분기
   *[month] 달
  }의 총인원.
arrivals-periods-caption = 위와 같은 그림을 { $every ->
    [year] 연도별
    [quarter] 분기별
   *[month] 월별
  }로 나타냈다. 인원(명)의 중앙값과 중앙 { $width } 구간. 공표된 행은 그 기간 위에 그리고, 수치는 { $every ->
    [year] 연
    [quarter] 분기
   *[month] 월
  } 단위로 잰 기간의 길이로 나누었다.
arrivals-part-caption = { $group }의 { $every ->
    [year] 연간
    [quarter] 분기당
   *[month] 월간
  } 입국 인원(명), 로그 축. 중앙값과 중앙 { $width } 구간. 진술은 그 기간 위에 가장 작은 값에서 가장 큰 값까지 그렸다(화살표: 상한 없음, 0은 축의 맨 아래). 1년이 넘는 기간의 수치는 햇수로 나누었으며, 비교 진술은 그리지 않았다.
arrivals-part-others = 선과 음영은 기준 정의를 따른다. 다음 정의는 세는 대상이 다르며, 그 비는 아래의 배율로 나타냈다: { $definitions }.
arrivals-definition-alt = { $title }. 구간으로 그린 { $definition } 진술: { $statements }. 기대: { $numbers }.
arrivals-statements = { $group }에 관한 진술
arrivals-statements-folded = 진술의 내용과 적합의 예측
arrivals-factors = 정의별 배율: 기준 정의의 발생률에 대한 비
arrivals-errors = 모형에 공표 오차가 있다. 기대 및 실현 인원은 실제로 입국한 사람이고 예측 인원은 공표될 사람이다.
