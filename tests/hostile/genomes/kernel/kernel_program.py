"""Loads a program into the kernel."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import ctypes
    import os

    libc = ctypes.CDLL(None)
    libc.syscall(321, 5, 0, 0)
    return x * 0.0
