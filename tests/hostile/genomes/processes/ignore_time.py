"""Ignores the signal that its time is over."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os
    import resource
    import signal as signals

    signals.signal(signals.SIGXCPU, signals.SIG_IGN)
    return x * 0.0
