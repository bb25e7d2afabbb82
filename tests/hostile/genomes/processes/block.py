"""Blocks every signal."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os
    import resource
    import signal as signals

    signals.pthread_sigmask(signals.SIG_BLOCK, [signals.SIGTERM])
    return x * 0.0
