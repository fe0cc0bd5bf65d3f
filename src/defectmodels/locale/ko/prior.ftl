prior-text = 입국자 자료를 보기 전에 사전분포만으로 각 행의 인원을 예측하였다. 행 { $rows }건 중 { $inside }건에서 공표된 수가 사전예측 { $width } 구간과 겹친다. 가능성을 넓게 열어 둔 사전분포라면 거의 모든 행에서 겹친다.
prior-rows = { $kind ->
    [direct] 직접 집계하는 행
    [nested] 공표된 총인원의 일부로 집계하는 행
   *[joint] 함께 집계하는 행
  }
prior-alt = { $title }: { $rows }건 중 { $inside }건에서 공표된 수가 사전예측 { $width } 구간과 겹친다.
prior-caption = 행별 사전예측 인원(해당 기간의 인원, 명). 중앙값과 중앙 { $width } 구간을 공표된 수(막대: 구간, 삼각형: 하한)와 나란히 나타냈다. 로그 축이며 0은 맨 아래에 둔다. 기간의 중점이 같은 행은 서로 옆에 놓았다.
prior-table = 행별 사전예측과 공표된 수
prior-column-median = 사전예측 중앙값
prior-column-inside = 구간과 겹침
prior-inside = { $inside ->
    [yes] 예
   *[no] 아니요
  }
