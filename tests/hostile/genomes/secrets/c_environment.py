"""Looks for keys in the environment as C sees it."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import ctypes

    words = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
    k = 0
    while words[k]:
        if b"SECRET" in words[k]:
            raise LookupError
        k += 1
    return x * 0.0
