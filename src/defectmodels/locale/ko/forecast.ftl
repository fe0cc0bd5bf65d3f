forecast-heading = 전망
forecast-none = 제공되는 시나리오 가운데 이 모형의 모든 계열이 마지막 기간 이후 어떻게 되는지 정한 것이 없다.
forecast-refused = 이 모형으로 답할 수 없는 미래 시나리오:
forecast-fitted = 적합 기간의 기대값
forecast-outer = 전망, { $width }
forecast-inner = 전망, { $width }와 중앙값
forecast-alt = { $definition } 전망, { $title }, 연간 인원(명). { $numbers }
forecast-caption = 연간 인원(명), 로그 축. 적합 기간의 기대값은 회색({ $width } 구간), 전망은 파란색(안쪽 띠 { $inner }, 바깥쪽 띠 { $width }, 선은 중앙값)이며 계열의 미래 시나리오별로 그렸다. 전망의 폭에는 사후분포, 추세의 향후 변동, 취약성, 우연 변동이 들어 있다. 계열이 시나리오와 다르게 움직이는 미래는 들어 있지 않다.
forecast-table = 전망(명)
forecast-column = { $column ->
    [scenario] 시나리오
    [statement] 진술
    [status] 상태
   *[median] 전망 중앙값
  }
forecast-sentence = { $title }, { YEAR($span) }: { $parts }.
forecast-part = { $definition } { $persons }
forecast-words = { $reading ->
    [about] { $number }명 내외
    [odd] { $number }여 명
    [approaching] { $number }명 육박
   *[other] { $reading } { $number }
  }
forecast-words-alone = { $reading ->
    [several] 수 명
   *[other] { $reading }
  }
forecast-says = { $definition }에 관한 진술 ‘{ $words }’({ $interval }{ PARTICLE($interval, "으로/로") } 해석)이 참일 확률은 { $chance }이다.
forecast-assumes = 가정: { $assumed }
forecast-support = 자료의 범위: { $support }.
forecast-published = 이후 공표된 값과의 비교, ‘{ $title }’ 기준
forecast-not-held = 이후 공표된 값과 비교하지 못했다: { $why }
forecast-status = { $status ->
    [current] 현재 판본
    [whole] 세부 행의 합
   *[unverified] 미확인
  }
