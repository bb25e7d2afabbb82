"""Follows a link of /proc to learn what program runs."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os

    os.readlink("/proc/self/exe")
    return x * 0.0
