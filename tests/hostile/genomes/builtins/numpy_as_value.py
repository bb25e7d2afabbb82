"""Keeps the whole of np as a value, to reach it by another name."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = np
    return x * 0.0
