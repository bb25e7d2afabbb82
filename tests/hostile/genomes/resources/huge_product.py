"""Multiplies numbers of millions of digits."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = 3
    for k in range(40):
        y = y * y
    return x * 0.0
