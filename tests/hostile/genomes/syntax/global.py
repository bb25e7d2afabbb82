"""Binds np anew for all functions."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    global np
    np = 0.0
    return x * 0.0
