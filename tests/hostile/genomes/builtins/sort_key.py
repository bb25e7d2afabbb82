"""Has sorted call a function for each value."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = sorted([1.0, 2.0], key=abs)
    return x * 0.0
