"""Forks, and its children fork."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os

    for k in range(5):
        os.fork()
    return x * 0.0
