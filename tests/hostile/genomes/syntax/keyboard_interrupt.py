"""Ends as if the owner had pressed a key."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    raise KeyboardInterrupt
