effect-heading = 효과
effect-none = 모형에 공변량이 없으므로 제시할 효과가 없다.
effect-what = 각 수치는 다른 항을 고정하고 옆에 적은 차이만큼 공변량이 달라질 때의 발생률비이다. 수축은 로그 효과의 1 − 사후분산/사전분산이다. 0에 가까우면 사전분포를 되풀이한 값이고, 1에 가까우면 자료가 정한 값이다. 함께 움직이는 공변량은 자료의 정보를 나누어 갖는다. 각 효과가 사전분포보다 훨씬 좁더라도 이들을 구분하는 것은 사전분포일 수 있다. 따라서 무엇에 의존하는지는 정밀도 가운데 사전분포에서 오는 몫으로 판단한다. 75% 이상이면 주로 사전분포, 25% 이하이면 주로 자료이다. 모형 밖의 어떤 것도 공변량과 함께 움직이지 않는다고 가정하지 않는 한, 효과는 이 모형 안의 연관이며 원인이 아니다.
effect-alt = 발생률비의 사후분포: { $numbers }
effect-caption = 각 공변량 한 단위(표에 제시)에 대한 발생률비, 로그 축. 사전분포(파선)와 사후분포의 중앙값과 중앙 { $width } 구간.
effect-table = 효과
effect-unit = 계열의 한 단위
effect-rests = { $on ->
    [unknown] 알 수 없음
    [prior] 주로 사전분포
    [both] 사전분포와 자료
   *[data] 주로 자료
  }
effect-others = 사전분포가 있는 그 밖의 양
effect-others-folded = 그 밖의 양의 사전분포와 사후분포
effect-quantity = { $name ->
    [log_exposure_factor] 위험집단 인원의 기재값 대비 실제값
    [trend_scale] 추세의 1년간 변화의 표준편차
    [effect_spread] 집단 간 효과의 표준편차
    [frailty_cv] 우연을 넘는 기간별 산포
    [definition_factor] 정의의 배율
   *[season_effect] 연평균 대비 계절 수준
  }
effect-season = { $every ->
    [quarter] { $place }분기
   *[month] { $place }월
  }
