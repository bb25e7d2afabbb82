"""Looks into memory that np.empty has not cleared."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = np.empty(len(x))
    return np.where(np.isnan(y), 0.5, np.inf)
