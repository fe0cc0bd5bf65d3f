barg-heading = 보고 지침
barg-what = 이 보고서가 베이즈 분석 보고 지침(BARG; Kruschke 2021, Nature Human Behaviour 5, 1282~1291쪽, doi:10.1038/s41562-021-01177-7)을 어떻게 따르는지 항목별로 적는다. 각 항목의 내용은 이 적합에서 그대로 가져온 것이다.
barg-list = 서문과 1~5단계의 항목과 기호는 지침의 것을 줄여 옮겼다. 6단계는 주제에 따라 적었으며, 그 기호는 논문과 대조하지 못하였다.
barg-table = 항목별 보고 지침
barg-column-item = 항목
barg-column-asked = 요구 사항
barg-column-here = 이 보고서의 내용
barg-column-where = 위치
barg-place = { $step ->
    [0] 서문 { $letter }
   *[other] { $step }{ $letter ->
        [none] {""}
       *[other] .{ $letter }
      }
  }
barg-asks-why = 베이즈 분석을 쓰는 이유
barg-asks-goals = 분석의 목적
barg-asks-data = 자료의 변수
barg-asks-likelihood = 가능도함수와 모수
barg-asks-prior = 사전분포
barg-asks-formal = 수식에 의한 명세
barg-asks-prior-check = 사전예측 점검
barg-asks-software = 소프트웨어
barg-asks-convergence = MCMC 체인의 수렴
barg-asks-resolution = MCMC 체인의 해상도
barg-asks-other = MCMC가 아닌 경우
barg-asks-predictive = 사후예측 점검
barg-asks-summary = 변수의 사후분포 요약
barg-asks-factors = 베이즈 인자와 모형의 사후확률
barg-asks-decisions = 판정하는 이유
barg-asks-loss = 손실함수
barg-asks-region = 실질적 동등 영역(ROPE)의 한계
barg-asks-threshold = 베이즈 인자와 모형 확률의 판정 기준값
barg-asks-estimates = 추정값의 병기
barg-asks-broad = 민감도: 폭넓은 사전분포
barg-asks-informed = 민감도: 정보를 담은 사전분포
barg-asks-default = 민감도: 기본값 사전분포
barg-asks-factor-priors = 민감도: 베이즈 인자와 모형 확률
barg-asks-decision-priors = 민감도: 판정
barg-asks-installed = 재현: 소프트웨어와 설치
barg-asks-script = 재현: 스크립트와 자료
barg-asks-seed = 재현: 사후표본의 시드
barg-asks-readable = 재현: 사람이 읽을 수 있는 파일
barg-asks-saved = 재현: 사후표본의 보관
barg-asks-posted = 재현: 공개
barg-why = 진술 { $rows }건을 사용하며, 그중 { $open }건은 여러 수를 허용하거나 인원을 비교하고 { $doubted }건은 참이 아닐 가능성을 둔다. 하나의 사후분포가 각 진술을 적힌 그대로 받아들이고 모든 답에 확률을 준다.
barg-goals = { $compared ->
    [yes] { $group } 입국자가 어떻게 변하였는지 추정한다: { $spans }.
   *[no] 입국자 수와 발생률을 추정한다. 모형이 비교할 기간을 정하지 않았다.
  }{ $claims ->
    [0] {""}
   *[other] {" "}주장 { $claims }건을 적합에 묻는다.
  }
barg-pair = { YEAR($first) }에서 { YEAR($last) }
barg-data = 피설명변수: { $first }~{ $last }의 { $every ->
    [year] 연도별
    [quarter] 분기별
   *[month] 월별
  } { $groups } 입국자 수, 이에 관한 행 { $rows }건. 설명변수: { $predictors ->
    [0] 없음
   *[other] { $series }
  }. 위험집단: { $exposed ->
    [no] 정하지 않음
   *[yes] { $exposures }
  }.
barg-likelihood = 인원은 { $scatter ->
    [yes] 음이항분포
   *[no] 포아송분포
  }를 따른다: 직접 집계하는 행 { $direct }건, 공표된 총인원 안에서 집계하는 행 { $nested }건, 인원을 주변화하여 함께 집계하는 행 { $joint }건. 관심 모수: 발생률, 기대 입국자 수{ $several ->
    [yes] , 비중, 효과
   *[no] , 효과
  }. 보조 모수: { $ancillaries ->
    [0] 없음
   *[other] { $ancillary }
  }. { $pooled ->
    [0] 집단 사이에서 부분 통합하는 효과는 없다.
   *[other] 계열 { $pooled }개의 효과를 집단 사이에서 부분 통합한다.
  }
barg-ancillary = { $what ->
    [exposure] 기재값 대비 위험집단 인원
    [season] 계절
    [trend] 추세
    [scatter] 우연을 넘는 산포
    [factor] 정의별 배율
    [errors] 공표 오차의 모수
   *[reliability] 등급별 신뢰성
  }
barg-prior = 사전분포 { $priors }개, 각각의 중앙값과 { $width } 범위, 사유를 밝힌다.
barg-formal = 수식 { $equations }개. 모형 파일의 SHA-256은 { $digest }{ PARTICLE($digest, "으로/로") } 시작한다.
barg-prior-check = { $rows }개 행 가운데 { $inside }개에서 공표값이 사전예측 { $width } 구간과 겹친다.
barg-prior-unchecked = 하지 않음: 모든 행이 인원을 비교하는 진술이어서 맞추어 볼 수가 없다.
barg-software = { $versions }; 표집기 { $sampler }.
barg-convergence = 인용하는 양과 모수 { $quantities }개: 최대 R-hat { $value }({ $name }), 체인 { $chains }개, 체인당 { $draws }개. 사후표본 { $all }개 중 { $diverging }개가 발산하였다.
barg-one-chain = 하지 않음: 체인이 하나여서 체인 사이의 일치를 볼 수 없다. 사후표본은 { $draws }개이고 그중 { $diverging }개가 발산하였다.
barg-resolution = 최소 유효표본크기는 중심부 { $bulk }({ $bulk_name }), 꼬리 { $tail }({ $tail_name })이다. 인용하는 양의 몬테카를로 오차 중 최대는 표준편차의 { $error }({ $error_name })이다.
barg-still = 하지 않음: 인용하는 양 가운데 사후표본마다 달라지는 것이 없다.
barg-other = 하지 않음: 사후분포를 MCMC({ $sampler })로 추출하였다.
barg-predictive = { $rows }개 행의 예측과 PIT, 꼬리확률{ $known ->
    [yes] : { $found }.
   *[no] .
  }
barg-summary = 인용하는 수 { $quantities }개의 중앙값과 중앙 { $width } 구간{ $compared ->
    [yes] . { $chances }.
   *[no] .
  }
barg-chances = { YEAR($first) }에서 { YEAR($last) } 사이: { $chances }
barg-withheld = 하지 않음: 적합이 점검을 통과하지 못하여 답에 관한 어떤 수도 인용할 수 없다.
barg-factors = 하지 않음: 모형 하나를 적합하였고 다른 모형과 견주지 않으므로 모형의 사후확률이 없다.{ $directions ->
    [0] {""}
   *[other] {" "}베이즈 인자는 방향에 관한 것뿐이며, 점검에서 근거자료를 반영하기 전과 후의 승산을 비교한다.
  }
barg-decisions = { $pairs ->
    [0] 방향을 묻는 비교가 없다
   *[other] 비교 { $pairs }건의 방향을 밝히거나 판단을 유보한다
  }. { $claims ->
    [0] 적합에 묻는 주장이 없다
   *[other] 주장 { $claims }건 중 { $supported }건은 지지되고 { $unsupported }건은 지지되지 않으며, { $open }건은 판단할 수 없고 { $unanswered }건은 답이 없다
  }. 독자는 말로 된 답을 원하며, 각각의 말은 옆에 적은 규칙에 따라 확률에서 정해진다.
barg-undecided = 하지 않음: 모형이 비교할 기간을 정하지 않았고 적합에 묻는 주장도 없다.
barg-loss = 하지 않음: 틀린 답의 비용이 주어지지 않았다. 판정은 확률만으로 한다.
barg-region = 주장 { $claims }건 중 { $regions }건에 실질적 동등 영역이나 범위가 있고, 그 한계는 답과 함께 적는다. 그 확률이 { $sure }에 이르러야 한다. 방향에는 영역을 두지 않는다.
barg-no-region = 하지 않음: 적합에 묻는 주장이 없고, 방향에는 영역을 두지 않는다.
barg-threshold = 하지 않음: 베이즈 인자나 모형의 확률에 따른 판정이 없다. 방향은 표시된 사후확률이 { $direction } 이상이어야 하고, 주장은 몬테카를로 오차의 두 배를 감안하여 { $claim } 이상이어야 한다.
barg-estimates = { $pairs ->
    [0] 방향을 묻는 비교가 없다
   *[other] 모든 방향은 두 기간의 중앙값과 구간을 함께 적는다
  }. { $claims ->
    [0] 적합에 묻는 주장이 없다
   *[other] 주장 { $claims }건 중 { $estimated }건은 추정값을 함께 적고, 나머지는 답이 없다
  }.
barg-broad = 결론에 쓰인 수 { $numbers }개의 사전분포 대비 사후분포의 수축은 최소 { $value }({ $name })이다. 0이면 사전분포가, 1이면 근거자료가 답한 것이다. 다른 사전분포로 다시 적합하지는 않았다.
barg-not-contracted = 하지 않음: 결론에 쓰인 수 가운데 근거자료가 사전분포에 더한 바를 알 수 있는 것이 없다.
barg-informed = 하지 않음: 한 적합에는 사전분포가 한 벌이며, 다른 사전분포로 다시 적합하지 않았다. 하려면 모형 파일의 사본에서 사전분포를 바꾸어 다시 적합하고 ‘defectmodels compare’로 두 적합을 나란히 놓는다.
barg-default = 하지 않음: 기본값으로 정한 사전분포가 없다. { $priors }개 모두 모형이나 계열의 파일에 사유와 함께 적혀 있다.
barg-factor-priors = 하지 않음: 베이즈 인자나 모형의 확률에 따른 판정이 없다.
barg-decision-priors = 근거자료에 대하여: 출처 기관 { $origins }곳을 하나씩 제외하며, 결론의 확률이 얼마나 움직이는지는 근거자료 감사에 있다. 사전분포에 대하여: 하지 않음, 5.B 참조.
barg-installed = defectmodels { $version }, Python { $python }, 버전이 기록된 그 밖의 패키지 { $others }개. 설치 방법은 패키지의 README에 있다.
barg-script = 명령 두 줄로 적합과 이 보고서를 다시 만든다. 적합 파일에 모형과 진술, 계열이 들어 있다. SHA-256은 { $model }(모형), { $dataset }(진술과 계열)로 시작한다.
barg-seed = 난수 시드 { $seed }. 파일과 버전, 설정, 시드가 같으면 같은 사후표본을 얻는다.
barg-readable = 모형과 진술, 계열은 텍스트 파일이다. 사전분포 { $priors }개에 사유가 있고, 진술 { $statements }건 중 { $sourced }건에 출처가 있다.
barg-saved = 적합 파일에 사후표본 { $draws }개 전부와 사전분포의 표본, 예측이 들어 있다.
barg-posted = 하지 않음: 적합과 그 파일, 이 보고서가 어디에 공개되었는지는 적합에 기록되지 않는다.
