"""Defines a function where none is looked for."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    f = lambda y: y
    return x * 0.0
