unused-status = { $status ->
    [current] 현행 진술이나 모형이 다른 상태의 진술을 요구함
    [superseded] 이후 수치로 대체됨
    [conflicting] 다른 출처와 모순되며 둘의 경중을 가릴 등급이 없음
    [misprint] 오기
    [copy] 다른 행의 출처를 되풀이함
    [variant] 사용하지 않은 행의 다른 해석
    [whole] 더 세분된 행들의 합계
    [detail] 필요 이상으로 세분되었거나 사용한 행과 판본이 다름
    [unverified] 출처에서 확인되지 않음
   *[context] 다른 것을 집계함
  }
unused-uncountable = 셀 수 있는 내용이 없음
unused-not-countable = ‘{ $definition }’{ PARTICLE($definition, "은/는") } 집계할 수 없음: { $why }
unused-other-quantity = 다른 양
unused-definition = 모형이 ‘{ $definition }’ 정의를 사용하지 않음
unused-groups = { $groups }{ PARTICLE($groups, "을/를") } 집계하나 모형이 이를 구별하지 않음
unused-compares-nothing = 비교 대상이 명시되지 않음
unused-outside = 적합 기간({ YEAR($fitted) }) 밖의 기간임: { YEAR($span) }
unused-no-beginning = 시작일을 알 수 없어 적합 기간 밖까지 미침
unused-no-interval = 인원의 구간이 아님
unused-every-number = 모든 수를 허용함
unused-too-wide = { $interval }{ PARTICLE($interval, "을/를") } 허용함: 하나씩 집계하는 수의 한도 { $most }개를 넘음
unused-counted = { $rows }에서 이미 집계한 사람을 다시 집계함
unused-contradicts-groups = 총인원과 다른 집단을 제하고 남는 { $left }명과 모순됨
unused-follows-groups = 총인원과 다른 집단에서 도출됨
unused-contradicts = 공표된 총인원에 따르면 { $count }명이어서 모순됨
unused-follows = 공표된 총인원에서 도출됨
unused-beyond = { $row }의 { $count }명 가운데 { $interval }명이라고 함
unused-homes = { $rows } 가운데 어느 행의 해석인지 알 수 없음
unused-repeats = { $row }의 다른 해석과 같은 내용임
unused-heading = 사용하지 않은 진술
unused-nothing = 자료의 모든 진술을 사용하였다.
unused-what = 자료의 진술 중 { $statements }건은 적합에 사용하지 않았다.
unused-reasons = 사유
unused-table = 사용하지 않은 진술
unused-folded = { $statements ->
    [1] 해당 진술
   *[other] 전체 { $statements }건 목록
  }
