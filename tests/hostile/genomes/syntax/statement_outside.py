"""Runs a statement while the module is loaded."""

TIMEFRAME = "1d"
WARMUP = 50


print(1)


def signal(bars, p):
    x = bars.close
    return x * 0.0
