"""Imports the daemon's own code."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    from daemon.sandbox import child

    child.os._exit(0)
    return x
