"""Binds np anew in a loop."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    for np in range(3):
        y = 1.0
    return x * 0.0
