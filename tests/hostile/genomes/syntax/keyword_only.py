"""Shadows np with an argument that comes by name only."""

TIMEFRAME = "1d"
WARMUP = 50


def helper(y, *, np):
    return np * 0.0


def signal(bars, p):
    x = bars.close
    return helper(x, np=x)
