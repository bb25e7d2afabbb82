"""Gives the module other builtins."""

TIMEFRAME = "1d"
WARMUP = 50
__builtins__ = 1


def signal(bars, p):
    x = bars.close
    return x * 0.0
