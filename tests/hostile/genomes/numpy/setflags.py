"""Makes an array writable by a method."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    x.setflags(write=True)
    x[0] = 1.0
    return x
