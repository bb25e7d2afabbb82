"""Has an argument that comes by name only, with a default."""

TIMEFRAME = "1d"
WARMUP = 50


def helper(y, *, k=0.0):
    return y * k


def signal(bars, p):
    x = bars.close
    return helper(x)
