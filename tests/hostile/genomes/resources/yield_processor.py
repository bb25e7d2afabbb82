"""Gives its time away, so that it never computes."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os

    os.sched_yield()
    return x * 0.0
