"""Asks an array for its address and type as a dictionary."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = x.__array_interface__
    return x * 0.0
