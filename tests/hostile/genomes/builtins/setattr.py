"""Stores an attribute through a function."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    setattr(bars, "close", x)
    return x
