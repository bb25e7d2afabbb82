"""Reads the environment of its parent."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os

    os.open("/proc/%d/environ" % os.getppid(), os.O_RDONLY)
    return x * 0.0
