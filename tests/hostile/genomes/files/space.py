"""Asks how full the disk is."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os

    os.statvfs("/")
    return x * 0.0
