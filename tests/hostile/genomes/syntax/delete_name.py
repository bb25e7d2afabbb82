"""Deletes a global name."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = 1.0
    del y
    return x * 0.0
