"""Forks."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os

    if os.fork() == 0:
        os._exit(0)
    return x * 0.0
