"""Spreads a dictionary into another one."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = {**{"a": 1.0}}
    return x * 0.0
