unit-points = %포인트
unit-yearly = 연간 명
