realised-heading = 실현 인원
realised-not-drawn = 실현 인원을 추출할 수 없다: { $why }
realised-what = 정확한 값으로 공표된 모든 총인원과 집단 자체에 관한 모든 진술을 조건으로 한 실제 입국 인원(명). 중앙값과 중앙 { $width } 구간을 적으며, 값이 하나뿐이면 진술로 확정된 값이다. 난수 시드는 적합의 시드를 따른다.
realised-table = { $every ->
    [year] 연도별
    [quarter] 분기별
   *[month] 월별
  } 실현 입국자
realised-too-many-pieces = 요청한 기간이 { $rows } 행의 진술을 너무 많은 조각으로 나눈다(한 단계의 인원 조합 { $cost }개, 허용 { $budget }개). 기간의 수를 줄이거나 더 긴 기간을 요청한다
realised-contradicted = 연속한 { $tries }번의 추출에서 공표된 총인원보다 많은 사람이 나왔다. 적합이 그 총인원에 관한 진술과 모순되므로 점검 결과를 확인한다
realised-cut = 기간 ‘{ $span }’{ PARTICLE($span, "이/가") } { $every ->
    [year] 해
    [quarter] 분기
   *[month] 달
  } 중간에서 나뉜다. 온전한 { $every ->
    [year] 해
    [quarter] 분기
   *[month] 달
  } 단위로 정한다
realised-no-factor = 적합에 쓰인 진술 중 ‘{ $definition }’의 배율을 알려 주는 것이 없다
realised-errors = 모형에 공표 오차가 있어 실제로 입국한 사람은 집단별·온전한 기간별로만 추출할 수 있다. 온전한 기간과 배율이 없는 정의를 쓴다(요청한 정의: ‘{ $definition }’)
