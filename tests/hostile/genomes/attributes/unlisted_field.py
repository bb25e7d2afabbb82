"""Asks the bars for the module that made them."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return x * bars.owner
