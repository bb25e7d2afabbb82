"""Asks the kernel to restart, with words that it ignores."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import ctypes
    import os

    libc = ctypes.CDLL(None)
    libc.syscall(169, 0, 0, 0, 0)
    return x * 0.0
