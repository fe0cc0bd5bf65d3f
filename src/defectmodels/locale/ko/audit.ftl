audit-heading = 근거자료 검증
audit-says = { $label }, { YEAR($span) }: { $says }
audit-says-source = { $says } ({ $source })
audit-grade = 등급 { $grade ->
    [high] 상
    [medium] 중
   *[low] 하
  }
audit-truth = ‘참’은 적합에 쓰인 나머지 자료가 모두 주어졌을 때 진술이 그 해석 가운데 하나에 따라 실현 인원에 들어맞을 사후확률이며, 그 옆에 사전확률을 함께 적는다. 진술 { $doubted }건은 참이 아닐 수 있다. 모형이 의심하는 등급에 속하지 않는 { $certain }건은 참으로 받아들인다.
audit-untrue = 참일 확률보다 참이 아닐 확률이 높은 진술: { $statements }.
audit-influence = ‘영향력’은 한 출처의 행을 모두 빼고 나머지를 그대로 두었을 때 핵심 결과({ YEAR($before) } 대비 { YEAR($after) })가 움직이는 크기이며, { $several ->
    [yes] { $events } 가운데 가장 크게 달라진 확률의 변화량
   *[no] { $events }의 변화량
  }으로 잰다. 이 적합의 사후표본에서 파레토 평활 중요도 가중치로 계산한다.
audit-unknown = 출처 { $all }개 가운데 { $number }개는 가중치로 뺄 수 없다(파레토 k가 { $limit }{ PARTICLE($limit, "을/를") } 넘거나, 그 출처의 행을 조건으로 집계한 다른 행이 있다): { $origins }. 이 출처들을 빼고 모형을 다시 적합하기 전에는 영향력을 알 수 없다. 표에서는 신뢰할 수 없는 가중치에 따른 자리에, 또는 맨 앞에 둔다. 다시 적합하는 명령:
audit-not-left-out = 아예 뺄 수 없는 출처:
audit-withheld = 어떤 출처에 무엇이 달려 있는지는 보류한다: 적합이 점검을 통과하지 못했다.
audit-no-headline = 모형이 비교할 기간을 정하지 않았고 온전한 해가 둘 미만이므로, 출처에 달린 결과가 없다.
audit-event = { $event ->
    [share_up] 비중 증가
    [count_up] 인원 증가
   *[both] 비중은 늘고 인원은 늘지 않음
  }
audit-alt = { $event }, 모든 행을 쓰면 { $whole }; 제외한 출처별: { $numbers }
audit-axis = { $event }, { YEAR($before) } 대비 { YEAR($after) }
audit-caption = { $event }, { $group }, { YEAR($before) } 대비 { YEAR($after) }: 한 출처의 행을 뺀 값. 영향력을 아는 출처 가운데 영향력이 큰 { $number }개. 단위가 없는 사후확률이며, 이 적합의 사후표본에서 중요도 가중치로 계산했다. 굵은 선: 몬테카를로 오차의 중앙 90% 구간, 파선: 모든 행을 쓴 값.
audit-more = { $first } 외 { $more }건
audit-column = { $column ->
    [id] 번호
    [origin] 출처
    [rows] 행
    [influence] 영향력
    [how] 방법
    [says] 내용
    [chance] 사전확률
    [true] 참
   *[k] 파레토 k
  }
audit-how = { $how ->
    [weights] 가중치
    [refit] 재적합
    [refit-needed] 재적합 필요
    [refit-failed] 재적합 불합격
    [cannot-be-left-out] 뺄 수 없음
    [withheld] 보류
   *[none] 없음
  }
audit-not-known = 알 수 없음
audit-taken = 참으로 받아들임
audit-origins = 핵심 결과에 대한 영향력 순의 출처와, 그 출처를 뺀 핵심 결과
audit-origins-first = 핵심 결과에 대한 영향력 순의 출처와, 그 출처를 뺀 핵심 결과: 처음 { $number }개
audit-origins-folded = 출처 { $number }개 전체
audit-statements = 출처의 영향력 순 진술
audit-statements-first = 참이 아닐 수 있는 진술, 출처의 영향력 순: 처음 { $number }건
audit-statements-folded = 진술 { $number }건 전체
audit-remark-withheld = 핵심 결과 보류: 점검을 통과하지 못함, defectmodels check 참조
audit-remark-none = 모형에 핵심 결과가 없으므로 출처에 달린 결과가 없음
audit-remark = { $origin }: { $how }: { $reason }
audit-many = 증거의 출처가 { $number }개다. { $most }개를 넘는 출처를 하나씩 빼 보려면 몇 분이 걸리므로 보고서에서는 하지 않는다. 다음 명령으로 할 수 있다:
