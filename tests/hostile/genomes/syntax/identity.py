"""Asks whether two names are one object."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return np.where(x is x, 0.0, 1.0)
