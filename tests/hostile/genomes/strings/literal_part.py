"""Picks letters out of a literal to write a word."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = (1.0, 2.0)["real"]
    return x * y
