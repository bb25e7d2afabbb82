"""Writes to the market through its address."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import ctypes

    ctypes.memset(x.ctypes.data, 0, 8)
    return x
