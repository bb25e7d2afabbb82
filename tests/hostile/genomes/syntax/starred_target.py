"""Binds a name by a starred target."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y, *z = (1.0, 2.0, 3.0)
    return x * 0.0
