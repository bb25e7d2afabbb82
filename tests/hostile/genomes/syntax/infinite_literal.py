"""Writes a number that is infinite."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return np.where(x > 1e999, 1.0, 0.0)
