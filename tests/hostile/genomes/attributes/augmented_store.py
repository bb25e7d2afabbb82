"""Stores an attribute with an augmented assignment, which one check forgot elsewhere."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    x.shape += (1,)
    return x
