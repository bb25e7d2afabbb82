"""Sends itself a signal, to have a handler of its own run."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os
    import resource
    import signal as signals

    os.kill(os.getpid(), signals.SIGCONT)
    return x * 0.0
