"""Answers positions beyond one by less than a cent."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return x * 0.0 + 1.00001
