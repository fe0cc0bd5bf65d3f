rate-heading = 발생률
rate-axis = { $unit }(로그)
rate-alt = { $group }의 발생률, { $unit }. { $numbers }
rate-caption = { $every ->
    [year] 연도별
    [quarter] 분기별
   *[month] 월별
  } 집단별 발생률. 로그 축, 중앙값과 중앙 { $width } 구간, 단위: { $units }. 1인년은 한 사람이 365.25일 동안 위험에 노출된 양이다.
rate-table = 발생률
rate-uncertain = 위험집단의 규모 자체가 불확실하다. 구간은 이 불확실성을 반영하며, 발생률의 수준은 위험집단의 규모와 반대로 움직인다.
