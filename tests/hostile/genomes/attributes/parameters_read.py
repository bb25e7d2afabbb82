"""Reads a parameter that it does not have."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return x * p["secret"]
