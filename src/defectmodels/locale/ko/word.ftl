word-unknown = 알 수 없음
word-under = { $limit } 미만
word-range = { $low }~{ $high }
word-interval = { $width } 구간 { $ends }
word-truth = { $truth ->
    [true] 참
   *[false] 거짓
  }
word-beside = { $value }({ $more })
word-folded = 이 그림의 수치
word-left-out = 집단 { $all }개 가운데 { $shown }개, 곧 비교하는 집단과 기대 입국자가 가장 많은 집단들만 보인다. 나머지까지 모두 보려면 명령 “defectmodels estimate”나 “dm.annual”, “dm.span_rate”, “dm.share”를 쓴다.
