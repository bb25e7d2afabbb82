"""Keeps a word as a value, to be an attribute's name later."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = "ctypes"
    return x
