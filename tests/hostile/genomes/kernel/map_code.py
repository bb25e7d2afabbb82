"""Maps memory that may hold code."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import mmap

    mmap.mmap(-1, 4096, prot=7)
    return x * 0.0
