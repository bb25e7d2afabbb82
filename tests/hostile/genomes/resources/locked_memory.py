"""Locks memory, so that it cannot be swapped."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import ctypes

    ctypes.CDLL(None).mlockall(0)
    return x * 0.0
