"""Keeps a value for its next run."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    global kept
    kept = 1.0
    return x * 0.0
