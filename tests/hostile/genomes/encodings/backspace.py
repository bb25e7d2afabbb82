"""Hides letters of a comment behind backspaces."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    # safeevil
    return x * 0.0
