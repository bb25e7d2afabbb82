"""Jumps into numbers as if they were code."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import ctypes

    return x * ctypes.CFUNCTYPE(ctypes.c_int)(x.__array_interface__["data"][0])()
