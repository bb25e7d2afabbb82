"""Hands a generator to a function."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = sum(k for k in range(3))
    return x * 0.0
