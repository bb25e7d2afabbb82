"""Mixes tabs and blanks, so that blocks are not where they seem."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    if x[0] > 1.0:
	y = 1.0
        z = 2.0
    return x * 0.0
