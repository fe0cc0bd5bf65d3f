provenance-heading = 재현 정보
provenance-table = 이 적합을 만든 파일과 설정
provenance-what = { $what ->
    [model] 모형
    [model-digest] 모형의 SHA-256
    [dataset] 자료
    [dataset-digest] 자료와 계열의 SHA-256
    [as-of] 진술의 기준일
    [periods] 기간
    [sampler] 표집기
    [settings] 설정
    [seed] 난수 시드
   *[seconds] 소요 시간(초)
  }
provenance-version = { $package } 버전
provenance-today = 기준일을 앞당기지 않음(자료의 모든 진술)
provenance-periods = { $span }, { $every ->
    [year] 연도별
    [quarter] 분기별
   *[month] 월별
  }
provenance-setting = { $setting ->
    [draws] 체인당 표본
    [tune] 조율
    [chains] 체인
    [target_accept] 목표 수용률
   *[other] { $own }
  } { $value }
provenance-step = { $step ->
    [compile] 컴파일
    [build] 모형 구성
    [settle] 초기화
    [sample] 표집
    [predict] 예측
   *[other] { $own }
  } { $value }
provenance-again = 파일과 버전, 설정, 시드가 같으면 같은 사후표본을 얻는다. 아래의 이름은 패키지에 들어 있는 것이며, 자신의 파일은 경로로 지정한다.
