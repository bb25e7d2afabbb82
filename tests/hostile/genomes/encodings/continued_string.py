"""Ends a line of a string with a backslash, so that what follows looks like a string."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = {"a\
": ｘ, "c": 1.0}
    return x * 0.0
