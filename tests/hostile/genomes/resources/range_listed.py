"""Writes out a long range."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = list(range(9000000))
    return x * 0.0
