"""Multiplies matrices, on as many threads as there are."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return x * (x @ x) * 0.0
