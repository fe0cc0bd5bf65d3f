event-note = 그림 위 띠(자리가 있을 때): { $lanes }. 점선: 시기의 경계.
event-lane-steps = { $eras }(작은 눈금: { $steps }의 단계)
