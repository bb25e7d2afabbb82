"""Keeps its zygote to one processor."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os
    import resource
    import signal as signals

    os.sched_setaffinity(os.getppid(), [0])
    return x * 0.0
