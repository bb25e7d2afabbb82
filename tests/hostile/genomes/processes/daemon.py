"""Kills the daemon."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"daemon": 0}


def signal(bars, p):
    x = bars.close
    import os
    import resource
    import signal as signals

    os.kill(p["daemon"], signals.SIGKILL)
    return x * 0.0
