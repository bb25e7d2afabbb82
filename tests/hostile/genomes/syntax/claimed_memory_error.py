"""Claims to be out of memory."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    raise MemoryError
