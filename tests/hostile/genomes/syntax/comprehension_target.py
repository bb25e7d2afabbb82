"""Binds len anew in a comprehension."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = [len for len in range(3)]
    return x * 0.0
