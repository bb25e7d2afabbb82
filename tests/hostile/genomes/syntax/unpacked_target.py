"""Binds bars anew by unpacking."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    bars, y = 1.0, 2.0
    return x * 0.0
