"""Has a shell run a command."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os

    os.system("true")
    return x * 0.0
