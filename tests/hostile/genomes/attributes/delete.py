"""Deletes a field of the bars."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    del bars.close
    return x
