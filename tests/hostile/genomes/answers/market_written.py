"""Writes to the market."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = bars.close
    y[0] = 1.0
    return x * 0.0
