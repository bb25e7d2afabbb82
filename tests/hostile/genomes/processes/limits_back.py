"""Asks for its rights back."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os
    import resource
    import signal as signals

    resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))
    return x * 0.0
