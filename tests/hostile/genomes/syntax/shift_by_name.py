"""Shifts bits by a small number."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = 1 << 3
    return x * 0.0
