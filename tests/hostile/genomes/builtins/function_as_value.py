"""Keeps a function as a value, to call it by another name."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    f = abs
    return f(x) * 0.0
