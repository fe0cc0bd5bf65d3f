equation-name = { $name ->
    [baseline] 기저
    [chance] 우연확률
    [effect] 효과
    [expected] 기대
    [exposure] 노출
    [factor] 배율
    [pooled] 공통
    [rate] 발생률
    [published] 공표
    [readings] 해석수
    [reliability] 신뢰성
    [scale] 척도
    [season] 계절
    [spread] 집단차
    [trend] 추세
    [true] 참
    [walk] 보행
   *[years] 연수
  }
equation-rate = { $every ->
    [year] 연도
    [quarter] 분기
   *[month] 월
  } t에서 집단 g의 로그 발생률: { $groups }
equation-expected = 기대 입국자 수: 발생률에 기간의 길이(연)를 곱한 값
equation-exposed = 기대 입국자 수: 위험집단 인원에 기간의 길이와 발생률을 곱한 값({ $exposures }). 위험집단 인원이 불확실하면 기재값에 사전분포가 있는 배율을 곱한다
equation-exposure-of = { $group }: { $series }
equation-shared = 여러 집단에 작용하는 효과는 집단 사이에서 서로 가까워지도록 부분 통합한다: { $series }
equation-alone = 한 집단에만 작용하는 효과는 사전분포를 그대로 따른다: { $series }
equation-trend = 추세는 { $every ->
    [year] 매년
    [quarter] 매 분기
   *[month] 매월
  } 한 걸음씩 움직이는 확률보행이다. 걸음 사이는 직선으로 잇고 평균을 뺀다. 걸음의 분산은 척도²에 걸음의 길이(연)를 곱한 값이다
equation-mean = { $scaled ->
    [yes] 행 r의 평균: 해당 기간 해당 집단의 기대 입국자 수. 다른 사람을 집계하는 정의에는 고유한 배율이 있고 나머지의 배율은 1이다
   *[no] 행 r의 평균: 해당 기간 해당 집단의 기대 입국자 수
  }
equation-published = 진술이 집계하는 값: 기대 입국자 수에 공표 오차를 차례로 적용한 값({ $errors }). W는 집단 h의 사람이 집단 g로 공표될 확률과 실제 사람이 아닌 기재를 담는다
equation-error = { $kind ->
    [undercount] 과소집계
    [overcount] 과대집계
    [misclassification] 집단 오분류
   *[revision] 앞으로 수정될 총인원
  }({ $of ->
    [some] { $groups }
   *[all] 모든 집단
  }, { $when ->
    [some] { $spans }
   *[all] 모든 기간
  }{ $under ->
    [some] , { $definitions } 정의에만 적용
   *[all] { "" }
  })
equation-poisson = 행의 인원
equation-negative-binomial = 행의 인원: 평균이 μ인 음이항분포. cv는 우연을 넘는 기간별 산포로 모든 집단에 공통이고, n은 행에 들어 있는 서로 독립인 기간의 수이다
equation-nested = 공표된 총인원 p에 포함되는 사람을 집계하는 행의 인원: 총인원이 주어질 때의 이항분포이므로 모든 집단을 함께 흩뜨리는 요인은 상쇄된다. 행의 μ에는 그 정의의 배율이 들어 있다
equation-joint = 인원 N이 주어질 때 함께 집계하는 행: 행은 등급 g의 신뢰성만큼의 확률로 참이고(등급이 없으면 1), 경합하는 해석은 서로 확률이 같다. 참이 아니면 아무것도 말해 주지 않으며 그 확률은 사전확률 ‘우연확률’이다. 인원은 주변화한다: 공표된 총인원이 있으면 이항분포이고, 총인원이 없는 날은 위와 같이 정해진다
