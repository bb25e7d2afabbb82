"""Binds ta anew in a with statement."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    with x as ta:
        return x
