# 독자가 계열의 수준을 움직여 보는 절. 값이 {이름} 꼴로 올 때가 많고 페이지의 스크립트가 그 자리를 채우므로 뒤에 조사를 붙이지 않는다.
explorer-heading = 수준 변경 탐색기
explorer-no-covariates = 모형에 공변량이 없어 움직일 수준이 없다.
explorer-many = 화면에는 집단 { $most }개까지의 표본만 담을 수 있는데 모형의 집단은 그보다 많다. “dm.explore”로 답을 구할 수 있다.
explorer-withheld = 적합이 점검에 불합격하여 탐색기를 보류한다.
explorer-about = 어떤 { $every ->
    [year] 해
   *[period] 기간
  } 내내 일부 계열의 수준이 달랐다면 입국자는 몇 명으로 기대되었을까? { $each ->
    [1] 사후표본 { $draws }개를 모두
   *[other] 사후표본에서 { $each }개마다 하나씩 고른 { $draws }개를
  } 써서 바로 계산하며, 표본마다 그 표본의 효과를 적용한다. 기저율, 효과, 계절, 추세, 그리고 슬라이더로 움직이지 않는 위험집단은 같은 표본의 값을 그대로 둔다. 결과는 모형에 따른 산술이다. 해당 수준만 따로 움직일 수 있었고 모형의 효과가 정책의 효과라고 가정하지 않는 한 정책의 효과로 읽을 수 없다.
explorer-needs = 슬라이더에는 스크립트가 필요하나 여기서는 실행되지 않는다. 표는 { YEAR($span) }의 실제 경로를 보여 준다.
explorer-controls = 계열의 수준
explorer-every = { $every ->
    [year] 연도
   *[period] 기간
  }
explorer-from = 수준을 가져올 시점
explorer-as-were = 실제 수준
explorer-span = { YEAR($span) }
explorer-reset = 실제 수준으로 되돌리기
explorer-table = 실제 경로와 선택한 수준에서의 기대 입국자 수: 중앙값과 중앙 { $width } 구간{ $several ->
    [yes] . 비중의 차이는 %포인트로 나타낸다
   *[no] {""}
  }
explorer-quantity = 항목
explorer-all = 전체 입국자(명)
explorer-group = { $group }(명)
explorer-share = { $group } 비중(%)
explorer-as-was = 실제 경로
explorer-as-chosen = 선택한 수준
explorer-difference = 차이
explorer-event = P(증가)
explorer-none = 없음
explorer-split = 주제별로 나눈 차이의 몫: 중앙값과 중앙 { $width } 구간. 몫의 합은 모든 사후표본에서 차이와 같다(샤플리 분해)
explorer-part = 몫
explorer-whole = 차이
explorer-points = { $group } 비중(%포인트)
explorer-unsplit = 동시에 움직인 주제가 { $most }개 이하일 때만 차이를 나눈다.
explorer-levels-alt = 실제 경로와 선택한 수준에서의 기대 입국자 수. 값은 아래 첫째 표에 있다.
explorer-bars-alt = 주제별로 나눈 차이의 몫. 값은 아래 둘째 표에 있다.
explorer-held = { $level } ({ $unit })
explorer-still = { $level }, 실제 수준
explorer-was = { $level } ({ $unit }), 실제 수준
explorer-nothing = { $span } 실제 경로: 기대 입국자 수 { $was }. 움직인 수준은 없다.
explorer-answer = { $span }, { $moved }: 기대 입국자 수 { $chosen }, 실제 경로 { $was }; 차이 { $difference }; { $more }.
explorer-answer-share = { $group } 비중(%): { $chosen }, 실제 경로 { $was }; 차이(%포인트) { $difference }; { $more }.
explorer-even = P(증가) 해당 없음
explorer-inside = 선택한 수준은 함께 관측된 범위 안에 있다.
explorer-outside = { $periods ->
    [1] 자료 범위 밖: 이 수준의 조합은 관측된 적이 없으며, 각 수준의 관측 범위 대비 최대 { $hull } 벗어난다. 그 바깥에서는 자료가 아니라 모형의 선형성에 기댄다.
   *[other] 자료 범위 밖: { $periods }개 { $every ->
        [quarter] 분기
       *[month] 달
      } 가운데 { $outside }개에서 이 수준의 조합이 관측된 적이 없으며, 각 수준의 관측 범위 대비 최대 { $hull } 벗어난다. 그 바깥에서는 자료가 아니라 모형의 선형성에 기댄다.
  }
explorer-beyond = 관측된 최솟값과 최댓값을 벗어난 계열: { $series }.
