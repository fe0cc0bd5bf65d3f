answer-span = { $first }~{ $last }
answer-whose = { $group ->
    [all] 전체 입국자
   *[other] { $group } 입국자
  }
answer-change = { $what ->
    [share] 입국자 중 { $group }의 비중
   *[count] { $measure ->
        [expected] 연간{" "}
       *[realised] {""}
      }{ $whose } 수
  }({ $measure ->
    [expected] 기대값
   *[realised] 실현값
  }), { YEAR($before) } 대비 { YEAR($after) }의 비
answer-number = { $definition } 인원, { YEAR($span) }
answer-counts = { $definition }, { YEAR($span) } 인원에서 { $reading ->
    [largest] { YEAR($against) }의 온전한 해({ $first }~{ $last }년) 중 최댓값
    [smallest] { YEAR($against) }의 온전한 해({ $first }~{ $last }년) 중 최솟값
   *[all] { YEAR($against) } 전체
  }{ $reading ->
    [all] 를
   *[other] 을
  } 뺀 차이
answer-part = { YEAR($before) }에서 { YEAR($after) } 사이 { $what ->
    [total] 전체 입국자
    [share] { $group } 비중
   *[count] { $group } 인원
  }의 { $way ->
    [rise] 증가분
   *[fall] 감소분
  } 가운데 { $part }의 몫
answer-turned = 그러한 { $way ->
    [rise] 증가
   *[fall] 감소
  }가 없는 사후표본은 주장에 반하는 것으로 센다
answer-factual = 실제 경로
answer-scenario = { YEAR($span) } { $whose } 수(기대값), '{ $other }' 대비 '{ $one }'의 비
answer-scenario-groups = { $what }, { $than }의 비에 대한 { $of }의 비
answer-beyond = { $scenario }: { $reach }
answer-unit = { $series } 한 단위
answer-effect = { $group } 탈북률의 비, { $units }
answer-effect-groups = { $what }, { $than } 탈북률의 비에 대한 비
answer-rate = 위험집단 1인년당 입국자 수, { YEAR($before) } { $than } 대비 { YEAR($span) } { $group }의 비
answer-forecast = { $definition } 인원, { YEAR($against) } 대비 '{ $scenario }' 아래 { YEAR($span) }의 비
answer-published = 공표된 총인원과 적힌 그대로 받아들인 진술이 참이라는 것
answer-at-risk = 위험집단이 모형의 노출량 계열과 같다는 것
answer-alone = 그 주제만 따로 움직일 수 있었고, 모형의 효과가 곧 그 주제의 효과라는 것
answer-arithmetic = 비중의 변화를 산술적으로 나누며, 다른 집단의 인원을 고정하는 모든 순서에 대해 평균한다는 것
answer-measured = 모형 밖의 어떤 것도 그 계열과 함께 움직이지 않는다는 것
answer-not-acting = { $series }{ PARTICLE($series, "은/는") } { $group }에 작용하지 않는다는 것(추정한 결과가 아니라 정해 둔 것)
