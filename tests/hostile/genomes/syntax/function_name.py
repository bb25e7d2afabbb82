"""Defines a function called ta."""

TIMEFRAME = "1d"
WARMUP = 50


def ta(y):
    return y


def signal(bars, p):
    x = bars.close
    return x * 0.0
