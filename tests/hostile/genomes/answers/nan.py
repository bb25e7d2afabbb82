"""Answers numbers and then none."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return np.where(x > 0.0, 0.0, 0.0) + np.where(np.arange(len(x)) > 40, np.nan, 0.0)
