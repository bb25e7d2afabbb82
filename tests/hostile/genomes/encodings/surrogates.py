"""Writes half of a pair as if it were a character."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    # í €
    return x * 0.0
