"""Calls a method of a literal."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return x * [1.0, 2.0].copy()[0]
