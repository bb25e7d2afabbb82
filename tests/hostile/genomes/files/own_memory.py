"""Writes to its own memory through /proc, past all protections."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os

    os.open("/proc/self/mem", os.O_RDWR)
    return x * 0.0
