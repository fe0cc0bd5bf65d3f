part-heading = 분해
part-no-comparison = 모형이 비교할 기간을 정하지 않았고 온전한 해가 둘 미만이므로 분해하지 않는다.
part-withheld = 비교한 변화의 몫은 보류한다: 적합이 점검을 통과하지 못했다.
part-arithmetic = 몫은 모형 안의 산술이다. 한 요인을 첫 기간의 수준에서 둘째 기간의 수준으로 바꿀 때 달라지는 양을, 바꾸는 순서 전체에 대해 평균한 값이다(Shapley, Das Gupta). 몫의 합은 모든 사후표본에서 변화량과 같다. 그 요인만 따로 움직일 수 있었고 모형 밖의 어떤 것도 함께 움직이지 않았다고 가정하지 않는 한, 몫은 원인이 아니다.
part-kind = { $kind ->
    [share] 비중
   *[count] 인원
  }
part-whole = { $kind ->
    [share] 비중의 변화
   *[count] 인원의 변화
  }
part-title = { $kind ->
    [share] 비중, { $spans }
   *[count] 인원, { $spans }
  }
part-alt = { $group } { $kind ->
    [share] 비중
   *[count] 인원
  }의 변화를 나눈 몫, { $spans }, 단위 { $unit }. { $numbers }
part-table = 비교별 몫
part-folded = 모든 비교의 수치
part-caption = 핵심 결과의 두 기간 사이에 { $group }의 { $kinds }{ PARTICLE($kinds, "이/가") } 변한 양을 나눈 몫. 막대: 중앙값, 선: 중앙 { $width } 구간, 단위는 각 그림 아래. { $several ->
    [yes] 비중은 집단별 인원으로, 인원은 노출량·공변량·계절·추세로 나눈다.
   *[no] 인원은 노출량·공변량·계절·추세로 나눈다.
  } 변화량 자체는 맨 끝에 있다. 모형의 산술이며 원인이 아니다.
part-name = { $part ->
    [exposure] 노출량
    [season] 계절
    [trend] 추세
    [intercept] 절편
    [scale] 척도
    [undercount] 과소집계
   *[covariates] 공변량
  }
part-rest = 나머지 집단 { $number }개
