"""Chooses its entry by a condition, while the module is loaded."""

TIMEFRAME = "1d"
WARMUP = 50


if True:
    helper = 1.0


def signal(bars, p):
    x = bars.close
    return x * 0.0
