"""Loops without end, in Python."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    for k in range(1000000000):
        for j in range(1000000000):
            y = 1.0
    return x * 0.0
