"""Asks whether its zygote lives, with a signal that does nothing."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os
    import resource
    import signal as signals

    os.kill(os.getppid(), 0)
    return x * 0.0
