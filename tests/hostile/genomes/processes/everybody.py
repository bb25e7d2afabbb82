"""Sends a signal to every process that it may reach."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os
    import resource
    import signal as signals

    os.kill(-1, 0)
    return x * 0.0
