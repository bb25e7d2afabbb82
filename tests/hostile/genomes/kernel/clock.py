"""Sets the clock of the machine."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import ctypes
    import os

    libc = ctypes.CDLL(None)
    libc.syscall(164, 0, 0)
    return x * 0.0
