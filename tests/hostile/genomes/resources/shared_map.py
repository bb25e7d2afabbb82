"""Maps memory that is shared, for children that it cannot have."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import mmap

    y = mmap.mmap(-1, 300000000)
    return x * 0.0
