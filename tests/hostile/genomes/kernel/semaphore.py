"""Waits on a word of memory, which another process may share."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import ctypes
    import os

    libc = ctypes.CDLL(None)
    libc.syscall(202, ctypes.addressof(ctypes.c_int(0)), 0, 0, 0)
    return x * 0.0
