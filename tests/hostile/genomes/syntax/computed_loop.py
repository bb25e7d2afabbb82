"""Loops over what an expression answers."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    for y in x * 2.0:
        z = y
    return x * 0.0
