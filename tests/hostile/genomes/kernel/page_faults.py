"""Handles page faults itself, a tool of many attacks."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import ctypes
    import os

    libc = ctypes.CDLL(None)
    libc.syscall(323, 0)
    return x * 0.0
