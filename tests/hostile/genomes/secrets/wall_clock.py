"""Decides by the time of day, so that no run is like the other."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import time

    return x * 0.0 + time.time_ns() % 1000 / 1000.0
