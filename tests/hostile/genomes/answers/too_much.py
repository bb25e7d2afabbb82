"""Answers positions beyond one."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return x * 0.0 + 1.5
