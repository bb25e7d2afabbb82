"""Gives a header line twice, one to be read and one to count."""

TIMEFRAME = "1d"
WARMUP = 50
TOP = 1.0
TOP = 2.0


def signal(bars, p):
    x = bars.close
    return x * 0.0
