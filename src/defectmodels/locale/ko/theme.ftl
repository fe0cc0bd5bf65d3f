theme-heading = 주제별 몫
theme-season = 계절과 일수
theme-unmeasured = 측정되지 않은 부분
theme-note = 같은 주제의 계열은 하나의 몫으로 묶는다. 국경, 공식 왕래, 해외 파견 인력의 교대 중단은 모두 ‘봉쇄’에 속한다. 어떤 계열도 담지 못하는 변화는 ‘{ $unmeasured }’이다. 각 주제를 모든 집단에서 동시에 첫 기간의 수준에서 둘째 기간의 수준으로 바꾸고, 바꾸는 모든 순서에 대해 평균한다(Shapley). 몫의 합은 모든 사후표본에서 변화량과 같다. 몫은 모형의 산술이다. 그 주제만 따로 움직일 수 있었고 모형의 효과가 곧 정책의 효과라고 가정하지 않는 한, 몫은 원인이 아니다.
theme-kind = { $kind ->
    [share] 비중
    [count] 인원
   *[total] 총인원
  }
theme-whole = { $kind ->
    [share] 비중의 변화
    [count] 인원의 변화
   *[total] 총인원의 변화
  }
theme-title = { $kind ->
    [share] { $group } 비중
    [count] { $group } 인원
   *[total] 전체 입국자
  }, { YEAR($first) } 대비 { YEAR($last) }
theme-alt = { $title }, 주제별 몫({ $unit }). { $numbers }
theme-table = 주제별 몫, { YEAR($first) } 대비 { YEAR($last) }
theme-caption = { YEAR($first) } 대비 { YEAR($last) }의 변화를 주제별로 나눈 몫. 막대: 중앙값, 선: 중앙 { $width } 구간, 단위는 각 그림 아래, 변화량 자체는 맨 끝. 모형의 산술이다.
theme-fractions = { $kind ->
    [share] 비중
    [count] 인원
   *[total] 총인원
  }의 변화 { $size }에서 각 몫이 차지하는 비율(%): { $parts }.
