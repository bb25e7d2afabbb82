"""Writes a slash in two bytes, which strict readers refuse."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    # À¯
    return x * 0.0
