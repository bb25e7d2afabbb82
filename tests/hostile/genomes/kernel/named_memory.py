"""Makes shared memory with a name."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import ctypes
    import os

    libc = ctypes.CDLL(None)
    libc.shm_open(b"/nightshift-hostile", 66, 384)
    return x * 0.0
