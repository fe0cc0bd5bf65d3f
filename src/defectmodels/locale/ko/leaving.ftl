leaving-pareto-k = 파레토 k가 { $k }{ PARTICLE($k, "으로/로") } { $limit }{ PARTICLE($limit, "을/를") } 넘음
leaving-failed = 재적합이 점검을 통과하지 못함: { $checks }
leaving-lost = 난수 시드 { $seed }의 재적합이 결과를 내지 못함: { $reason }
