"""Becomes another program."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os

    os.execv("/bin/true", ["true"])
    return x
