"""Writes out an integer that no machine word holds."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = 1000000000000
    return x * 0.0
