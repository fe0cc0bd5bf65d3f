page-under = 모형 { $model }, 자료: { $dataset }{ $known ->
    [then] {" "}({ $day } 기준)
   *[now] {""}
  }
page-not-quoted = 인용 금지: { $title }
page-skip = 본문으로 바로 가기
page-contents = 차례
page-foot = defectmodels로 작성하였다. 따로 밝히지 않은 구간은 사후분포의 중앙 { $width } 구간이다.
page-folded = 화면에서 접혀 있는 표는 인쇄물에 싣지 않았다.
page-this-language = 한국어로 보기
page-rows = 전체 { $all }행 가운데 처음 { $shown }행. “defectmodels report -o FOLDER”는 모든 행을 파일로 쓴다.
