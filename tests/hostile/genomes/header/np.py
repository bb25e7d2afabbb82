"""Binds np anew in the header."""

TIMEFRAME = "1d"
WARMUP = 50
np = 1.0


def signal(bars, p):
    x = bars.close
    return x * 0.0
