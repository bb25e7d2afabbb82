"""Runs a text as an expression."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return eval("abs(x)")
