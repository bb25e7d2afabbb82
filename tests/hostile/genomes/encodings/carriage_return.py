"""Ends a comment with a lone carriage return, after which code begins."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    # a comment    import os
    return x * 0.0
