"""Uses a ufunc's attribute."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return np.maximum.accumulate(x) * 0.0
