check-name-chains = 체인 간 일치
check-name-draws = 유효표본크기({ $part ->
    [centre] 중심
   *[tails] 꼬리
  })
check-name-error = 몬테카를로 오차
check-name-divergences = 발산
check-name-energy = 에너지
check-name-coverage = 포함률
check-name-calibration = 보정
check-name-misfit = 최대 부적합
check-name-identification = 식별
check-name-direction = 방향
check-name-prior = 사전분포와 근거자료
check-name-repeated = 행의 중복 입력
check-name-spans = 비교 기간
check-name-loo = 하나 제외 교차검증
check-chains = 최대 R-hat { $value }({ $name }), 기준 { $limit } 이하
check-one-chain = 체인이 하나뿐이면 체인 간 일치를 확인할 수 없다
check-draws = { $part ->
    [centre] 중심
   *[tails] 꼬리
  }의 최소 유효표본크기 { $value }({ $name }), 기준 { $limit } 이상
check-error = 인용 항목의 몬테카를로 오차는 최대 표준편차의 { $value }({ $name }), 기준 { $limit } 이하
check-divergences = 사후표본 { $draws }개 중 { $number }개에서 발산, 기준 0개
check-energy = 최소 결측정보 비율 { $value }, 기준 { $limit } 이상
check-coverage = 행 { $rows }건 중 { $inside }{ PARTICLE($inside, "이/가") } 중앙 90% 구간 안에 있다. 모형이 참일 때 이만큼 또는 더 적은 행이 구간 안에 들 확률은 { $chance }이다
check-calibration = 행의 { $outside }{ PARTICLE($outside, "이/가") } 중앙 50% 구간 밖에 있다. 모형이 참일 때 이만큼 또는 더 많은 행이 구간 밖에 놓일 확률은 { $chance }이다
check-misfit = 예측에서 가장 벗어난 행 { $row }: 꼬리확률 { $tail }, 행 수 { $rows }{ PARTICLE($rows, "을/를") } 곱하면 { $product }
check-misfit-open = 예측에서 가장 벗어난 행 { $row }: 꼬리확률 { $tail }, 행 수 { $rows }{ PARTICLE($rows, "을/를") } 곱하면 { $product }. 몬테카를로 오차를 감안하면 { $limit } 미만이라고 단정할 수 없다
check-contraction = 인용 항목의 최소 수축 { $value }({ $name }), 기준 { $limit } 이상{ $driven ->
    [yes] . 이 항목의 답은 사전분포가 좌우한다
   *[no] {""}
  }{ $others ->
    [0] {""}
   *[other] . 그 밖에 수축이 낮은 항목: { $also }
  }
check-direction = { $name }{ PARTICLE($name, "은/는") } 근거자료를 보기 전 { $prior }, 본 뒤 { $posterior }. 근거자료를 반영하면 그 방향의 오즈가 { $factor }배가 된다. 기준은 { $limit }배 이상이다
check-direction-none = 사전분포만으로 나올 수 있는 방향은 밝히지 않았다
check-surprise = { $name }의 사후 중앙값은 사전 중앙값에서 사전 표준편차의 { $value }배만큼 떨어져 있다. 기준은 { $limit }배 이하이다
check-twice = { $one }의 내용이 { $other }{ PARTICLE($other, "과/와") } 같다
check-never-twice = 한 출처 기관의 진술이 두 번 입력된 경우는 없다
check-bare = { $group } 인원을 집계한 공표 자료가 없는 기간: { $spans }
check-covered = 비교하는 기간마다 인원을 집계한 행이 있다
check-loo-none = 행 { $rows }건 중 파레토 k가 { $limit }{ PARTICLE($limit, "을/를") } 넘는 행 { $number }건
check-loo-some = 행 { $rows }건 중 { $number }건({ $named } 등)의 파레토 k가 { $limit }{ PARTICLE($limit, "을/를") } 넘는다. 이 행을 제외한 결과는 신뢰할 수 없다
check-loo-missing = 행 { $rows }건 중 { $number }건({ $named } 등)의 파레토 k가 { $limit }{ PARTICLE($limit, "을/를") } 넘거나 계산되지 않는다. 이 행을 제외한 결과는 신뢰할 수 없다
check-do-longer = 표본추출을 늘린다(사후표본과 튜닝 횟수를 늘리거나 시드를 바꾼다). 그다음 점검 결과에 적힌 항목을 살펴본다
check-do-chains = 체인을 2개 이상 사용하여 적합한다(기본값은 4개)
check-do-divergences = 사후분포의 일부 영역을 놓쳤을 수 있다. 튜닝을 늘리거나 척도의 사전분포를 좁힌다
check-do-energy = 사후분포의 꼬리가 두껍다. 척도의 사전분포를 살펴본다
check-do-misfit = 모형이 공표된 수치를 재현하지 못한다. 맞지 않는 행을 살펴보고, 항이나 취약성을 추가한다
check-do-identification = 분석 결과로 인용하지 않는다. 비교 기간의 근거자료를 추가하거나, 근거자료가 있는 기간을 비교하거나, 사전분포에서 온 값임을 밝힌다. 사전분포를 넓혀도 정보는 늘지 않는다
check-do-prior = 단위를 잘못 읽은 행, 집단이 뒤바뀐 행, 날짜가 밀린 행이 있는지 살펴본다. 행이 모두 옳다면 사전분포나 모형의 형태가 잘못된 것이다
check-do-repeated = 하나만 남긴다. 다른 하나의 상태(status)를 copy나 variant로 바꾸거나, 출처 기관(origin)을 따로 적는다
check-do-spans = 근거자료가 있는 기간을 비교하거나 근거자료를 추가한다. 근거자료가 없으면 사전분포와 추세가 답을 정한다
check-do-loo = 다시 적합하지 않고는 LOO로 모형을 비교하지 않는다. 이 적합의 결과 자체와는 무관하다
check-heading = 점검
check-worst = { $verdict ->
    [pass] 인용에 관한 점검을 모두 통과했다.
    [warn] 주의가 나온 점검이 있으나, 불합격은 없다.
   *[fail] 불합격한 점검이 있다.
  }
check-table = 점검 목록
check-column-verdict = 판정
check-column-remedy = 조치
check-verdict = { $verdict ->
    [pass] ✓ 통과
    [warn] ! 주의
   *[fail] ✗ 불합격
  }
check-pit-alt = PIT 값 { $rows }개를 { $bins }개 계급으로 나눈 히스토그램. 계급별 행 수: { $counts }. 보정이 잘된 적합에서는 10개 계급 중 9개에서 { $low }~{ $high }건이다.
check-pit-title = 보정
check-pit-axis = 행의 PIT
check-pit-band = 보정이 잘된 경우 계급의 90%
check-rows = 행
check-rootogram-alt = 인원 규모별 행 수, 공표와 예측: { $sizes }
check-rootogram-size = { $size }명: 공표 { $found }건, 예측 { $predicted }건
check-rootogram-title = 정확한 수로 공표된 행의 루토그램
check-rootogram-persons = 행의 인원(명)
check-rootogram-rows = 행 수(제곱근 축)
check-rootogram-published = 공표
check-rootogram-predicted = 예측, 중앙값과 90% 구간
check-loo-alt = 행 { $rows }건의 파레토 k: 최댓값 { $largest }, { $limit } 초과 { $high }건{ $missing ->
    [0] {""}
   *[other] , 알 수 없음 { $missing }건
  }.
check-loo-title = 행 하나 제외
check-loo-k = 파레토 k
check-loo-above = { $limit } 초과
check-loo-axis = 행(전체 행 표의 순서)
check-with-all = 모든 행 사용
check-without = 이 출처의 행 제외
check-caption = 왼쪽부터 차례로, 행이 충분한 경우에만 싣는다. PIT: 각 행의 무작위화 예측확률(단위 없음). 예측의 폭이 알맞으면 평평하며, 띠는 계급의 90%가 드는 범위이다. 루토그램: 정확한 수로 공표된 행의 인원 규모별 수(제곱근 축), 예측 중앙값과 중앙 { $width } 구간. 파레토 k: { $limit }{ PARTICLE($limit, "을/를") } 넘는 행의 하나 제외 값은 신뢰하지 않는다.
check-few-rows = 행이 너무 적어 보정 그림을 그릴 수 없다.
check-misfits = 예측이 가장 어긋난 행 { $rows }건(양측 꼬리확률 순)
check-every-row = 전체 행: 예측과 하나 제외 교차검증
check-every-row-folded = 전체 행 { $rows }건(하나 제외 교차검증 포함)
check-column-tail = 꼬리확률
check-sampling = 인용 항목의 표본추출 진단
check-sampling-worst = 인용 항목의 표본추출 진단: 유효표본크기(ESS)가 가장 작은 { $number }개
check-sampling-folded = 인용 항목 { $number }개 전체
check-column-bulk = 중심 ESS
check-column-tails = 꼬리 ESS
check-column-error = 몬테카를로 오차 ÷ 표준편차
check-informed = 결론에 쓰인 수치가 의존하는 것: 수축 1 - (사후 구간의 폭 ÷ 사전 구간의 폭)², 정밀도 가운데 사전분포에서 오는 몫과 그 몫이 가장 큰 사전분포, 수치를 가장 크게 움직이는 근거자료(출처 기관마다 수치를 사후 표준편차의 몇 배만큼 올리는지(+) 내리는지(−), 사건은 확률의 변화)
check-informed-folded = 수치 가운데 자료에서 온 몫
check-column-contraction = 수축
check-column-share = 사전분포의 몫
check-column-priors = 사전분포
check-column-movers = 가장 크게 움직이는 근거자료
check-chances = 근거자료를 보기 전과 본 뒤의 결론 확률
check-chances-folded = 사전분포만으로 얻는 답
check-column-event = 사건
check-column-before = 보기 전
check-column-after = 본 뒤
check-loo-limit = { $limit } 이하
check-figure-table = 보정, 행의 크기, 하나 제외 교차검증
check-figure-column = { $column ->
    [figure] 그림
    [place] PIT, 인원 또는 행
    [found] 행 수 또는 파레토 k
   *[wanted] 기대되는 값
  }
check-name-rests = 사전분포의 몫
check-rests = 결론에 쓰인 수치의 정밀도 가운데 사전분포에서 오는 몫은 최대 { $value }이다({ $name }, 대부분 { $priors }의 사전분포). 기준은 { $limit } 이하이다{ $driven ->
    [yes] . { $priors }의 사전분포가 좌우한다
   *[no] {""}
  }{ $others ->
    [0] {""}
   *[other] . 그 밖에 { $others }개 수치도 그러하다
  }
check-do-rests = 수치와 함께 사전분포를 밝히거나, 둘을 가려낼 수 있는 근거자료를 추가한다. 각 수치가 무엇에 의존하는지는 ‘defectmodels check --rests’와 보고서에 있다
