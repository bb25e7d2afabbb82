"""Answers an array of another shape."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return np.zeros((3, 3))
