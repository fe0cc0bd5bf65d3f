# What every study of a fit says of itself.
study-made = 모형 { $model }, 자료 { $dataset }의 분석: { $settings }, 시드 { $seed }. 다이제스트 { $model_digest }(모형), { $dataset_digest }(근거자료).
study-moved = { $what ->
    [model] 모형
    [dataset] 근거자료
    [date] 근거자료의 기준일
   *[code] 밀도와 집계의 코드
  }
study-stale = 이 분석은 낡았다: { $moved }{ PARTICLE($moved, "이/가") } 분석 당시와 다르다. 아래의 수치는 이 적합에 들어맞지 않을 수 있으므로 다시 분석해야 한다.
