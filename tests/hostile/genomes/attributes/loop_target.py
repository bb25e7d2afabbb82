"""Stores an attribute by making it the target of a loop."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    for x.shape in ((2, 32),):
        y = 1.0
    return x
