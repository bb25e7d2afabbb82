"""Makes a call by the numbers of another ABI."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import ctypes
    import os

    libc = ctypes.CDLL(None)
    libc.syscall(1073741863)
    return x * 0.0
