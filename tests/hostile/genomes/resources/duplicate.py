"""Duplicates the descriptors that it was left."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os

    os.dup(0)
    return x * 0.0
