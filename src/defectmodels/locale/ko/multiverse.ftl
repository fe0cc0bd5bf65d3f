multiverse-title = 다른 선택을 했을 때의 결론
multiverse-claim = { $what ->
    [share] { YEAR($before) } 대비 { YEAR($after) }의 { $group } 비중 상승
   *[count] { YEAR($before) } 대비 { YEAR($after) }의 { $group } 인원 증가
  }
multiverse-lead = { $claim }: 모형 파일 그대로의 판정은 "{ $verdict }"이다. 변형 { $variants }개 가운데 { $supporting }개({ $part })가 점검을 통과하고 같은 판정을 내린다. 통과한 변형은 { $passed }개, 불합격한 변형은 { $failed }개이다.
multiverse-withheld = { $claim }: 모형 파일 그대로의 적합이 점검에 불합격하여 변형이 뒷받침할 결론이 없다. 변형 { $variants }개 가운데 { $passed }개가 점검을 통과한다.
multiverse-not-quoted = 적합이 점검에 불합격하였으므로 그 모형의 변형이 내리는 결론도 인용하지 않는다.
multiverse-answers = { $what ->
    [share] 점검을 통과한 변형 { $passed }개 가운데 비중 상승은 { $supported }개에서 지지되고 { $against }개에서 지지되지 않으며 { $open }개에서는 판단할 수 없다.
   *[count] 점검을 통과한 변형 { $passed }개 가운데 인원 증가는 { $supported }개에서 지지되고 { $against }개에서 지지되지 않으며 { $open }개에서는 판단할 수 없다.
  }
multiverse-range = { $what ->
    [share] 이들의 비중의 비 중앙값은 { $least }~{ $most }, { $width } 구간은 모두 합하여 { $low }~{ $high }에 걸친다.
   *[count] 이들의 인원의 비 중앙값은 { $least }~{ $most }, { $width } 구간은 모두 합하여 { $low }~{ $high }에 걸친다.
  }
multiverse-weight = { $sets ->
    [one] 스태킹 가중치는 점검을 통과한 변형들 안에서 합이 1이다. 모형 파일과 같은 판정을 내리는 변형의 가중치는 { $mean }이다.
   *[other] 스태킹 가중치는 같은 행에 적합하고 점검을 통과한 변형들 안에서 합이 1이다. { $even ->
        [yes] 이러한 묶음 { $sets }개 모두에서 모형 파일과 같은 판정을 내리는 변형의 가중치는 { $mean }이다.
       *[no] 이러한 묶음 { $sets }개에서 모형 파일과 같은 판정을 내리는 변형의 가중치는 { $least }~{ $most }이고, 묶음마다 한 번씩 세어 평균하면 { $mean }이다.
      }
  }
multiverse-tried = { $way ->
    [all] 선택의 조합 { $variants }개를 모두 시도하였다.
    [apart] 선택의 조합 { $all }개 가운데 { $variants }개를 시도하였다. 어느 두 축을 보아도 고르게 교차하는 균형 부분집합이다. 가능도와 추세는 한 번에 하나만 바꾸므로 한 축으로 센다.
   *[some] 선택의 조합 { $all }개 가운데 { $variants }개를 시도하였다. 어느 두 축을 보아도 고르게 교차하는 균형 부분집합이다.
  }
multiverse-rule = 변형은 고른 것이지 추출한 것이 아니므로, 일치하는 변형의 비율은 확률이 아니다. 체인이 수렴하지 않은 것 말고는 불합격 사유가 없는 변형은 표본을 { $times }배로 늘려 한 번 더 적합하였다. 점검에 불합격한 변형은 속이 빈 표식으로 그리고, 가중치를 주지 않으며, 결론에 반하는 것으로 센다.
multiverse-settled = { $number ->
    [one] 점검을 통과한 변형 { $number }개는 사전표본이 거의 모두 일치하여 다른 판정을 내릴 수 없다. 판정을 정하는 것은 근거자료가 아니라 모형의 형태이다({ $variants }, 스태킹 가중치 { $weight }).
   *[other] 점검을 통과한 변형 { $number }개는 사전표본이 거의 모두 일치하여 다른 판정을 내릴 수 없다. 판정을 정하는 것은 근거자료가 아니라 모형의 형태이다({ $variants }, 가장 큰 스태킹 가중치 { $weight }).
  }
multiverse-high-k = 점검을 통과한 변형의 절반에서 파레토 k가 { $limit }{ PARTICLE($limit, "을/를") } 넘는 행이 { $rows }개 이상이다. elpd의 차이와 가중치는 어림값이다.
multiverse-panel = { $what ->
    [share] { $group } 비중, { YEAR($before) } 대비 { YEAR($after) }
   *[count] { $group } 인원, { YEAR($before) } 대비 { YEAR($after) }
  }
multiverse-axis = 비(로그 축)
multiverse-variants = 변형, 비의 크기 순
multiverse-look = { $look ->
    [supports] 모형 파일과 같은 판정
    [differs] 다른 판정
   *[fails] 점검 불합격
  }
multiverse-caption = { $what ->
    [share] 명세 곡선: 변형별 기대 입국자 중 { $group } 비중의 { YEAR($before) } 대비 { YEAR($after) } 비. 단위 없음, 로그 축, 1이면 변화가 없다. 표식: 사후 중앙값, 막대: 중앙 { $width } 구간. 아래는 각 변형의 선택이다. 채운 원: 점검을 통과하고 모형 파일과 같은 판정, 가위표: 점검을 통과하고 다른 판정, 빈 원: 점검 불합격. 세로선: 모형 파일 그대로의 변형.
   *[count] 명세 곡선: 변형별 기대 입국자 중 { $group } 인원의 { YEAR($before) } 대비 { YEAR($after) } 비. 단위 없음, 로그 축, 1이면 변화가 없다. 표식: 사후 중앙값, 막대: 중앙 { $width } 구간. 아래는 각 변형의 선택이다. 채운 원: 점검을 통과하고 모형 파일과 같은 판정, 가위표: 점검을 통과하고 다른 판정, 빈 원: 점검 불합격. 세로선: 모형 파일 그대로의 변형.
  }
multiverse-alt = { YEAR($before) } 대비 { YEAR($after) } 비의 중앙값 순으로 놓은 변형 { $variants }개와 그 아래 각각의 선택. 최소 { $least }, 최대 { $most }, 모형 파일 { $own }. { $supporting }개는 점검을 통과하고 모형 파일과 같은 판정을 내리며, { $failed }개는 점검에 불합격한다.
multiverse-table = 변형, 비의 크기 순
multiverse-sets = 행의 묶음: 모형 파일과 같은 판정을 내리는 변형의 스태킹 가중치
multiverse-choices = 선택별 결과
multiverse-column = { $column ->
    [variant] 변형
    [gate] 점검
    [failed] 불합격 항목
    [share] P(비중 상승)
    [count] P(인원 증가)
    [share-ratio] 비중의 비
    [count-ratio] 인원의 비
    [answer] 판정
    [elpd] elpd
    [weight] 가중치
    [set] 행
    [variants] 변형
    [passed] 통과
    [supporting] 같은 판정
    [best] 가장 큰 가중치
    [axis] 축
    [choice] 선택
    [least] 가장 작은 비
    [middle] 중간 비
   *[most] 가장 큰 비
  }
multiverse-set = { $number }번: { $rows }행
multiverse-best = { $variant } ({ $weight })
multiverse-choice = { $axis }, { $choice }: { $sentence }
multiverse-cannot = { $axis }, { $choice }: 선택할 수 없다({ $reason }).
multiverse-cannot-both = { $variant }: 만들 수 없다: { $reason }
multiverse-failed = { $variant }(시드 { $seed }) 오류로 끝났다: { $reason }
multiverse-checks = 불합격한 점검과 변형의 수: { $checks }.
multiverse-check = { $check } { $number }
multiverse-folded = 변형 { $variants }개
