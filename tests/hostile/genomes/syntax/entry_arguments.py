"""Gives its entry an argument more, with a default that lives on."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p, memory=1.0):
    x = bars.close
    return x * 0.0
