"""Draws from the kernel's own chance."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os

    return x * 0.0 + os.urandom(1)[0] / 256.0
