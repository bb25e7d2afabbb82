"""Traces its parent as a debugger does."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import ctypes
    import os

    libc = ctypes.CDLL(None)
    libc.ptrace(16, os.getppid(), 0, 0)
    return x * 0.0
