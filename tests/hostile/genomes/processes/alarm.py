"""Sets an alarm."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os
    import resource
    import signal as signals

    signals.alarm(1)
    return x * 0.0
