column-spans = 기간
column-change-of = 변화한 양
column-part = 몫
column-median = 중앙값
column-interval = { $width } 구간
column-unit = 단위
