"""Decides by a hash that may be salted."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return x * 0.0 + hash("night") % 1000 / 1000.0
