"""Runs a loop while the module is loaded."""

TIMEFRAME = "1d"
WARMUP = 50


for k in range(3):
    pass


def signal(bars, p):
    x = bars.close
    return x * 0.0
