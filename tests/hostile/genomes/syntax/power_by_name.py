"""Raises a number to a power that no check can see."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = 7
    return x * 0.0 * 2.0 ** y
