# 핵심 결과를 뒤집을 조건. $group은 집단, $first와 $last는 비교하는 기간, $name은 해석 또는 출처 기관이다.
flip-heading = 무엇이 결론을 뒤집는가
flip-withheld = 적합이 점검에서 불합격하여 결론을 뒤집을 조건은 제시하지 않는다.
flip-answer = { $answer ->
    [supported] 지지됨
    [not-supported] 지지되지 않음
   *[cannot-tell] 판단할 수 없음
  }
flip-lead = { YEAR($first) }에서 { YEAR($last) } 사이에 { $what }{ PARTICLE($what, "이/가") } 늘었다는 주장: { $answer }({ $chance }). { $number ->
    [0] 가정을 하나씩 바꾸어 본 { $tried }가지 변경 가운데 판정이 달라진 것은 없다.
   *[other] 가정을 하나씩 바꾸어 본 { $tried }가지 변경 가운데 { $number }가지에서 판정이 달라진다: { $tips }.
  }
flip-tip = { $means }({ $becomes }, { $holds }에서는 { $answer })
flip-means = { $kind ->
    [misclassified] { YEAR($span) } { $group }{ PARTICLE($group, "으로/로") } 집계된 사람 중 { $value }명이 실제로는 아닌 경우
    [missed] { YEAR($span) } { $group } 입국자 { $value }명이 다른 집단으로 집계된 경우
    [undetected] { $all ->
        [yes] { YEAR($span) } 전체 입국자의 { $value }가 집계되지 않은 경우
       *[no] { YEAR($span) } { $group } 입국자의 { $value }가 집계되지 않은 경우
      }
    [wider] "{ $name }"의 뜻이 언급된 수의 ±{ $value }인 경우
    [narrower] "{ $name }"의 뜻이 언급된 수의 ±{ $value }인 경우
    [higher] "{ $name }"의 중심이 언급된 수의 { $value }인 경우
    [lower] "{ $name }"의 중심이 언급된 수의 { $value }인 경우
    [before] 앞 기간이 { $value }인 경우
    [reliability] { $name }의 진술이 참일 확률이 { $value }인 경우
   *[after] 뒤 기간이 { $value }인 경우
  }
flip-name = { $kind ->
    [misclassified] { $group }{ PARTICLE($group, "으로/로") } 잘못 집계, { YEAR($span) }
    [missed] 다른 집단으로 집계된 { $group }, { YEAR($span) }
    [undetected] { $all ->
        [yes] 전체 입국자, { YEAR($span) }
       *[no] { $group } 입국자, { YEAR($span) }
      }
    [wider] "{ $name }"의 반폭 확대
    [narrower] "{ $name }"의 반폭 축소
    [higher] "{ $name }"의 중심 상향
    [lower] "{ $name }"의 중심 하향
    [before] 앞 기간을 더 이르게
    [after] 뒤 기간을 더 늦게
    [start-earlier] 뒤 기간의 시작을 이르게
    [start-later] 뒤 기간의 시작을 늦게
   *[reliability] { $name }의 신뢰도
  }
flip-rule = 가정을 하나씩 원래의 값에서 점차 옮기고, 살펴본 값마다 모형을 다시 적합하였다. 확률이 { $sure } 이상이면 지지됨, 반대의 확률이 { $sure } 이상이면 지지되지 않음, 그 밖에는 판단할 수 없음으로 판정한다. 전환점은 판정이 유지되는 마지막 값과 판정이 달라지는 첫 값 사이에 있다. 잘못 집계된 인원은 기간의 날짜에 고르게 배분하고, 집계되지 않은 비율은 모든 날에 같다고 본다. 두 가정을 함께 옮기면 각각으로는 생기지 않는 변화가 생길 수 있다.
flip-origins = { $number ->
    [0] 신뢰도를 1에서 0(제외)까지 낮추어도 판정이 달라지는 출처 기관은 없다(출처 기관 { $tried }곳).
   *[other] 출처 기관 { $tried }곳 가운데 { $number }곳은 신뢰도가 낮아지면 판정이 달라진다.
  }
flip-near = 일부 전환점에서는 사후표본을 네 배로 늘려도 한쪽의 확률이 기준값에서 몬테카를로 오차의 두 배 안에 있다. 이러한 전환점의 위치는 표시된 확률만큼만 정확하다.
flip-both-ways = 확률이 한 방향으로만 움직이지 않는 가정이 있다. 살펴본 두 값 사이에서 판정이 바뀌었다가 되돌아오는 경우는 드러나지 않는다.
flip-failed = { $number ->
   *[other] 재적합 { $number }건이 실패하여 해당 값을 제외하였다: { $which }.
  }
flip-skipped = 옮길 수 없었던 가정: { $which }.
flip-panel = { $panel ->
    [persons] 다른 집단으로 집계된 사람
    [share] 집계되지 않은 입국자
    [reading] 어림수의 해석
    [span] 비교하는 기간
   *[probability] 출처 기관의 신뢰도
  }
flip-unit = { $panel ->
    [persons] 명
    [share] 실제 입국자 중 비율, %
    [reading] 언급된 수에 대한 비율, %
    [span] 옮긴 기간의 시작
   *[probability] 진술이 참일 확률
  }
flip-mark = { $question ->
    [share] 비중: { $value }
   *[count] 인원: { $value }
  }
flip-mark-none = { $question ->
    [share] 비중: 없음
   *[count] 인원: 없음
  }
flip-alt = { $title }: 원래의 가정에서 전환점까지. { $lines }
flip-alt-line = { $name }: { $question ->
    [share] 비중
   *[count] 인원
  } 판정이 { $flips ->
    [no] { $assumed }에서 { $tried }까지 유지됨
   *[yes] { $assumed }에서 { $holds }까지 유지되고 { $value }에서 달라짐
  }
flip-caption = 원래의 가정(눈금)에서 전환점(점)까지. { YEAR($first) }에서 { YEAR($last) } 사이에 기대 입국자 중 { $group } 비중(채움)과 { $group } 기대 입국자 수(빗금)가 늘었는지에 대한 판정이며, 사후확률의 기준값은 { $sure }, { $not }이다. 점이 없는 가는 선은 살펴본 가장 먼 값에서 끝나며, 거기까지 판정이 달라지지 않는다. 단위는 각 그림의 아래에 있다.
flip-table = 전환점: 판정이 유지되는 마지막 값과 달라지는 첫 값, 그리고 늘었을 사후확률
flip-folded = 모든 가정의 수치
flip-origin-table = 출처 기관을 하나씩 제외한 판정: 늘었을 사후확률
flip-origin-folded = 출처 기관을 하나씩 제외한 확률
flip-refits = 재적합은 모두 { $refits }건이다.
flip-column = { $column ->
    [assumption] 가정
    [question] 대상
    [assumed] 원래의 값
    [tried] 살펴본 끝 값
    [holds] 유지되는 값
    [flips] 달라지는 값
    [answer] 판정
    [becomes] 달라진 판정
    [p-holds] 유지될 때의 확률
    [p-flips] 달라질 때의 확률
    [refits] 재적합
    [origin] 출처 기관
    [share] P(비중 증가)
    [count] P(인원 증가)
   *[how] 방법
  }
flip-question = { $question ->
    [share] 비중
   *[count] 인원
  }
flip-none = 없음
flip-how = { $how ->
    [weights] 가중
    [mixture] 혼합
    [same-draws] 같은 사후표본
   *[refit] 재적합
  }
