"""Separates words with a vertical tab."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    # ab
    return x * 0.0
