compared-page = 적합 { $number }개 비교: { $group }, { YEAR($before) } 대비 { YEAR($after) }
compared-day = { $day } 기준
compared-seed = 시드 { $seed }
compared-number = { $number }번
compared-rule = 두 적합 가운데 하나가 어떤 항목의 증가에, 다른 하나가 그 감소에 { $sure } 이상의 확률을 부여하고 두 확률 모두 이 기준을 몬테카를로 오차의 두 배 이상 넘으면 두 결과는 서로 모순된다고 한다. 그렇지 않은 경우 두 비의 중앙 { $width } 구간에 공통된 값이 없으면 두 결과는 서로 겹치지 않는다고 한다. 근거자료를 공유하는 적합은 독립이 아니고 사후표본도 짝을 이루지 않으므로 차이의 확률은 제시하지 않는다. 이 규칙에 해당하지 않는 적합끼리도 결과가 다를 수 있다.
compared-title = { $what ->
    [share] 비중: { $group }
    [count] 인원: { $group }
   *[total] 전체 입국자
  }
compared-quantity = { $what ->
    [share] 비중
    [count] 인원
   *[total] 총인원
  }
compared-panel = { $title }, { YEAR($before) } 대비 { YEAR($after) }
compared-alt = { $title }, { YEAR($before) } 대비 { YEAR($after) }의 비. { $numbers }
compared-axis = 비(로그 축)
compared-caption = 적합별 { YEAR($before) } 대비 { YEAR($after) }의 비. 로그 축, 표식: 중앙값, 막대: 중앙 { $width } 구간. 1이면 변화가 없다.
compared-withheld = 보류
compared-both = 비중은 늘고 인원은 늘지 않았을 확률: { $numbers }.
compared-note = 중앙값과 중앙 { $width } 구간. 집단은 이름으로 맞춘다. 누구를 { $group }{ PARTICLE($group, "으로/로") } 집계하는지는 각 모형이 정한다.
compared-answers = 적합별 결과
compared-too-few = 점검을 통과한 적합이 둘 미만이므로 비교하지 않는다({ $group }, { YEAR($before) } 대비 { YEAR($after) }).
compared-alike = 적합 { $number }개 가운데 아래 규칙에 따라 결과가 다른 쌍은 없다: { $group }의 { $quantities }, { YEAR($before) } 대비 { YEAR($after) }.
compared-differ = 적합 { $number }개의 결과 가운데 아래 규칙에 따라 다른 것이 { $answers }건이다: { $group }, { YEAR($before) } 대비 { YEAR($after) }.
compared-difference = { $what ->
    [share] 비중
    [count] 인원
   *[total] 총인원
  }, { $kind ->
    [contradict] 방향이 반대
   *[apart] 구간이 겹치지 않음
  }. { $first }. { $second }.
compared-side = { $fit }: { $chance }, 비 { $ratio }
compared-differences = 결과가 다른 항목
compared-none = 규칙에 해당하는 것이 없다.
compared-better = 행 { $rows }개를 각각 나머지 행으로 예측할 때 { $best }의 예측이 { $second }보다 낫다(elpd 차이 { $gap }, 표준오차 { $error }).
compared-no-better = 행 { $rows }개를 뚜렷이 더 잘 예측하는 적합은 없다. { $best }{ PARTICLE($best, "이/가") } { $second }보다 앞서지만 그 차이가 { $small }보다 작거나 표준오차의 { $clear }배보다 작다(elpd 차이 { $gap }, 표준오차 { $error }).
compared-unreliable = { $fit }의 값은 신뢰할 수 없다. 파레토 k가 { $limit }{ PARTICLE($limit, "을/를") } 넘는 행이 { $rows }개 있다({ $ids }). 차이와 가중치가 틀릴 수 있으므로, 이 값으로 모형을 고르기 전에 이 행들을 빼고 다시 적합해야 한다.
compared-column = { $column ->
    [fit] 적합
    [elpd] elpd
    [se] 표준오차
    [p] 유효 모수 수
    [difference] 차이
    [dse] 차이의 표준오차
    [weight] 스태킹 가중치
    [model] 모형
    [dataset] 자료
    [day] 진술 기준일
    [rows] 행 수
    [seed] 시드
    [checks] 점검
    [bad] 통과하지 못한 항목
    [model-digest] 모형의 SHA-256
   *[dataset-digest] 자료와 계열의 SHA-256
  }
compared-high = k가 { $limit }{ PARTICLE($limit, "을/를") } 넘는 행
compared-loo-table = 행 { $rows }개의 하나 제외 교차검증, 예측이 좋은 순
compared-loo-note = 근거자료의 각 행에 대해 나머지 행이 모두 주어졌을 때의 기대 로그 예측밀도(elpd)를 파레토 평활 중요도 표집으로 구하고, 적합들의 혼합이 행을 가장 잘 예측하게 하는 스태킹 가중치를 함께 적는다. 어느 모형이 공표된 행을 잘 예측하는지를 보여 줄 뿐, 어느 결과가 참인지는 말하지 않는다. 같은 근거자료의 같은 행을 쓴 적합끼리만 비교한다.
compared-no-loo = 인용할 수 있는 적합 가운데 같은 행을 쓴 것이 둘 이상 없다.
compared-apart = { $fit }: { $why }.
compared-not-comparable = 하나 제외 교차검증으로 { $fit }{ PARTICLE($fit, "과/와") } 비교할 수 없는 적합:
compared-loo = 근거자료의 예측 비교
compared-other-dataset = 다른 자료({ $dataset })를 사용함
compared-other-day = 근거자료의 기준일이 다름({ $day })
compared-no-day = 근거자료의 기준일이 다름(알려진 자료 전부)
compared-other-version = 같은 자료의 다른 판본을 사용함
compared-other-rows = 행이 다르거나 집계 방식이 다름(첫 적합에만 있는 행 { $first }개, 이 적합에만 있는 행 { $this }개)
compared-other-cut = 따로 집계한 행이 다름
compared-all = 전체
compared-verdict = { $verdict ->
    [pass] 통과
    [warn] 주의
   *[fail] 불합격
  }
compared-fits-table = 적합과 점검 결과
compared-digests = 다이제스트
compared-fits = 비교한 적합
compared-failed = 점검 불합격: { $fits }. 이러한 적합의 수치는 보류한다.
compared-warned = 점검 주의: { $fits }. 수치는 주의 사항과 함께 인용해야 한다.
compared-last = 통과하지 못한 항목은 마지막 절에 있다.
compared-notice = { $state ->
    [fail] 보류
   *[warn] 인용 시 주의
  }
