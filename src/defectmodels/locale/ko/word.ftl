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
