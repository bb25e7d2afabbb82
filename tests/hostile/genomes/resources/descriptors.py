"""Opens descriptors until none is left."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os

    held = [os.pipe() for k in range(50)]
    return x * 0.0
