verdict-heading = 결론
verdict-no-comparison = 모형이 비교할 기간을 정하지 않았고 온전한 해가 둘 미만이므로 결론이 없다.
verdict-first-last = 모형이 비교할 기간을 정하지 않았으므로 첫해인 { YEAR($first) }과 마지막 해인 { YEAR($last) }을 비교한다.
verdict-both = 두 결과의 동시 확률: { $chance }.
verdict-both-event = 비중은 늘고 인원은 늘지 않음
verdict-title = { $event ->
    [share] 비중: { $group }
   *[count] 인원: { $group }
  }
verdict-axis = { $unit ->
    [share] 기대 입국자 중 비중(%)
    [persons] 기대 입국자 수(명)
   *[yearly] 연간 기대 입국자 수(명)
  }
verdict-caption = { YEAR($first) }{ PARTICLE(YEAR($first), "과/와") } { YEAR($last) }의 { $what }에 대한 사후분포. 곡선: 밀도(최고점의 높이를 같게 맞춤), 표식: 중앙값, 막대: 중앙 { $width } 구간.
verdict-table = 비교 결과의 수치
verdict-rule = 구간은 모두 중앙 { $width } 구간이다. 방향은 표시된 사후확률이 { $sure } 이상일 때만 밝히고, 그렇지 않으면 판단을 유보한다. 수치는 몬테카를로 오차가 허용하는 자릿수까지만 적는다.
verdict-withheld-heading = 결론 보류
verdict-withheld = 결론을 내리지 않는다. 적합이 점검을 통과하지 못했으므로 그 결과가 맞는지 알 수 없다.
verdict-withheld-table = 결론을 보류하는 이유
verdict-withheld-after = 표의 조치를 취한 뒤 다시 적합하고 이 보고서를 다시 작성한다.
