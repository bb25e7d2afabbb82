"""Runs a text as statements."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    exec("import os")
    return x * 0.0
