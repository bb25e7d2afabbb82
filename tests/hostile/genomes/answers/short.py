"""Answers one bar too few."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return x[1:] * 0.0
