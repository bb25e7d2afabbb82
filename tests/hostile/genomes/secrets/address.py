"""Decides by where an object lies."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return x * 0.0 + id(bars) % 1000003 / 1000003.0
