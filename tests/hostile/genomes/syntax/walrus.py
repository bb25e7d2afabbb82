"""Binds np anew inside of an expression."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return x * (np := 0.0)
