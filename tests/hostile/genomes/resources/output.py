"""Writes to the descriptor of standard error."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os

    os.write(2, bytes(100000))
    return x * 0.0
