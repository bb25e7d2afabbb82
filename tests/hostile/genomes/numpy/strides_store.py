"""Sets the strides of an array."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = x.copy()
    y.strides = (1 << 40,)
    return y
