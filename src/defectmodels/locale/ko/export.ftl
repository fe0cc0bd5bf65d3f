export-withheld = 점검 불합격: 보고서의 경고 없이 따로 보일 수 있으므로 그림, 표, 수치 파일을 두지 않음
export-report = 보고서: { $title }
export-cff = 적합의 인용 방법, Citation File Format 1.2.0
export-citation = 적합의 인용 방법, 글
export-cells = { $caption }(칸은 인쇄된 그대로)
export-marks = { $alt } 그림에 찍힌 표지의 좌표, 반올림하지 않음.
export-no-sign = { $file }: 글꼴에 그림의 문자가 없음, SVG를 볼 것
export-numbers = { $quantity ->
    [expected] 집단별·연도별 연간 기대 입국자 수(반올림하지 않음)
    [rate] 집단별·연도별 위험집단 인년당 입국자 수(반올림하지 않음)
    [share] 기대 입국자 중 핵심 결과 집단의 연도별 비중(반올림하지 않음)
    [effects] 발생률비로 나타낸 효과, 사전분포와 사후분포(반올림하지 않음)
   *[change] 핵심 결과 첫 비교의 수준, 비, 몫, 확률(반올림하지 않음)
  }
export-draws = { $group }의 비중, 인원, 총인원의 사후표본, { YEAR($first) }, { YEAR($last) }(반올림하지 않음)
export-title = ‘{ $dataset }’에 대한 ‘{ $model }’의 적합
export-as-of = { $day } 기준 진술
export-all = 모든 진술
export-all-until = 자료의 모든 진술(마지막 발표 { $day })
export-not-stated = 밝히지 않음
export-abstract = 자료 { $dataset } 및 그 계열(SHA-256 { $evidence_digest })이 주어질 때 모형 { $model }(SHA-256 { $digest })의 사후분포, { $evidence }. 표집기 { $sampler }, 시드 { $seed }, { $settings }. 버전: { $versions }. 점검: { $verdict ->
    [pass] 통과
    [warn] 주의
   *[fail] 불합격
  }.
export-cite = [인용자 이름]. { $title }. defectmodels { $version }{ PARTICLE($version, "으로/로") } 작성. { $abstract }
export-cite-who = [인용자 이름]은 이 적합을 발표하는 사람이며, 적합에는 기록되어 있지 않다. 자료도 함께 인용한다.
export-cite-dataset = 자료: { $title }. { $citation }
export-file-model = 모형
export-file-dataset = 자료와 계열
export-unknown-author = 밝히지 않음: 이 적합을 발표하는 사람
export-see-notes = 따로 밝히지 않음: 주석 참조
export-no-citation = 자료가 인용 방법을 밝히지 않았다.
export-authors = defectmodels 저자들
export-ask = 이 적합의 그림이나 수치를 사용할 때에는 아래와 같이 자료와 함께 인용한다.
