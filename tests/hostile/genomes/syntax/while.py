"""Loops while a condition holds, which nobody can count."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    while x[0] < 0.0:
        y = 1.0
    return x * 0.0
