"""Defines a class inside of its entry."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    class Local:
        held = 1.0
    return x * 0.0
