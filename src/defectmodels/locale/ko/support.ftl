support-unchanged = 이 기간에는 아무것도 바꾸지 않음
support-within = 시나리오가 바꾸는 모든 기간에서 관측값의 범위 안
support-outside = 시나리오가 바꾸는 { $changed }개 { $every ->
    [year] 연도
    [quarter] 분기
   *[month] 월
  } 가운데 { $outside }개에서 공변량의 조합이 관측값의 볼록 껍질을 벗어남(관측 범위의 최대 { $hull })
support-beyond = { $covariate }{ PARTICLE($covariate, "이/가") } 관측 범위를 { $far }만큼 벗어남
support-later = 적합 기간 종료 후 최대 { $years }년
