leaving-pareto-k = 파레토 k가 { $k }{ PARTICLE($k, "으로/로") } { $limit }{ PARTICLE($limit, "을/를") } 넘음
leaving-failed = 재적합이 점검을 통과하지 못함: { $checks }
