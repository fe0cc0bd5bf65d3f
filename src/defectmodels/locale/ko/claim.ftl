claim-heading = 주장
claim-near = 확률과 기준값의 차이가 몬테카를로 오차의 두 배에 미치지 못한다; 사후표본을 늘리면 판정할 수 있다
claim-withheld-reason = 적합이 점검을 통과하지 못했다(defectmodels check 참조)
claim-refused = 모형으로 답할 수 없다({ $error })
claim-column = { $column ->
    [claim] 주장
    [verdict] 판정
    [quantity] 추정 대상
    [estimate] 추정값
    [interval] { $width } 구간
    [region] 영역
    [below] 영역 아래
    [within] 영역 안
    [above] 영역 위
    [chance] 주장의 확률
    [error] 몬테카를로 오차
    [condition] 성립 조건
    [confidence] 신뢰도
   *[statements] 진술
  }
claim-rule = 주장의 사후확률이 몬테카를로 오차의 두 배를 감안해도 0.95 이상이면 지지됨, 그 반대의 사후확률이 그러하면 지지되지 않음, 어느 쪽도 아니면 판단할 수 없음으로 판정한다. 영역은 변화가 없다고 볼 값의 범위이거나 주장이 제시한 범위이다. 확률을 나타내는 말은 ICD 203을 따르고 곁에 수치를 적는다. 신뢰도는 답이 얼마나 견고한지를 나타내며 확률이 아니다. 답은 함께 적은 가정 아래에서 성립하는 모형의 산술이다.
claim-size = { $size }{ $unit ->
    [percent] %
    [persons] { $place ->
        [low] {""}
       *[other] 명
      }
   *[none] {""}
  }{ $bound ->
    [over] {" "}초과
    [under] {" "}미만
    [least] {" "}이상
    [most] {" "}이하
   *[none] {""}
  }
claim-region = { $side ->
    [to] { $end } 이하
   *[from] { $end } 이상
  }
claim-condition = { $side ->
    [above] { $high }보다 클
    [below] { $low }보다 작을
    [most] { $high } 이하일
    [least] { $low } 이상일
    [point] { $low }일
   *[within] { $region } 범위에 있을
  }
claim-holds = { $condition } 때
claim-verdict = { $verdict ->
    [supported] 지지됨
    [not-supported] 지지되지 않음
    [cannot-tell] 판단할 수 없음
    [outside-the-data] 자료 범위 밖
    [outside-the-model] 모형 범위 밖
   *[withheld] 보류
  }
claim-verdict-within = { $verdict ->
    [supported] 지지됨
    [not-supported] 지지되지 않음
    [cannot-tell] 판단할 수 없음
    [outside-the-data] 자료 범위 밖
    [outside-the-model] 모형 범위 밖
   *[withheld] 보류
  }
claim-exact = { $median }(모든 사후표본에서 같음)
claim-estimate = { $median }({ $width } 구간 { $ends })
claim-named = { $id }. { $text }
claim-sentence = { $claim }. { $verdict }: { $what }: { $size }; 이 값이 { $condition } { $likelihood }.
claim-unanswered = { $claim }. { $verdict }: { $reason }.
claim-note = 참고: { $reason }.
claim-level = { $level ->
    [low] 낮음
    [moderate] 보통
   *[high] 높음
  }
claim-confidence = 신뢰도 { $level }: { $why }.
claim-assumes = 가정: { $assumed }.
claim-rows = { $rows ->
    [one] { $rows }행
   *[other] { $rows }행
  }
claim-caption = { $claim }: { $what }, 중앙값 { $size }; 영역 { $region }; 이 값이 { $condition } 때 주장이 성립한다: 확률 { $chance }; { $verdict }.
claim-caption-unanswered = { $claim }: { $verdict }, { $reason }.
claim-titled = { $title }({ $source })
claim-made = 주장의 출처: { $title }.
claim-withheld = 보류: 적합이 점검을 통과하지 못했다.
claim-answers = 판정 결과
claim-table = 주장의 출처: { $title }
claim-folded = 수치로 본 판정
claim-sources = 각 주장의 출처와 답의 근거
claim-phrase = 출처의 문구
claim-carried = 답의 근거가 되는 진술
claim-nothing = 데이터셋 '{ $dataset }'에 관한 주장은 패키지에 없다.
claim-axis = 주장의 사후확률
claim-figure-mark = { $id }, { $verdict }
claim-figure-row = { $claim }: { $verdict }, { $number }
claim-figure-alt = 답할 수 있는 각 주장의 사후확률(0~1). 0.95 이상은 지지됨, 0.05 이하는 지지되지 않음. { $rows }.
claim-figure-caption = 답할 수 있는 각 주장의 사후확률. 단위: 확률(0~1). 막대: 양쪽으로 몬테카를로 오차의 두 배(표지보다 넓을 때만 보인다)이며, 가장 큰 오차는 { $error }이다. 음영: 지지됨에 해당하는 0.95 이상과 지지되지 않음에 해당하는 0.05 이하이며, 둘 다 몬테카를로 오차의 두 배를 감안하여 판정한다. 채운 원: 지지됨, 빈 원: 판단할 수 없음, 가위표: 지지되지 않음.
claim-figure-table = 주장의 확률
claim-file = 데이터셋에 관한 주장의 판정: JSON, 각 언어로 인쇄된 문구 포함
claim-schema = 판정 파일의 JSON 스키마
