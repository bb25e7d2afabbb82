"""Changes the mode of files to come."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os

    os.umask(0)
    return x * 0.0
