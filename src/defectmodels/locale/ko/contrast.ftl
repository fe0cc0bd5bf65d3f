contrast-arithmetic = 시나리오는 몇몇 계열에 다른 경로를 주고, 같은 사후표본 안에서 기저 수준·효과·계절·추세·위험집단 등 나머지는 모두 그대로 둔다. 대비는 모형의 산술이다. 곁에 적은 가정 아래에서만 정책의 효과로 읽을 수 있다.
contrast-column = { $column ->
    [scenario] 시나리오
    [who] 대상
    [spans] 기간
    [difference] 차이
    [interval] { $width } 구간
    [more] P(더 많음)
   *[ratio] 비
  }
contrast-whose = { $group ->
    [all] 입국자
   *[other] { $group } 입국자
  }
contrast-event = { $way ->
    [more] 더 많음
   *[fewer] 더 적음
  }
contrast-none = { $whose }의 기대 인원에는 차이가 없다
contrast-open = { $whose }의 기대 인원이 더 많은지는 판단을 유보한다({ $odds }; 차이의 { $width } 구간 { $ends })
contrast-unit = 명
contrast-moved = { $whose }의 기대 인원이 { $size } { $way ->
    [more] 더 많다
   *[fewer] 더 적다
  }({ $width } 구간 { $ends }; { $odds })
contrast-factual = 실제 경로
contrast-quoted = '{ $title }'
contrast-sentence = { $title }, { YEAR($spans) }, { $against } 대비: { $clauses }.
contrast-assumes = 이 차이를 효과로 읽으려면 다음을 가정해야 한다: { $assumed }
contrast-support = '{ $title }'에 대한 자료의 범위: { $reach }.
contrast-unused = 시나리오가 함께 바꾸는 { $series }{ PARTICLE($series, "은/는") } 모형에 쓰이지 않는다.
contrast-who = { $group ->
    [all] 전체
   *[other] { $group }
  }{ $kind ->
    [whole] (정수 인원)
   *[expected] {""}
  }
contrast-same = 차이 없음
