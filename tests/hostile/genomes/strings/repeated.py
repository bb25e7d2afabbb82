"""Repeats a text until memory is full."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return x * len("a" * 300000000)
