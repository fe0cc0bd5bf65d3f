# Events above time axes.
event-note = Above the plot, where there is room: { $lanes }. Dotted: borders of eras.
# $steps is the title of a series of steps, for example UN sanctions.
event-lane-steps = { $eras } (small ticks: steps of { $steps })
