name-elite = 엘리트
name-commoner = 일반 주민
