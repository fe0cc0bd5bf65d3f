scenario-heading = 시나리오
scenario-withheld = 보류: 적합이 점검을 통과하지 못했다.
scenario-none = 이 모형은 제공되는 시나리오가 모형 기간 안에서 바꾸는 계열을 사용하지 않는다.
scenario-refused = 이 모형으로 답할 수 없는 시나리오:
scenario-and = { $one }, { $other }
scenario-assumed = { $all }.
scenario-arrivals = { $who ->
    [all] 전체 입국자
   *[group] { $group } 입국자
  }
scenario-persons = 명
scenario-dots-alt = { $title }, 실제 경로와의 차이(명). { $numbers }
scenario-dots-caption = 각 시나리오의 기대 입국자 수에서 실제 경로의 기대 입국자 수를 뺀 값. 시나리오가 처음 바뀌는 기간부터 { $last }까지, 같은 사후표본에서 구한 중앙값과 중앙 { $width } 구간, 단위 명. 시나리오마다 아래에 적은 가정을 전제로 한다.
scenario-was = 실제 경로
scenario-other = 시나리오
scenario-axis = { $every ->
    [year] 연간
    [quarter] 분기
   *[month] 월간
  } 입국자(명, 로그 축)
scenario-history-alt = { $title }: { $every ->
    [year] 연도별
    [quarter] 분기별
   *[month] 월별
  } 기대 입국자 수. { YEAR($last) } 시나리오 { $other }, 실제 경로 { $was }.
scenario-history-caption = { $every ->
    [year] 연도별
    [quarter] 분기별
   *[month] 월별
  } 전체 집단의 기대 입국자 수. 로그 축, 중앙값과 중앙 { $width } 구간, 단위 명. 실제 경로는 회색 빗금, 각 시나리오는 파란색.
scenario-table = 실제 경로와의 대비
scenario-history-table = 모든 집단의 기대 입국자 수(명)
