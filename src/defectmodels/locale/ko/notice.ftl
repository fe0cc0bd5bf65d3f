notice-failed-heading = 인용 금지
notice-failed = 이 적합은 점검({ $checks })을 통과하지 못했다. 아래 수치를 인용해서는 안 된다.
notice-warned-heading = 인용 시 주의
notice-warned = 이 적합의 점검에서 주의 사항이 나왔다. 수치를 인용할 때에는 아래 주의 사항을 함께 밝힌다.
notice-to-do = { $name }: { $text }. 조치: { $remedy }
