"""Imports every name of a module."""

TIMEFRAME = "1d"
WARMUP = 50


from os import *


def signal(bars, p):
    x = bars.close
    return x * getpid()
