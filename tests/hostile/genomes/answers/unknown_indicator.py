"""Asks ta for what it does not have."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return ta.system(x)
