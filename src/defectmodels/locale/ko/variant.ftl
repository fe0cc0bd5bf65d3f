# 달리 할 수 있었던 선택: 물음, 짧은 이름, 각 선택이 바꾸는 것.
variant-axis = { $axis ->
    [likelihood] 가능도
    [trend] 추세
    [coding] 공변량 부호화
    [pooling] 집단 간 효과
    [readings] 해석
    [definitions] 정의
   *[periods] 기간 단위
  }
variant-label = { $choice ->
    [poisson] 포아송
    [no-trend] 추세 없음
    [eras] 시대별 계단
    [one-index] 지수 하나만
    [separate] 집단별
    [equal] 동일
    [narrow] 좁게
    [wide] 넓게
    [strict] 엄격
    [alike] 모두 같음
    [yearly] 연
    [by-halves] 반기
   *[shipped] 모형 파일
  }
variant-sentence = { $choice ->
    [poisson] 입국은 서로 독립이다. 취약성을 두지 않는다.
    [no-trend] 추세를 두지 않는다.
    [eras] 자료에 시대 구분이 있는 주제의 공변량을 시대별 계단으로 바꾼다. 사전분포에는 방향이 없으며 폭은 원래 공변량 가운데 가장 넓은 것과 같다.
    [one-index] 공변량을 하나만 둔다. 모든 집단에 작용하는 첫 공변량이며, 봉쇄 지수가 있으면 그것이다.
    [separate] 모든 공변량의 효과를 집단마다 따로 두고, 평균 효과의 사전분포를 그대로 쓴다.
    [equal] 공변량은 그것이 작용하는 모든 집단에 똑같이 작용한다.
    [narrow] "약" 같은 표현의 범위를 절반으로 좁힌다.
    [wide] "약" 같은 표현의 범위를 두 배로 넓힌다.
    [strict] 집단 자체를 세는 정의만 쓴다.
    [alike] 모든 정의의 발생률을 집단과 같게 두되, 세는 사람은 정의마다 따로 둔다.
    [yearly] 기간은 연 단위이며 계절을 두지 않는다.
    [by-halves] 기간은 반기 단위이다.
   *[shipped] 모형 파일에 적힌 대로 한다.
  }
# 선택할 수 없는 까닭.
variant-impossible = { $reason ->
    [no-covariates] 모형에 공변량이 없다
    [no-frailty] 모형에 취약성이 없다
    [no-trend] 모형에 추세가 없다
    [no-eras] 공변량의 주제 가운데 자료에 시대 구분이 있는 것이 없다
    [one-covariate] 모형의 공변량이 하나뿐이다
    [not-shared] 두 집단 이상에 작용하는 공변량이 없다
    [no-reading] "약"으로 해석하는 진술이 없다
    [not-scaled] 모든 정의가 집단 자체를 센다
    [yearly] 기간이 이미 연 단위이다
   *[no-halves] 모형 파일의 기간은 연, 분기, 월뿐이다
  }
