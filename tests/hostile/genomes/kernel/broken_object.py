"""Breaks the count of references of None."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import ctypes

    ctypes.c_char_p.from_address(id(type(x)) + 8).value = None
    return x * 0.0
