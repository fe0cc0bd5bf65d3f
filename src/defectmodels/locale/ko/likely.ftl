likely-word = { $band ->
    [almost-none] 가능성이 거의 없다
    [very-unlikely] 매우 낮다
    [unlikely] 낮다
    [even] 반반 정도다
    [likely] 높다
    [very-likely] 매우 높다
   *[almost-certain] 거의 확실하다
  }
likely-said = { $band ->
    [almost-none] 가능성이 거의 없다
    [very-unlikely] 가능성은 매우 낮다
    [unlikely] 가능성은 낮다
    [even] 가능성은 반반 정도다
    [likely] 가능성은 높다
    [very-likely] 가능성은 매우 높다
   *[almost-certain] 것이 거의 확실하다
  }(확률 { $number })
likely-number = 확률은 { $number }{ $sign ->
    [over] 보다 크다
    [under] 보다 작다
   *[none] 이다
  }
likely-vague = 확률은 소수 첫째 자리까지도 알 수 없다
likely-unknown = 소수 첫째 자리까지도 알 수 없음
likely-beside = { $number }, { $word }
