"""Makes a class without the statement."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return type(x[0], x, x)
