"""Reads where nothing is."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import ctypes

    return x * len(ctypes.string_at(0))
