evidence-at-least = { $low } 이상
evidence-at-most = { $high } 이하
evidence-between = { $low }~{ $high }
evidence-uncountable = 셀 수 있는 내용 없음
evidence-place = { $several ->
    [yes] { $spans }년 각각
   *[no] { YEAR($spans) }
  }
evidence-place-unnamed = 밝히지 않은 기간
evidence-place-counted = { $place }('{ $definition }' 기준)
evidence-side = { $place }보다 { $side ->
    [most] 적지 않음
    [fewest] 많지 않음
    [more] 많음
   *[fewer] 적음
  }
evidence-as-many = { $place }{ PARTICLE($place, "과/와") } 같음
evidence-as-many-read = { $place }{ PARTICLE($place, "과/와") } 같음(‘{ $reading }’의 폭 허용)
evidence-times = { $place }의 { $low }~{ $high }배
evidence-times-least = { $place }의 { $low }배 이상
evidence-times-most = { $place }의 { $high }배 이하
evidence-or = { $first } 또는 { $second }
evidence-heading = 근거자료
evidence-what = 자료 ‘{ $title }’에는 진술 { $statements }건이 있고, 적합에는 { $used }건을 사용한다: 직접 집계하는 행 { $direct }건, 공표된 총인원의 일부로 집계하는 행 { $nested }건, 실현 인원을 주변화하여 함께 집계하는 행 { $joint }건. 단위는 { $unit }이다.
evidence-competing = 그 밖의 진술 { $further }건은 이 행들의 또 다른 해석이다.
evidence-apart = 계산 한도를 넘어, 서로 다른 사람에 관한 진술처럼 따로 집계한 행: { $rows }.
evidence-grades = 등급이 있는 행은 적합이 등급별로 추정하는 신뢰성만큼의 확률로 참이고, 참이 아니면 아무것도 말해 주지 않는다. 등급이 없는 행은 적힌 그대로 받아들인다.
evidence-believed = 등급이 ‘{ $grades }’인 행도 적힌 그대로 받아들인다: 모형이 그 등급의 신뢰성을 정하지 않았다.
evidence-grade = { $grade ->
    [high] 상
    [medium] 중
   *[low] 하
  }
evidence-reading-of = { $row }의 다른 해석: { $says }
evidence-until = { $day }까지
evidence-definition = { $same ->
    [yes] { $label }
   *[no] { $name }: { $label }
  }
evidence-parts = 일부 집단에 관한 진술 또는 말로 된 진술
evidence-totals = 총인원
evidence-totals-folded = 총인원: 정확한 수 { $rows }건
evidence-readings = 해석표: 어림수가 허용하는 정수의 범위
evidence-ten = 10의 해석
evidence-used = { $used ->
    [yes] 사용
   *[no] 미사용
  }
evidence-used-here = 사용 여부
evidence-language = 출처의 제목과 주석, 발행처의 이름, 인용한 표현은 원문의 언어 그대로 싣는다.
