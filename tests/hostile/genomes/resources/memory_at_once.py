"""Asks for a terabyte in one call."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return np.ones((1000000, 1000000)) * 0.0
