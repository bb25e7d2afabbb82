"""Decides by the number of its process."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os

    return x * 0.0 + os.getpid() % 1000 / 1000.0
