"""Ignores the signal that asks it to end."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os
    import resource
    import signal as signals

    signals.signal(signals.SIGTERM, signals.SIG_IGN)
    return x * 0.0
