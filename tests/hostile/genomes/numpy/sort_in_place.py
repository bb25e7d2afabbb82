"""Sorts the market in place."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    x.sort()
    return x * 0.0
