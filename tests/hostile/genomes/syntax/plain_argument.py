"""Shadows np with an argument."""

TIMEFRAME = "1d"
WARMUP = 50


def helper(np):
    return np * 0.0


def signal(bars, p):
    x = bars.close
    return helper(x)
