"""Sets a timer."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os
    import resource
    import signal as signals

    signals.setitimer(signals.ITIMER_REAL, 0.01)
    return x * 0.0
