"""Puts another array in the place of the closes."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    bars.close = x * 2.0
    return bars.close * 0.0
