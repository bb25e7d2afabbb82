"""Opens its parent as a descriptor."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os
    import resource
    import signal as signals

    os.pidfd_open(os.getppid())
    return x * 0.0
