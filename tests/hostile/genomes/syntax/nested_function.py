"""Hides a function inside of another."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    def inner():
        return 1.0
    return x * 0.0
