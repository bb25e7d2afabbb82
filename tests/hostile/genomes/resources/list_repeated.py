"""Repeats a list millions of times."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = [0] * 40000000
    return x * 0.0
