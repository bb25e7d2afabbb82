"""Asks for executable memory with bits that a filter might not look at."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import ctypes

    ctypes.CDLL(None).mmap(0, ctypes.c_size_t(4096), ctypes.c_ulong(4 + (1 << 40)), 34, -1, 0)
    return x * 0.0
