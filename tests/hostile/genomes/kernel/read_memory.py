"""Reads the memory of its parent by a call of its own."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import ctypes
    import os

    libc = ctypes.CDLL(None)
    libc.process_vm_readv(os.getppid(), 0, 0, 0, 0, 0)
    return x * 0.0
