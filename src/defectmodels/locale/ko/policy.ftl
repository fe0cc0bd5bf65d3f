policy-heading = 정책 시기
policy-assumption = 시기마다 다른 것은 집권자만이 아니다. 조정값은 모형의 모든 공변량과 위험집단을 비교하는 시기 전체의 평균에 두고 계절은 평균하여 없앤 값이며, 그래도 남는 차이는 추세이다. 이는 모형의 산술이며, 모형 밖의 어떤 것도 시기 사이에 다르지 않았다고 가정하지 않는 한 원인을 말해 주지 않는다.
policy-caveat = { $pairs ->
    [one] { $eras }개 시기의 { $pairs }쌍을 비교하였다
   *[other] { $eras }개 시기의 { $pairs }쌍을 비교하였다. 이만큼 많이 비교하면 일부 차이는 우연히 나타난다
  }. 부분 통합은 사후표본으로 잘 구별되지 않는 수준일수록 공통 평균 쪽으로 더 당기는 둘째 단계의 추정이며, 사후분포의 정규 근사를 쓴다(Gelman, Hill and Yajima 2012). 인용할 때에는 통합값을 쓴다.
policy-nothing = 적합 기간에 시기를 둘 이상 나누는 계열이 없어 비교할 시기가 없다.
policy-withheld = 시기별 비교는 보류한다: 적합이 점검을 통과하지 못했다.
policy-left-out = 제외: { $era }: { $reason }
policy-outside = 적합 기간({ $span }) 밖이다
policy-short = 적합 기간에 드는 날이 { $days }일로 { $least }일에 미치지 못한다
policy-set = { $set ->
    [rate] 조정 전
   *[adjusted_rate] 조정 후
  }
policy-column = { $column ->
    [era] 시기
    [days] 기간
    [from] 앞 시기
   *[to] 뒤 시기
  }
policy-level = { $group }, { $set }, { $unit }
policy-alt = 시기별 { $group } 발생률, { $unit }. { $numbers }
policy-number = { $era }: { $was }, 조정 후 { $held }
policy-caption = 시기별·집단별 발생률. 로그 축, 중앙값과 중앙 { $width } 구간. 조정 전과 조정 후를 함께 나타내며, 조정은 모든 공변량을 같은 구분에 속한 시기 전체의 평균에 두고 계절을 평균하여 없앤 것이다. 통합하지 않은 값이다.
policy-table = 시기별 발생률
policy-compared = { $title }, { $pairs ->
    [one] { $pairs }쌍
   *[other] { $pairs }쌍
  }, { $group } 발생률, 통합값. { $unadjusted } { $adjusted }
policy-stated = { $set ->
    [rate] 조정 전
   *[adjusted_rate] 조정 후
  }: { $pairs }.
policy-way = { $number }쌍에서 { $way ->
    [rose] 높아졌다
   *[fell] 낮아졌다
  }[{ $pairs }]
policy-pair = { $first } → { $second }, { $odds }
policy-up = 상승
policy-others = 나머지는 판단을 유보한다
policy-open = 모두 판단을 유보한다
policy-ratio = 비, { $set }{ $pooled ->
    [yes] , 통합
   *[no] {""}
  }
policy-chance = P(상승), { $set }, 통합
policy-pairs = 앞 시기 대비 뒤 시기의 { $group } 발생률: { $title }
policy-folded = 전체 { $pairs ->
    [one] { $pairs }쌍
   *[other] { $pairs }쌍
  }: { $title }
policy-printed = { $column ->
    [drawn] 통합 전
    [pooled] 통합
    [higher] P(높음)
   *[higher-pooled] P(높음), 통합
  }
