"""Unpacks names in the header."""

TIMEFRAME = "1d"
WARMUP = 50
A, B = 1.0, 2.0


def signal(bars, p):
    x = bars.close
    return x * 0.0
