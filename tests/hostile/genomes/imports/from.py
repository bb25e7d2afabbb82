"""Imports one name of a module."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    from os import listdir

    return x * len(listdir("/"))
