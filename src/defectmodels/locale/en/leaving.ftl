# Why the headline without an origin is not known.
leaving-pareto-k = Pareto k is { $k }, above { $limit }
leaving-failed = the refit failed its checks: { $checks }
leaving-lost = the refit with seed { $seed } gave nothing: { $reason }
