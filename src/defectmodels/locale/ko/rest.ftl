rest-prior = { $kind ->
    [baseline] { $of } 기준 발생률
    [exposure] 위험집단 인원({ $of })
    [effect] { $of } 효과
    [spread] 효과의 집단 간 차이
    [pooling] { $of } 효과의 집단 간 부분 통합
    [season] 계절
    [trend] 추세의 크기
    [steps] { $of } 추세의 평활도
    [frailty] 취약성
    [factor] { $of } 배율
    [share] { $of } 비중
    [error] 공표 오차({ $of })
   *[reliability] ‘{ $of ->
        [high] 상
        [medium] 중
       *[low] 하
      }’ 등급 신뢰성
  }
rest-driven = { $number }{ PARTICLE($number, "은/는") } { $priors }의 사전분포가 좌우한다. 정밀도의 { $share }가 사전분포에서 온다
rest-evidence = { $number }{ PARTICLE($number, "은/는") } 근거자료와 사전분포에 함께 의존한다. 정밀도의 { $share }가 사전분포에서 오며, 그중 { $priors }의 사전분포가 가장 크다. 근거자료 가운데 { $origin }의 진술이 가장 크게 움직인다
rest-none = { $number }{ PARTICLE($number, "은/는") } 확률이다. 어느 근거자료가 움직이는지는 알 수 있으나, 나누어 볼 정밀도는 없다
rest-mover = { $origin }({ $pull })
