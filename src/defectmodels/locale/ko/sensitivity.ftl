sensitivity-heading = 민감도
# 무엇을 바꾸는가.
sensitivity-subject = { $kind ->
    [base] 그대로
    [baseline] 사전분포: 발생률, { $name }
    [exposure-prior] 사전분포: 노출량, { $name }
    [effect] 사전분포: 계수, { $name }
    [spread] 사전분포: 계수의 집단 간 차이
    [season] 사전분포: 계절
    [trend] 사전분포: 추세의 빠르기
    [frailty] 사전분포: 기간별 산포
    [factor] 사전분포: 정의의 배수, { $name }
    [share] 사전분포: 정의의 비중, { $name }
    [error] 사전분포: 공표 오차, { $name }
    [reliability] 사전분포: 신뢰성, { $name }
    [all-priors] 사전분포 전부
    [likelihood] 가능도
    [priors] 사전분포 묶음
    [origin] 출처 { $name }
    [coding] 부호화, { $name }
    [coding-all] 부호화, 모든 공변량
    [event] 계단으로 대체: { $name }
    [event-all] 계단으로 대체: 판단으로 부호화한 지수 전부
    [event-eras] 시대로 대체: 해당 주제의 공변량
   *[exposure] 노출량, { $name }
  }
sensitivity-grade = { $grade ->
    [high] 상 등급
    [medium] 중 등급
   *[low] 하 등급
  }
# 무엇으로 바꾸는가.
sensitivity-change = { $change ->
    [base] 변화 없음
    [power] { $what } 거듭제곱
    [priors] { $what }
    [origin] 제외
    [low] 범위의 하한
    [high] 범위의 상한
    [since] { $what }의 계단
    [between] { $what }의 계단
    [steps] 각 날짜의 계단
    [eras] 시대별 계단
    [none] 노출량 없음
   *[series] { $what }
  }
sensitivity-mark = { $change ->
    [low] 하한
    [high] 상한
    [none] 없음
   *[other] { $what }
  }
sensitivity-set-name = { $set ->
    [sceptical] 회의적
    [enthusiastic] 낙관적
    [flat] 평평한
   *[other] { $name }
  }
# 사전분포 묶음의 뜻.
sensitivity-set = { $set ->
    [sceptical] 회의적: 어떤 계열도 발생률을 절반 넘게 움직이지 않고, 집단 간 차이가 거의 없으며, 공변량에 담기지 않은 변화는 느리다고 본다.
    [enthusiastic] 낙관적: 국경 봉쇄는 일반 주민의 탈북을 10분의 1로 줄이고, 이미 해외에 있는 사람은 봉쇄에 막히지 않으며, 제재와 공관 폐쇄는 각각 엘리트의 발생률을 두 배로 높인다고 본다(두 배까지의 오차를 허용한다).
    [flat] 평평한: 상식적인 범위에서 어느 쪽도 두둔하지 않을 만큼 모든 사전분포를 넓히고, 출처가 늘 틀릴 가능성과 늘 맞을 가능성을 같게 둔다.
   *[other] { $name }: 독자가 정한 묶음이다.
  }
sensitivity-how = { $how ->
    [base] 기준
    [weights] 가중치
    [refit] 재적합
    [refit-failed] 재적합 불합격
   *[not-known] 알 수 없음
  }
sensitivity-quantity = { $quantity ->
    [share-ratio] 비중의 비
   *[count-ratio] 인원의 비
  }
sensitivity-column = { $column ->
    [what] 바꾸는 것
    [change] 바꾼 뒤
    [errors] 가장 큰 차이(몬테카를로 오차 단위)
    [how] 방법
    [checks] 점검
    [seed] 시드
    [sensitivity] 민감도
    [at] { $what }, { $power } 거듭제곱
   *[k] 파레토 k
  }
sensitivity-count = 사전분포, 근거자료, 부호화, 노출량을 한 번에 하나씩 { $changes }가지로 바꾸어 핵심 결과({ YEAR($before) } 대비 { YEAR($after) })를 다시 구하였다. { $weights }가지는 기준 적합의 사후표본에 가중치를 주어, { $refits }가지는 재적합으로 구하였으며, 나머지는 그대로 두었다.
sensitivity-range = { $event }의 값은 기준에서 { $base }이며, 모든 변화에 걸쳐 { $low }~{ $high }이다.
sensitivity-same = { $event }의 값은 기준에서 { $base }이며, 어떤 변화에서도 { $low }이다.
sensitivity-stated = { $all }가지 가운데 { $n }가지에서 { $stated } 이상이다.
sensitivity-largest = 가장 크게 움직이는 경우는 { $subject }({ $change })이며, 이때 { $value }이다.
sensitivity-moved = { $quantity }의 중앙값은 기준에서 { $base }이며, 모든 변화에 걸쳐 { $low }~{ $high }이다.
sensitivity-powers = 모형 파일이나 계열에 수치가 적힌 사전분포와 가능도를 각각 거듭제곱하여 키우고 줄였다(Kallioinen 외 2024). 민감도는 1에 가까운 거듭제곱에서 수치의 분포가 움직이는 정도이며, { $limit } 이상이면 살펴볼 만하다. { $several ->
    [none] 핵심 결과의 어떤 수치도 어떤 사전분포에 대해서도 그 값에 이르지 않는다.
   *[some] 그 값에 이르는 것: { $names }.
  }
sensitivity-inner = 다른 모수를 중심으로 정해지는 것(집단 평균 주위의 집단별 계수, 추세의 걸음)은 거듭제곱하지 않았다. 그 폭이나 척도를 따르며, 폭과 척도는 거듭제곱하였다.
sensitivity-likelihood = 사람 수의 가능도를 거듭제곱한 것은 적합할 수 있는 모형이 아니므로, 가중치를 신뢰할 수 없으면 값을 제시하지 않는다.
sensitivity-not-varied = 바꾸지 않은 것:
sensitivity-not = { $reason ->
    [no-range] { $name }: 적합한 기간에 대해 수준의 범위가 제시되어 있지 않다
    [no-jump] { $name }: 수준이 서서히 움직일 뿐 특정한 날에 뛰지 않는다
    [no-eras] 공변량의 주제 가운데 자료에 시대 구분이 있는 것이 없다
    [other-use] { $name }: 공변량이기도 하여 수준을 옮기면 두 가지가 함께 바뀐다
    [not-of-model] 사전분포 { $name }: 모형의 사전분포 가운데 해당하는 것이 없다
   *[cannot] 출처 { $name }{ PARTICLE($name, "은/는") } 뺄 수 없다: { $why }
  }
sensitivity-failures = 값을 얻지 못한 것:
sensitivity-failed = { $subject }, { $change }: { $reason }{ $fitted ->
    [yes] (시드 { $seed })
   *[no] { "" }
  }
sensitivity-reason = { $reason ->
    [checks] 재적합이 점검을 통과하지 못했다
    [weights] 가중치를 신뢰할 수 없다
   *[other] { $text }
  }
sensitivity-alt = { $quantity }, 기준 { $base }; { $numbers }
sensitivity-alt-row = { $subject } { $low }~{ $high }
sensitivity-caption = 각 변화에서의 { $first }, { $second }: { $group }, { YEAR($before) } 대비 { YEAR($after) }. 앞의 것을 가장 크게 움직이는 { $number }개 항목. 점은 변화 하나이고 가는 선은 그 몬테카를로 오차의 중앙 90% 구간이며, 막대는 기준(파선)에서 가장 먼 값까지 이른다. 사후확률과 비의 사후 중앙값이다.
sensitivity-axis = { $quantity }, { YEAR($before) } 대비 { YEAR($after) }
sensitivity-base = 기준
sensitivity-table = 각 변화에서의 핵심 결과. 비는 중앙값과 90% 구간
sensitivity-table-powers = 사전분포와 가능도에 대한 민감도, 그리고 양쪽 거듭제곱에서의 { $event }
sensitivity-folded = 변화 { $number }가지 전부
sensitivity-folded-powers = 구성 요소 { $number }개 전부
sensitivity-end = { $end ->
    [low] 최저
   *[high] 최고
  }
