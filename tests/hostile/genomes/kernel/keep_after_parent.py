"""Asks to live on when its parent ends."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import ctypes
    import os

    libc = ctypes.CDLL(None)
    libc.prctl(1, 0, 0, 0, 0)
    return x * 0.0
