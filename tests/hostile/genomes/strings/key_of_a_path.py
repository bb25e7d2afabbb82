"""Writes a path of attributes as the key of a dictionary."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = {"{0.__class__}": 1.0}
    return x
