"""Calls what a call answered."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return np.where(x > 0.0, 1.0, 0.0)(2)
