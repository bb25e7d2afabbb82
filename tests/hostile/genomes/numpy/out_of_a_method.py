"""The same through a method of the array."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = x.clip(0.0, 1.0, x)
    return x * 0.0
