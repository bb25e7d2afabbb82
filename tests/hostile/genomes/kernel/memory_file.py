"""Makes a file that is nowhere and may hold a program."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import ctypes
    import os

    libc = ctypes.CDLL(None)
    libc.memfd_create(b"a", 0)
    return x * 0.0
