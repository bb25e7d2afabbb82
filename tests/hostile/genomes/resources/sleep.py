"""Sleeps until its time is over."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import time

    time.sleep(0.1)
    return x * 0.0
