share-heading = 비중
share-single = 모형의 집단이 하나뿐이므로 비중은 다루지 않는다.
share-axis = 기대 입국자 중 비중(%)
share-alt = 기대 입국자 중 { $group }의 비중. { $numbers }
share-caption = { $every ->
    [year] 연도별
    [quarter] 분기별
   *[month] 월별
  } 기대 입국자 중 비중(%): { $groups }. 중앙값과 중앙 { $width } 구간.
share-table = 비중
