"""Reads an attribute inside an f-string."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = f"{x.__class__}"
    return x * len(y)
