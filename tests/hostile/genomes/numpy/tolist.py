"""Turns an array into Python numbers, as many objects as bars."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = x.tolist()
    return x * 0.0
