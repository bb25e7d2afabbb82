# coding: latin-1
"""Has a coding cookie under which other bytes are letters."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    # é
    return x * 0.0
