"""Goes to another folder."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os

    os.chdir("/")
    return x * 0.0
