"""Calls a function for its effect alone."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    ta.sma(x, 3)
    return x * 0.0
