"""Takes the end of a process from whoever waits for it."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os
    import resource
    import signal as signals

    os.waitpid(-1, os.WNOHANG)
    return x * 0.0
